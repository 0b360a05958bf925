import { setTimeout as delay } from 'node:timers/promises';
import { LogDamaged } from '@steno/event-log';
import type { EventLog, LogEntry, PartitionConsumer } from '@steno/event-log';
import {
  claimRange,
  completeRange,
  insertRange,
  readEarlyParts,
  readEventHashes,
  readNoted,
  readStoredHeads,
} from '@steno/event-store';
import type { EventColumns, LogRange, SchemaTarget, StoreReader } from '@steno/event-store';
import type { Topic } from '@steno/proto';
import { readRange } from './range-reader.js';
import type { RangeCounts } from './range-reader.js';
import { StreamStates } from './stream-states.js';
import type { StoredStreams } from './stream-states.js';

const REREAD_BYTES = 8 * 1024 * 1024;
/**
 * Worth an insert of its own: behind it, the next range does not wait. Well below what one request
 * to Kafka brings, or a projector that is behind would wait as well.
 */
const LARGE_RANGE_BYTES = 1024 * 1024;
/** Whoever projects shares the partitions with all others who do. */
export const PROJECTOR_GROUP = 'projector';
const RETRY_MS = { first: 100, max: 2_000 };

/** An event that is in the store now. */
export type ProjectedCommand = Pick<
  EventColumns,
  'stream' | 'position' | 'identity' | 'target' | 'recordedAt'
>;

/** Whoever wants to know of commands, all or some. It must not take long, and not fail. */
export interface ProjectionTracer {
  isSampled(stream: string, position: number): boolean;
  /** @param readAtMs when the projector took it from the log, since the epoch */
  projected(command: ProjectedCommand, readAtMs: number): void;
}

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
  /** Is told of commands; nobody if absent. */
  readonly tracer?: ProjectionTracer | undefined;
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
  private readonly caughtUp = new Map<number, number>();

  constructor(
    private readonly topic: Topic,
    private readonly options: ProjectionOptions,
  ) {}

  /** Runs until `signal` aborts. Rejects with StoreAhead. */
  async run(signal: AbortSignal): Promise<void> {
    const consumer: PartitionConsumer = {
      resume: (partition, until) => this.resume(partition, AbortSignal.any([signal, until])),
      handle: (entries, until) => this.project(entries, AbortSignal.any([signal, until])),
    };
    await this.options.log.share(this.topic, PROJECTOR_GROUP, consumer, signal);
  }

  /** Projects what the log holds up to `until` and ends; called again, it goes on from there. */
  async catchUp(until: ReadonlyMap<number, number>, signal: AbortSignal): Promise<void> {
    for (const [partition, end] of until) {
      let offset = this.caughtUp.get(partition) ?? (await this.resume(partition, signal));
      while (offset < end) {
        const entries = await this.read({ partition, offset }, end, signal);
        const last = entries.at(-1);
        if (last === undefined) break;
        await this.project(entries, signal);
        offset = last.offset + 1;
        this.caughtUp.set(partition, offset);
      }
    }
  }

  /**
   * Completes the range that was noted last, then says where to go on. The notes count, not the
   * rows: a range may have none, and rows expire.
   */
  private async resume(partition: number, signal: AbortSignal): Promise<number> {
    const { log, reader, target, onResume } = this.options;
    const { topic } = this;
    const nothing = { topic, partition, from: 0, until: 0 };
    this.states.delete(partition);
    const noted = await this.insistently(nothing, signal, () =>
      readNoted(reader, target.suffix, topic),
    );
    const range = noted.find((claimed) => claimed.partition === partition) ?? nothing;
    const ends = await this.insistently(nothing, signal, () => log.end(topic));
    const end = ends.get(partition) ?? 0;
    if (range.until > end) throw ahead(range, end);
    if (range.until > 0) await this.complete(range, signal);
    onResume(topic, new Map([[partition, range.until]]));
    return range.until;
  }

  private async complete(range: LogRange, signal: AbortSignal): Promise<void> {
    const entries: LogEntry[] = [];
    const { partition } = range;
    let offset = range.from;
    while (offset < range.until) {
      const more = await this.read({ partition, offset }, range.until, signal);
      const last = more.at(-1);
      if (last === undefined) break;
      entries.push(...more);
      offset = last.offset + 1;
    }
    const { reader, target } = this.options;
    const { rows } = await readRange(range, entries, {
      states: new StreamStates(),
      stored: this.stored(range, signal),
    });
    await this.insistently(range, signal, () => completeRange(reader, target, rows));
  }

  private async read(
    from: { readonly partition: number; readonly offset: number },
    end: number,
    signal: AbortSignal,
  ): Promise<LogEntry[]> {
    const range = { topic: this.topic, partition: from.partition, from: from.offset, until: end };
    const entries = await this.insistently(range, signal, () =>
      this.options.log.read(this.topic, from, REREAD_BYTES),
    );
    return entries.filter((entry) => entry.offset < end);
  }

  /** Entries of one partition; what another projector has noted is left to it. */
  private async project(entries: readonly LogEntry[], signal: AbortSignal): Promise<void> {
    for (let rest = entries; rest.length > 0;) {
      const [first] = rest;
      if (first === undefined || (await this.projectNoted(rest, signal))) return;
      const next = await this.resume(first.partition, signal);
      rest = rest.filter(({ offset }) => offset >= next);
    }
  }

  /** False where another projector has noted what begins here. */
  private async projectNoted(entries: readonly LogEntry[], signal: AbortSignal): Promise<boolean> {
    const first = entries[0];
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return true;
    const start = Date.now();
    const { reader, target, onRange, paceMs, tracer } = this.options;
    const { partition } = first;
    const range = { topic: this.topic, partition, from: first.offset, until: last.offset + 1 };
    const states = this.states.get(partition) ?? new StreamStates();
    this.states.set(partition, states);
    const stored = this.stored(range, signal);
    const [{ rows, counts, traced }, isOurs] = await Promise.all([
      readRange(range, entries, { states, stored, isTraced: tracer && isTracedBy(tracer) }),
      this.insistently(range, signal, () => claimRange(reader, target, range)),
    ]);
    if (!isOurs) return false;
    let isFirst = true;
    await this.insistently(range, signal, () => {
      if (!isFirst) return completeRange(reader, target, rows);
      isFirst = false;
      return insertRange(reader.client, target, rows);
    });
    states.settled();
    onRange(range, counts, Date.now() - start);
    for (const command of traced) tracer?.projected(command, start);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    const rest = start + paceMs - Date.now();
    // Not before they are read: what comes meanwhile is in the next range.
    if (rest > 0 && bytes < LARGE_RANGE_BYTES) await delay(rest, undefined, { signal });
    return true;
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

  /** The store or the log may be away for a while; nothing is skipped for that. */
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
        if (isTableGone(error) || error instanceof LogDamaged) throw error;
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

function isTracedBy(tracer: ProjectionTracer): (columns: EventColumns) => boolean {
  return ({ type, stream, position }) =>
    type === 'command.submitted' && tracer.isSampled(stream, position);
}

/** By ClickHouse's name for it. Waiting would not bring it back. */
function isTableGone(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'UNKNOWN_TABLE';
}
