import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, LogEntry } from '@steno/event-log';
import {
  completeRange,
  insertRange,
  noteRange,
  readEarlyParts,
  readEventHashes,
  readNoted,
  readStoredHeads,
} from '@steno/event-store';
import type { LogRange, SchemaTarget, StoreReader } from '@steno/event-store';
import type { Topic } from '@steno/proto';
import { readRange } from './range-reader.js';
import type { RangeCounts } from './range-reader.js';
import { StreamStates } from './stream-states.js';
import type { StoredStreams } from './stream-states.js';

const REREAD_BYTES = 8 * 1024 * 1024;
/** Worth an insert of its own: behind it, the next range does not wait. */
const LARGE_RANGE_BYTES = 4 * 1024 * 1024;
const RETRY_MS = { first: 100, max: 2_000 };

export interface ProjectionOptions {
  readonly log: EventLog;
  readonly reader: StoreReader;
  readonly target: SchemaTarget;
  /**
   * Least time between the starts of two ranges unless they are large: few large inserts suit
   * ClickHouse better than many small ones.
   */
  readonly paceMs: number;
  /** A failure that is tried again. */
  readonly onRetry: (error: unknown, range: LogRange) => void;
  readonly onRange: (range: LogRange, counts: RangeCounts, tookMs: number) => void;
  /** What the store holds when work begins: the next offset of each partition. */
  readonly onResume: (topic: Topic, checkpoint: ReadonlyMap<number, number>) => void;
}

/** The store was filled from a longer log than this one. */
export class StoreAhead extends Error {
  override readonly name = 'StoreAhead';
}

/** Projects one topic of the log into the store; exactly once in effect. */
export class TopicProjection {
  private readonly states = new Map<number, StreamStates>();
  private caughtUp: Map<number, number> | undefined;

  constructor(
    private readonly topic: Topic,
    private readonly options: ProjectionOptions,
  ) {}

  /** Runs until `signal` aborts. Rejects with StoreAhead. */
  async run(signal: AbortSignal): Promise<void> {
    const checkpoint = await this.resume(signal);
    this.options.onResume(this.topic, checkpoint);
    await this.options.log.subscribe(
      this.topic,
      checkpoint,
      (entries) => this.project(entries, signal),
      signal,
    );
  }

  /** Projects what the log holds up to `until` and ends; called again, it goes on from there. */
  async catchUp(until: ReadonlyMap<number, number>, signal: AbortSignal): Promise<void> {
    this.caughtUp ??= await this.resume(signal);
    for (const [partition, end] of until) {
      let offset = this.caughtUp.get(partition) ?? 0;
      while (offset < end) {
        const entries = await this.read(partition, offset, end);
        const last = entries.at(-1);
        if (last === undefined) break;
        await this.project(entries, signal);
        offset = last.offset + 1;
        this.caughtUp.set(partition, offset);
      }
    }
  }

  /**
   * Completes the ranges that were noted last, then says where to go on. The notes count, not the
   * rows: a range may have none, and rows expire.
   */
  private async resume(signal: AbortSignal): Promise<Map<number, number>> {
    const { log, reader, target } = this.options;
    const all = { topic: this.topic, partition: 0, from: 0, until: 0 };
    const noted = await this.insistently(all, signal, () =>
      readNoted(reader, target.suffix, this.topic),
    );
    const ends = await log.end(this.topic);
    const checkpoint = new Map<number, number>();
    for (const range of noted) {
      const end = ends.get(range.partition) ?? 0;
      if (range.until > end) throw ahead(range, end);
      await this.complete(range, signal);
      checkpoint.set(range.partition, range.until);
    }
    return checkpoint;
  }

  private async complete(range: LogRange, signal: AbortSignal): Promise<void> {
    const entries: LogEntry[] = [];
    let offset = range.from;
    while (offset < range.until) {
      const more = await this.read(range.partition, offset, range.until);
      const last = more.at(-1);
      if (last === undefined) break;
      entries.push(...more);
      offset = last.offset + 1;
    }
    const { reader, target } = this.options;
    const states = new StreamStates();
    const { rows } = await readRange(range, entries, states, this.stored(range, signal));
    await this.insistently(range, signal, () => completeRange(reader, target, rows));
  }

  private async read(partition: number, offset: number, end: number): Promise<LogEntry[]> {
    const entries = await this.options.log.read(this.topic, { partition, offset }, REREAD_BYTES);
    return entries.filter((entry) => entry.offset < end);
  }

  private async project(entries: readonly LogEntry[], signal: AbortSignal): Promise<void> {
    const first = entries[0];
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return;
    const start = Date.now();
    const { reader, target, onRange, paceMs } = this.options;
    const { partition } = first;
    const range = { topic: this.topic, partition, from: first.offset, until: last.offset + 1 };
    const states = this.states.get(partition) ?? new StreamStates();
    this.states.set(partition, states);
    const stored = this.stored(range, signal);
    const [{ rows, counts }] = await Promise.all([
      readRange(range, entries, states, stored),
      this.insistently(range, signal, () => noteRange(reader.client, target, range)),
    ]);
    let isFirst = true;
    await this.insistently(range, signal, () => {
      if (!isFirst) return completeRange(reader, target, rows);
      isFirst = false;
      return insertRange(reader.client, target, rows);
    });
    states.settled();
    onRange(range, counts, Date.now() - start);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    const rest = start + paceMs - Date.now();
    // Not before they are read: what comes meanwhile is in the next range.
    if (rest > 0 && bytes < LARGE_RANGE_BYTES) await delay(rest, undefined, { signal });
  }

  private stored(range: LogRange, signal: AbortSignal): StoredStreams {
    const { reader, target } = this.options;
    const before = { reader, suffix: target.suffix, range };
    const insistently = <T>(attempt: () => Promise<T>): Promise<T> =>
      this.insistently(range, signal, attempt);
    return {
      heads: (streams) => insistently(() => readStoredHeads(before, streams)),
      hashes: (places) => insistently(() => readEventHashes(before, places)),
      earlyParts: (streams) => insistently(() => readEarlyParts(before, streams)),
    };
  }

  /** The store may be away for a while; nothing is skipped for that. */
  private async insistently<T>(
    range: LogRange,
    signal: AbortSignal,
    attempt: () => Promise<T>,
  ): Promise<T> {
    for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.max)) {
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (isTableGone(error)) throw error;
        this.options.onRetry(error, range);
        await delay(pause, undefined, { signal });
      }
    }
  }
}

function ahead({ topic, until }: LogRange, end: number): StoreAhead {
  return new StoreAhead(
    `The store has ${topic} up to offset ${until}, where the log ends at ${end}.`,
  );
}

/** By ClickHouse's name for it. Waiting would not bring it back. */
function isTableGone(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'UNKNOWN_TABLE';
}
