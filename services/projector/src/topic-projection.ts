import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, LogEntry } from '@steno/event-log';
import {
  insertRange,
  noteRange,
  readEventHash,
  readHeldOffsets,
  readStandings,
  readStoredHeads,
} from '@steno/event-store';
import type { LogRange, SchemaTarget, StoreReader } from '@steno/event-store';
import type { Topic } from '@steno/proto';
import { readRange } from './range-reader.js';
import type { RangeCounts } from './range-reader.js';
import { StreamStates } from './stream-states.js';
import type { StoredStreams } from './stream-states.js';

const REREAD_BYTES = 8 * 1024 * 1024;
const RETRY_MS = { first: 100, max: 2_000 };

export interface ProjectionOptions {
  readonly log: EventLog;
  readonly reader: StoreReader;
  readonly target: SchemaTarget;
  /** Least time between the starts of two ranges: few large inserts suit ClickHouse better than many small ones. */
  readonly paceMs: number;
  /** A failure that is tried again. */
  readonly onRetry: (error: unknown, range: LogRange) => void;
  readonly onRange: (range: LogRange, counts: RangeCounts) => void;
  /** What the store holds when work begins: the next offset of each partition. */
  readonly onResume: (topic: Topic, checkpoint: ReadonlyMap<number, number>) => void;
}

/** Projects one topic of the log into the store; exactly once in effect. */
export class TopicProjection {
  private readonly states = new Map<number, StreamStates>();
  private lastStart = 0;
  private caughtUp: Map<number, number> | undefined;

  constructor(
    private readonly topic: Topic,
    private readonly options: ProjectionOptions,
  ) {}

  /** Runs until `signal` aborts. */
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
    this.caughtUp ??= new Map(await this.resume(signal));
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

  /** Repeats the ranges that were noted last, then says where to go on. */
  private async resume(signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
    const { reader, target } = this.options;
    const all = { topic: this.topic, partition: 0, from: 0, until: 0 };
    const [held, standings] = await this.insistently(all, signal, () =>
      Promise.all([
        readHeldOffsets(reader, target.suffix, this.topic),
        readStandings(reader, target.suffix, this.topic),
      ]),
    );
    const checkpoint = new Map(held);
    for (const { partition, noted } of standings) {
      const end = held.get(partition) ?? 0;
      if (end < noted.from) continue; // the store lost rows: what it holds counts
      // Events are inserted last: with one of them there, the range is.
      if (end < noted.until) await this.repeat(noted, signal);
      checkpoint.set(partition, noted.until);
    }
    return checkpoint;
  }

  private async repeat(range: LogRange, signal: AbortSignal): Promise<void> {
    const entries: LogEntry[] = [];
    let offset = range.from;
    while (offset < range.until) {
      const more = await this.read(range.partition, offset, range.until);
      const last = more.at(-1);
      if (last === undefined) break;
      entries.push(...more);
      offset = last.offset + 1;
    }
    if (entries.length > 0) await this.insert(range, entries, signal);
  }

  private async read(partition: number, offset: number, end: number): Promise<LogEntry[]> {
    const entries = await this.options.log.read(this.topic, { partition, offset }, REREAD_BYTES);
    return entries.filter((entry) => entry.offset < end);
  }

  private async project(entries: readonly LogEntry[], signal: AbortSignal): Promise<void> {
    const first = entries[0];
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return;
    await this.keepPace(signal);
    const { topic } = this;
    const { partition } = first;
    const range = { topic, partition, from: first.offset, until: last.offset + 1 };
    await this.insistently(range, signal, () =>
      noteRange(this.options.reader.client, this.options.target, range),
    );
    await this.insert(range, entries, signal);
  }

  private async insert(
    range: LogRange,
    entries: readonly LogEntry[],
    signal: AbortSignal,
  ): Promise<void> {
    const states = this.states.get(range.partition) ?? new StreamStates();
    this.states.set(range.partition, states);
    const { rows, counts } = await readRange(entries, states, this.stored(range, signal));
    await this.insistently(range, signal, () =>
      insertRange(this.options.reader.client, this.options.target, range, rows),
    );
    states.settled();
    this.options.onRange(range, counts);
  }

  private stored(range: LogRange, signal: AbortSignal): StoredStreams {
    const { reader, target } = this.options;
    return {
      heads: (streams) =>
        this.insistently(range, signal, () =>
          readStoredHeads(reader, target.suffix, streams, range),
        ),
      hashAt: (stream, position) =>
        this.insistently(range, signal, () =>
          readEventHash(reader, target.suffix, stream, position),
        ),
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
        this.options.onRetry(error, range);
        await delay(pause, undefined, { signal });
      }
    }
  }

  private async keepPace(signal: AbortSignal): Promise<void> {
    const wait = this.lastStart + this.options.paceMs - Date.now();
    if (wait > 0) await delay(wait, undefined, { signal });
    this.lastStart = Date.now();
  }
}
