import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';

/** A committed batch and where it stands. Offsets grow within a partition; they may leave holes. */
export interface LogEntry {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: number;
  /** The stream of all its records; undefined where the log mixes them. */
  readonly stream?: string;
  /** Bytes of steno.v1.Batch, exactly as appended. */
  readonly bytes: Buffer;
}

/** Next offset to read, by partition; a partition that is absent is read from the log's start. */
export type LogCheckpoint = ReadonlyMap<number, number>;

/** A session that was opened here and not closed, and where its first event stands. */
export interface UnfinishedStream {
  readonly stream: string;
  readonly partition: number;
  readonly offset: number;
}

/** One of the processes that share the partitions of a topic. */
export interface PartitionConsumer {
  /** The offset to go on from in a partition that is this process's from now on. */
  resume(partition: number, signal: AbortSignal): Promise<number>;
  /** As the handler of `subscribe`, one call at a time for each partition. */
  handle(entries: readonly LogEntry[], signal: AbortSignal): Promise<void>;
}

/**
 * The source of truth. Batches of one partition keep the order in which they were appended; all
 * batches of one stream are in one partition.
 *
 * What a caller may assume:
 * - `append` resolves when the batch is durable and every reader will see it; it survives the death
 *   of any process from then on. It rejects with `LogUnavailable` when that cannot be said; the
 *   batch may then be there or not, so whoever appends the same bytes again must be ready for
 *   readers that see them twice (readers drop repeats by stream, position and hash).
 * - `read` shows each batch whole or not at all, never one whose append has not resolved or will
 *   not. Where the log can tell that batches are gone it rejects with `LogDamaged`; bytes that were
 *   changed at rest are for the reader to find, by the chain.
 * - `subscribe` calls the handler with batches in order, one call at a time, each batch at least
 *   once; it waits for the handler, so a slow consumer holds up nobody but itself. Checkpoints are
 *   the consumer's to keep, beside its results.
 *
 * - `share` gives each partition to one of the processes that name the same group, in turn; when it
 *   goes to another process the signal that came with it aborts, and what the consumer then does
 *   with it may come too late: it must be ready for two that handle the same entries.
 *
 * What a caller must do:
 * - be the only writer of its streams, and append their events in order;
 * - on `LogUnavailable` stop taking work that needs to be recorded, and try again later.
 */
export interface EventLog {
  append(topic: Topic, batch: EncodedBatch): Promise<void>;
  /**
   * Entries from `from` on, in order, about `bytesMax` of them and at least one if there is any.
   */
  read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]>;
  /** Runs until `signal` aborts; rejects when the handler does. */
  subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
  /** Runs until `signal` aborts; rejects when the consumer does. */
  share(
    topic: Topic,
    group: string,
    consumer: PartitionConsumer,
    signal: AbortSignal,
  ): Promise<void>;
  /** The offset after the last one, by partition. */
  end(topic: Topic): Promise<LogCheckpoint>;
  /**
   * Streams of sessions that were noted as opened and not as closed by the batches appended through
   * here.
   */
  unfinished(): Promise<readonly UnfinishedStream[]>;
  close(): Promise<void>;
}

/** The log cannot say that something is durable. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
}

/** What the log holds is not what was appended: for a restore from a copy, not for another try. */
export class LogDamaged extends Error {
  override readonly name = 'LogDamaged';
}

/**
 * An append that does not follow what the log holds of that stream: another writer, or a repeated
 * position.
 */
export class LogConflict extends Error {
  override readonly name = 'LogConflict';
}

/** For a log that few processes read: every one of a group gets all partitions. */
export async function shareAlone(
  log: EventLog,
  topic: Topic,
  consumer: PartitionConsumer,
  signal: AbortSignal,
): Promise<void> {
  const checkpoint = new Map<number, number>();
  for (const partition of (await log.end(topic)).keys()) {
    checkpoint.set(partition, await consumer.resume(partition, signal));
  }
  const handler = (entries: readonly LogEntry[]): Promise<void> => consumer.handle(entries, signal);
  await log.subscribe(topic, checkpoint, handler, signal);
}
