import type { Topic } from '@steno/proto';
import { onCluster, storedTable } from './cluster-tables.js';
import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';
import type { SchemaTarget } from './schema-target.js';
import type { LogPlace } from './topic-query.js';

/** A batch of the log. */
export interface BatchPlace {
  readonly topic: Topic;
  readonly partition: number;
  readonly offset: number;
}

/** A record that could not be read. */
export interface DeadLetterRow {
  readonly topic: Topic;
  readonly place: LogPlace;
  readonly reason: string;
  /** Of the record, in bytes. */
  readonly size: number;
  /** Of the last event before it, nanoseconds since the epoch; 0: there is none. */
  readonly near: bigint;
}

interface Row {
  readonly topic: Topic;
  readonly log_partition: number;
  readonly log_offset: string;
  readonly log_index: number;
  readonly reason: string;
  readonly size: string;
  readonly near: string;
}

/** In the order of the log; of all batches, or of one. */
export async function readDeadLetters(
  reader: StoreReader,
  { of, limit }: { readonly of: BatchPlace | undefined; readonly limit: number },
): Promise<readonly DeadLetterRow[]> {
  const { topic = '', partition = 0, offset = -1 } = of ?? {};
  const rows = await readRows<Row>(reader, 'dead-letters', { topic, partition, offset, limit });
  return rows.map((row) => ({
    topic: row.topic,
    place: {
      partition: row.log_partition,
      offset: Number(row.log_offset),
      index: row.log_index,
    },
    reason: row.reason,
    size: Number(row.size),
    near: BigInt(row.near),
  }));
}

/** Takes those of one batch away, at certain indexes in it. */
export async function removeDeadLetters(
  { client }: StoreReader,
  target: SchemaTarget,
  { topic, partition, offset }: BatchPlace,
  indexes: readonly number[],
): Promise<void> {
  await client.command({
    query: `ALTER TABLE ${storedTable('dead_letters', target)}${onCluster(target)}
      DELETE WHERE topic = {topic:String} AND log_partition = {partition:UInt32}
        AND log_offset = {offset:UInt64} AND has({indexes:Array(UInt32)}, log_index)`,
    query_params: { topic, partition, offset, indexes },
    // Of all replicas: whoever lists them next sees them no more.
    clickhouse_settings: { mutations_sync: '2' },
  });
}
