import type { Topic } from '@steno/proto';

/** Offsets [from, until) of one partition. */
export interface LogRange {
  readonly topic: Topic;
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}
