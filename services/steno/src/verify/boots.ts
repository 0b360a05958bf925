import { EVENT_TYPE } from '@steno/proto';
import type { EventColumns } from '@steno/event-store';

/**
 * A process that dies takes the events with it that it had not committed, while later ones of
 * another topic may be durable already. So far before its last sign of life a boot that did not end
 * in order may have holes in its count.
 */
export const LOSS_WINDOW_MS = 10_000;
/** A boot that ended while the log was being read may have been read in parts. */
const SETTLED_MS = 60_000;
const NANOSECONDS = 1_000_000n;

/** Consecutive numbers of a boot's count, and when the first of them was recorded. */
interface Run {
  readonly from: number;
  until: number;
  readonly atMs: number;
}

/** Numbers of a boot's count that no event has, both inclusive. */
export interface CountHole {
  readonly from: number;
  readonly to: number;
  /** When the first event after it was recorded, in milliseconds since the epoch. */
  readonly beforeMs: number;
  /** They may have been lost with the process. */
  readonly isExplained: boolean;
}

/** One run of one instance, as its events count themselves over all of its streams. */
export class Boot {
  lastMs = 0;
  private last = 0;
  private stoppedAt: { readonly emitted: number; readonly ms: number } | undefined;
  private runs: Run[] = [];
  private sorted = false;

  constructor(readonly name: string) {}

  take(columns: EventColumns): void {
    const emitted = Number(columns.emitted);
    const ms = Number(columns.recordedAt / NANOSECONDS);
    const run = this.runs.at(-1);
    if (run !== undefined && run.until === emitted) run.until = emitted + 1;
    else this.runs.push({ from: emitted, until: emitted + 1, atMs: ms });
    if (emitted > this.last) {
      this.last = emitted;
      this.lastMs = ms;
    }
    if (columns.type === EVENT_TYPE.instanceStopped) this.stoppedAt = { emitted, ms };
    this.sorted = false;
  }

  /** Whether it ended in order, long enough before `nowMs` to have been read whole. */
  hasEnded(nowMs: number): boolean {
    return this.stoppedAt !== undefined && this.stoppedAt.ms < nowMs - SETTLED_MS;
  }

  /** Whether an event of this boot that nobody else knows of can be one of its own. */
  canHave(emitted: number, topic: string): boolean {
    if (emitted < 1 || this.holds(emitted)) return false;
    // The last heartbeat comes after the word that the boot ends.
    return (
      this.stoppedAt === undefined || emitted < this.stoppedAt.emitted || topic === 'heartbeat'
    );
  }

  /** Whether events so recorded may have been lost with the process. */
  isInLossWindow(ms: number, nowMs: number): boolean {
    return !this.hasEnded(nowMs) && ms >= this.lastMs - LOSS_WINDOW_MS;
  }

  holes(nowMs: number): CountHole[] {
    const holes: CountHole[] = [];
    let next = 1;
    for (const { from, until, atMs } of this.inOrder()) {
      if (from > next) {
        const isExplained = this.isInLossWindow(atMs, nowMs);
        holes.push({ from: next, to: from - 1, beforeMs: atMs, isExplained });
      }
      next = Math.max(next, until);
    }
    return holes;
  }

  /** Numbers that more than one event has, at most so many of them. */
  doubles(atMost: number): number[] {
    const doubles = new Set<number>();
    let next = 0;
    for (const { from, until } of this.inOrder()) {
      for (let n = from; n < Math.min(until, next) && doubles.size < atMost; n += 1) doubles.add(n);
      next = Math.max(next, until);
    }
    return [...doubles];
  }

  private holds(emitted: number): boolean {
    const runs = this.inOrder();
    let [low, high] = [0, runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const run = runs[middle];
      if (run === undefined || run.from > emitted) high = middle;
      else low = middle + 1;
    }
    return (runs[low - 1]?.until ?? 0) > emitted;
  }

  private inOrder(): readonly Run[] {
    if (!this.sorted) this.runs.sort((a, b) => a.from - b.from);
    this.sorted = true;
    return this.runs;
  }
}

/** The boots that wrote the log. */
export class Boots {
  private readonly boots = new Map<string, Boot>();

  take(columns: EventColumns): void {
    const name = bootName(columns);
    let boot = this.boots.get(name);
    if (boot === undefined) {
      boot = new Boot(name);
      this.boots.set(name, boot);
    }
    boot.take(columns);
  }

  of(name: string): Boot | undefined {
    return this.boots.get(name);
  }

  all(): Iterable<Boot> {
    return this.boots.values();
  }
}

/** How a boot is named to people: its instance and its own id. */
export function bootName({ instance, boot }: Pick<EventColumns, 'instance' | 'boot'>): string {
  return `${instance}/${boot}`;
}
