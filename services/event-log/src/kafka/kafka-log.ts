import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { LogUnavailable } from '../port.js';
import type {
  EventLog,
  LogCheckpoint,
  LogEntry,
  PartitionConsumer,
  UnfinishedStream,
} from '../port.js';
import { steadyNow } from '../steady-now.js';
import { groupMembers } from './group-members.js';
import { GroupMembership } from './group-membership.js';
import { KAFKA_LIMITS } from './options.js';
import type { KafkaOptions } from './options.js';
import { PartitionReader } from './partition-reader.js';
import { RecordSender } from './record-sender.js';
import type { SentRecords } from './record-sender.js';
import { recordsOf } from './records.js';
import type { StreamRecord } from './records.js';
import { ensureTopics, partitionOf } from './topics.js';
import type { PartitionCounts } from './topics.js';

const SUBSCRIBE_BYTES = 8 * 1024 * 1024;
const PARTITION_BYTES_MIN = 512 * 1024;
const RETRY_MS = { first: 250, max: 2_000 };
/** A membership that lasted so long ended for a new reason. */
const STEADY_MS = 30_000;

/**
 * The event log in Kafka: a topic of ours is a topic of its own there, a record holds events of one
 * stream. An append waits for all replicas; captures put a spool before it (spool/).
 */
export class KafkaLog implements EventLog {
  private readonly sender: RecordSender;
  private readonly reader: PartitionReader;
  private readonly followers = new Set<PartitionReader>();
  private readonly open = new Map<string, UnfinishedStream>();
  private known: Promise<PartitionCounts> | undefined;
  private heardAt = 0;
  private closed = false;

  /** Connects when something is asked of it. */
  constructor(private readonly options: KafkaOptions) {
    const counts = (): Promise<PartitionCounts> => this.counts();
    this.sender = new RecordSender(options, counts);
    this.reader = new PartitionReader(options, counts);
  }

  /** When a broker last answered a subscription, in milliseconds since the epoch; 0: never. */
  get lastHeard(): number {
    return this.heardAt;
  }

  async append(topic: Topic, batch: EncodedBatch): Promise<void> {
    if (this.closed) throw new LogUnavailable('the log is closed');
    const sent = await this.send(recordsOf(topic, batch));
    for (const stream of batch.notes.opened) {
      const place = await this.located(stream, sent);
      if (place !== undefined) this.open.set(stream, place);
    }
    for (const stream of batch.notes.closed) this.open.delete(stream);
  }

  /** Records as they stand in a spool. Rejects with LogUnavailable. */
  send(records: readonly StreamRecord[]): Promise<SentRecords> {
    return this.sender.send(records);
  }

  /** The place at or before which a stream of sessions begins, if one of its partition was sent. */
  async located(stream: string, sent: SentRecords): Promise<UnfinishedStream | undefined> {
    const partition = partitionOf(stream, (await this.counts()).data);
    const offset = sent.streams.get(stream) ?? sent.partitions.get(`data/${partition}`);
    return offset === undefined ? undefined : { stream, partition, offset };
  }

  async read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    const wanted = new Map([[from.partition, from.offset]]);
    const [entries = []] = await this.fetch(this.reader, topic, wanted, { bytesMax, waitMs: 0 });
    return upTo(bytesMax, entries);
  }

  async subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const reader = new PartitionReader(this.options, () => this.counts());
    this.followers.add(reader);
    const next = new Map(from);
    try {
      let pause = RETRY_MS.first;
      while (!signal.aborted) {
        const fetched = await this.follow(reader, topic, next).catch((error: unknown) => {
          if (!(error instanceof LogUnavailable)) throw error;
          this.options.warn(error.message, { topic, retryMs: pause });
          return undefined;
        });
        if (fetched === undefined) {
          await delay(pause, undefined, { signal }).catch(() => undefined);
          pause = Math.min(pause * 2, RETRY_MS.max);
          continue;
        }
        pause = RETRY_MS.first;
        for (const entries of fetched) {
          if (signal.aborted) return;
          await handler(entries);
          const last = entries.at(-1);
          if (last !== undefined) next.set(last.partition, last.offset + 1);
        }
      }
    } finally {
      this.followers.delete(reader);
      await reader.close();
    }
  }

  async share(
    topic: Topic,
    group: string,
    consumer: PartitionConsumer,
    signal: AbortSignal,
  ): Promise<void> {
    const membership = new GroupMembership(this.options, { topic, group, consumer });
    for (let pause = RETRY_MS.first; !signal.aborted; pause = Math.min(pause * 2, RETRY_MS.max)) {
      const startedAt = Date.now();
      const why = await membership.run(() => this.counts(), signal);
      if (why === undefined) return;
      this.options.warn(why, { topic, retryMs: pause });
      if (Date.now() - startedAt > STEADY_MS) pause = RETRY_MS.first;
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Hosts of the processes that share topics under this name. Rejects with LogUnavailable. */
  members(group: string): Promise<readonly string[]> {
    return groupMembers(this.options, group);
  }

  end(topic: Topic): Promise<LogCheckpoint> {
    return this.reader.offsets(topic, 'end');
  }

  unfinished(): Promise<readonly UnfinishedStream[]> {
    return Promise.resolve([...this.open.values()]);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.sender.close();
    await Promise.all([this.reader, ...this.followers].map((reader) => reader.close()));
  }

  /** What follows in all partitions of a topic. */
  private async follow(
    reader: PartitionReader,
    topic: Topic,
    next: Map<number, number>,
  ): Promise<LogEntry[][]> {
    const count = (await this.counts())[topic];
    for (let partition = 0; partition < count; partition++) {
      if (!next.has(partition)) next.set(partition, 0);
    }
    const bytesMax = Math.max(PARTITION_BYTES_MIN, Math.floor(SUBSCRIBE_BYTES / count));
    const limits = { bytesMax, waitMs: KAFKA_LIMITS.pollMs };
    const fetched = await this.fetch(reader, topic, next, limits);
    this.heardAt = steadyNow();
    return fetched;
  }

  /** From below the start of the log, where an operator limits it, that start is read. */
  private async fetch(
    reader: PartitionReader,
    topic: Topic,
    wanted: ReadonlyMap<number, number>,
    limits: { readonly bytesMax: number; readonly waitMs: number },
  ): Promise<LogEntry[][]> {
    try {
      return await reader.fetch(topic, wanted, limits);
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
      const start = await reader.offsets(topic, 'start');
      const end = await reader.offsets(topic, 'end');
      const there = [...wanted].map(([partition, offset]) => {
        const first = start.get(partition) ?? 0;
        return [partition, Math.min(Math.max(offset, first), end.get(partition) ?? first)] as const;
      });
      return reader.fetch(topic, new Map(there), limits);
    }
  }

  private counts(): Promise<PartitionCounts> {
    this.known ??= ensureTopics(this.options).catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    return this.known;
  }
}

function upTo(bytesMax: number, entries: readonly LogEntry[]): readonly LogEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += entry.bytes.length;
    return index > 0 && bytes > bytesMax;
  });
  return end === -1 ? entries : entries.slice(0, end);
}

function isOutOfRange(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'type' in cause && cause.type === 'OFFSET_OUT_OF_RANGE';
}
