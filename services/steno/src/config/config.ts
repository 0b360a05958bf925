import type { Address } from './address.js';
import type { LIMITS, RETENTION, SESSION_TIMES } from './defaults.js';
import type { Quantity } from './quantity.js';

interface Units {
  readonly duration: 'Ms';
  readonly size: 'Bytes';
  readonly count: '';
  readonly days: 'Days';
}

/** The numbers of a table, their unit in the name: `authDeadline` becomes `authDeadlineMs`. */
export type Quantities<T extends Readonly<Record<string, Quantity>>> = {
  readonly [Name in keyof T & string as `${Name}${Units[T[Name]['kind']]}`]: number;
};

export type Limits = Quantities<typeof LIMITS>;

/** What steno.yaml says, with defaults filled in and paths made absolute. Frozen. */
export interface Config {
  /** Absolute path of steno.yaml; undefined where there is none. */
  readonly file: string | undefined;
  /** What relative paths and `file:` references are relative to. */
  readonly baseDirectory: string;
  /** The data directory. */
  readonly data: string;
  readonly web: WebConfig;
  readonly gateways: { readonly postgres: GatewayConfig };
  readonly targets: readonly TargetConfig[];
  /** Empty: the development issuer exists. */
  readonly issuers: readonly IssuerConfig[];
  readonly limits: Limits;
  /** Times of 0: none. */
  readonly sessions: Quantities<typeof SESSION_TIMES> & { readonly endWithToken: boolean };
  /** 0: for ever. */
  readonly retention: Quantities<typeof RETENTION>;
}

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface WebConfig {
  readonly listen: Address;
  /** By which browsers may call it, besides the host of `listen` and loopback. */
  readonly names: readonly string[];
  readonly tls: TlsFiles | undefined;
  /** Whether it may be used without TLS from beyond loopback. */
  readonly insecure: boolean;
}

export interface GatewayConfig {
  readonly listen: Address;
  readonly tls: TlsFiles | undefined;
  /** Whether tokens may arrive without TLS from beyond loopback. */
  readonly insecure: boolean;
}

export interface TargetConfig {
  readonly name: string;
  readonly protocol: 'postgres';
  readonly address: Address;
  readonly database: string;
  readonly credential: {
    readonly username: string;
    /** `env:NAME` or `file:PATH`; undefined: the target asks for none. */
    readonly password: string | undefined;
  };
  readonly tls: {
    readonly mode: 'disable' | 'verify-full';
    /** Path of a PEM file; undefined: Node's own authorities. */
    readonly ca: string | undefined;
  };
  readonly durability: 'strict' | 'fast';
  readonly capture: CaptureConfig;
  readonly environment: string;
  readonly owner: string;
}

/** What is kept of a target's output. */
export type CaptureConfig =
  { readonly output: 'all' | 'digest' } | { readonly output: 'head'; readonly headBytes: number };

/** An issuer whose tokens are believed, as capture's token verifier takes it. */
export interface IssuerConfig {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly keys:
    | { readonly kind: 'discovery' }
    | { readonly kind: 'uri'; readonly uri: string }
    | { readonly kind: 'file'; readonly path: string };
  readonly identity: string;
  /** Claims to record besides the well-known ones. */
  readonly claims: readonly string[];
}
