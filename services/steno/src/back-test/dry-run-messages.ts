import type { DryRunLine, PolicyFileView } from '@steno/proto';
import type { DryRunProblems } from '@steno/api';
import type { StoreOptions } from '@steno/event-store';
import type { TargetFacts } from './targets-now.js';

/** What the thread of a dry run is begun with. */
export interface DryRunStart {
  readonly store: StoreOptions;
  readonly tenant: string;
  readonly files: readonly PolicyFileView[];
  /** Nanoseconds since the epoch. */
  readonly since: bigint;
  readonly targets: readonly TargetFacts[];
}

/** What it says: a line of the answer, or that it needs the catalog of a target. */
export type DryRunSays = DryRunLine | DryRunProblems | { readonly line: 'needs'; target: string };
