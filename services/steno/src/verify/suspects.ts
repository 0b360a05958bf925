import type { LogPlace } from '@steno/event-store';
import type { Topic } from '@steno/proto';

/** Streams that are remembered; beyond it their differences are only counted. */
const STREAMS_MAX = 10_000;
/** Places that are remembered with what contradicts there. */
const CONTRADICTIONS_MAX = 20_000;

export type Suspicion =
  /** An event is in one copy only, or positions are left out. */
  | 'missing'
  /** The copies, or an event and the one before it, do not fit together. */
  | 'changed'
  /** An event is in the log twice: no fault where it is the same. */
  | 'repeated';

export interface Suspect {
  readonly topic: Topic | undefined;
  readonly stream: string;
  /** Where it was noticed first. */
  readonly position: number;
  why: Suspicion;
}

const WEIGHT: Readonly<Record<Suspicion, number>> = { repeated: 0, missing: 1, changed: 2 };

/** Streams in which the scan noticed something; what it is, the diagnosis says. */
export class Suspects {
  readonly leftOut = { missing: 0, changed: 0, repeated: 0 };
  private readonly streams = new Map<string, Suspect>();
  private readonly places = new Set<string>();

  add(suspect: Suspect): void {
    const known = this.streams.get(suspect.stream);
    if (known === undefined) {
      if (this.streams.size < STREAMS_MAX) this.streams.set(suspect.stream, suspect);
      else this.leftOut[suspect.why] += 1;
      return;
    }
    if (WEIGHT[suspect.why] > WEIGHT[known.why]) known.why = suspect.why;
  }

  /** The log and ClickHouse hold different events at one place of the log. */
  contradiction(topic: string, place: LogPlace): void {
    if (this.places.size < CONTRADICTIONS_MAX) this.places.add(placeName(topic, place));
  }

  isContradicted(topic: string, place: LogPlace): boolean {
    return this.places.has(placeName(topic, place));
  }

  /** The worst first, then in the order in which they were noticed. */
  all(): readonly Suspect[] {
    return [...this.streams.values()].sort((a, b) => WEIGHT[b.why] - WEIGHT[a.why]);
  }
}

function placeName(topic: string, { partition, offset, index }: LogPlace): string {
  return `${topic}/${partition}/${offset}/${index}`;
}
