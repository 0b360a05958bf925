import type { Clients } from './clients.js';
import type { Installation } from './installation.js';
import type { Kill, Part } from './part.js';
import type { Random } from './random.js';

/** How much of each fault there is. */
export interface Scale {
  /** Of each kind of process that is killed. */
  readonly kills: number;
  readonly awayMs: number;
  readonly frozenMs: number;
  readonly mischiefMs: number;
  readonly rebalances: number;
  /** Fills a real disk, which takes the right to mount. */
  readonly fillsDisk: boolean;
}

export const SHORT: Scale = {
  kills: 2,
  awayMs: 20_000,
  frozenMs: 20_000,
  mischiefMs: 10_000,
  rebalances: 3,
  fillsDisk: false,
};

export const LONG: Scale = {
  kills: 10,
  awayMs: 120_000,
  frozenMs: 20_000,
  mischiefMs: 60_000,
  rebalances: 12,
  fillsDisk: true,
};

/** How such clients differ from the others. */
export interface Hire {
  readonly padding?: number;
  readonly sessionStatements?: number;
}

/** What a fault may use while clients are at work. */
export interface Stage {
  readonly site: Installation;
  readonly scale: Scale;
  readonly random: Random;
  /** Those of both captures. */
  readonly clients: readonly Clients[];
  readonly kills: Kill[];
  /** More clients, who are judged with the others. */
  hire(capture: Part, more?: Hire): Clients;
}

export interface Drill {
  readonly name: string;
  readonly does: string;
  /** Beyond: nothing is lost, nothing stands twice, each hole is shown. */
  readonly allows: string;
  /** Why it cannot be done here; undefined: it can. */
  readonly cannot?: (scale: Scale) => string | undefined;
  /** Does the fault and sees it over. Throws with what went otherwise than it should. */
  readonly run: (stage: Stage) => Promise<void>;
}
