import type { CatalogTexts } from '@steno/capture';
import type { StoreOptions } from '@steno/event-store';
import type { PolicyFile } from '@steno/policy';
import type { Registry } from 'prom-client';
import type { CliErrorName } from '../cli/errors.js';
import type { Config, TargetConfig } from '../config/config.js';

/** By which clients call the demo's target. */
export const DEMO_TARGET = 'shop';

/** What a child of `up` is told first: one line of JSON on its standard input. */
export interface ChildStart {
  readonly config: Config;
  readonly version: string;
  /** The name by which it is certified; one process has it at a time. */
  readonly instance: string;
  /** Tokens of the development issuer are believed. */
  readonly developmentIssuer: boolean;
  /** The demo's target, whose password lies in the data directory. */
  readonly demoTarget: DemoTargetStart | undefined;
  /** Undefined where a capture needs none. */
  readonly store: StoreOptions | undefined;
  /** Where to listen: as configured, or where an earlier run of this child got its port. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Opens the api as the local administrator. */
  readonly localToken: string;
  /** It is told the catalogs of targets; else it reads them by the secrets that it has. */
  readonly isToldCatalogs: boolean;
}

export interface DemoTargetStart {
  readonly target: TargetConfig;
  readonly password: string;
}

/** The catalog of a target, or why it cannot be had. */
export type ToldCatalog =
  | { readonly target: string; readonly texts: CatalogTexts }
  | { readonly target: string; readonly reason: string };

/** What it is told later, a line each. Its input closing means: end at once. */
export type ChildOrder =
  /** To capture: no new sessions, end those that run, keep the log open for the others. */
  | { readonly order: 'drain' }
  | { readonly order: 'stop' }
  /** To capture: new sessions go by these. */
  | { readonly order: 'targets'; readonly targets: readonly TargetConfig[] }
  /** To capture: all sessions go by these. */
  | { readonly order: 'policies'; readonly policies: readonly PolicyFile[] }
  /** To capture: say what the catalog of a target is. */
  | { readonly order: 'read-catalog'; readonly target: string }
  /** To the api, which asked. */
  | { readonly order: 'catalog'; readonly catalog: ToldCatalog }
  /** To the api: up to where the projector has put the data topic into the store. */
  | { readonly order: 'projected'; readonly offset: number };

/**
 * One of the processes of Steno: starts its work and says what there is to say. What it counts it
 * puts into the registry, where one is served.
 */
export type Part = (
  told: ChildStart,
  tell: (report: ChildReport) => void,
  registry?: Registry,
) => Promise<ChildWork>;

/** A part's work, once it runs. */
export interface ChildWork {
  readonly ready: Omit<Extract<ChildReport, { report: 'ready' }>, 'report'>;
  /** What it hears of besides the order to stop. */
  readonly on?: (order: ChildOrder) => void;
  /** Rejects with what it cannot go on from. */
  readonly failed?: Promise<never>;
  /** Why it should be given no work for now, by name; none: it is ready. */
  readonly unready?: () => readonly string[];
  drain?(): Promise<void>;
  stop(): Promise<void>;
}

/** What a child says, a line of JSON each on its standard output. */
export type ChildReport =
  | {
      readonly report: 'ready';
      readonly port?: number;
      readonly url?: string;
      readonly signIn?: string;
    }
  | {
      readonly report: 'failed';
      readonly message: string;
      /** Where the catalogue has it. */
      readonly error?: { readonly catalogued: CliErrorName; readonly detail: string };
    }
  | { readonly report: 'drained' }
  /** The api needs it. */
  | { readonly report: 'needs-catalog'; readonly target: string }
  | { readonly report: 'catalog'; readonly catalog: ToldCatalog }
  | { readonly report: 'projected'; readonly offset: number };

/** Undefined for a line that is no report: a library may print where it should not. */
export function parseReport(line: string): ChildReport | undefined {
  if (!line.startsWith('{"report":')) return undefined;
  try {
    return JSON.parse(line) as ChildReport;
  } catch {
    return undefined;
  }
}
