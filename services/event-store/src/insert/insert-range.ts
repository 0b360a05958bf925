import { Readable } from 'node:stream';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Topic } from '@steno/proto';
import type { SchemaTarget } from '../migrate.js';
import type { RangeRows } from './range-rows.js';

/** Offsets [from, until) of one partition. */
export interface LogRange {
  readonly topic: Topic;
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

/** One block whatever the size: a range is in a table whole or not at all. */
const BLOCK_ROWS = '10000000';
const BLOCK_BYTES = String(1024 * 1024 * 1024);

/**
 * Puts a range into the tables, each table as one block that carries the range as its token: repeated, it changes nothing
 * (ClickHouse manual, insert_deduplication_token).
 */
export async function insertRange(
  client: ClickHouseClient,
  target: SchemaTarget,
  range: LogRange,
  rows: RangeRows,
): Promise<void> {
  const token = `${range.topic}/${range.partition}/${range.from}-${range.until}`;
  for (const { table, columns, writer } of rows.tables()) {
    const { stream } = await client.exec({
      query: `INSERT INTO ${target.database}.${table}${target.suffix} (${columns}) FORMAT RowBinary`,
      values: Readable.from([writer.bytes], { objectMode: false }),
      clickhouse_settings: {
        insert_deduplication_token: token,
        insert_deduplicate: 1,
        async_insert: 0,
        wait_end_of_query: 1,
        max_insert_block_size: BLOCK_ROWS,
        min_insert_block_size_rows: BLOCK_ROWS,
        min_insert_block_size_bytes: BLOCK_BYTES,
      },
    });
    stream.resume();
  }
}

/** Notes the range that is about to be inserted; it stands until the next one is noted. */
export async function noteRange(
  client: ClickHouseClient,
  target: SchemaTarget,
  range: LogRange,
): Promise<void> {
  const { topic, partition, from, until } = range;
  await client.insert({
    table: `${target.database}.checkpoints${target.suffix}`,
    values: [{ topic, log_partition: partition, from_offset: from, until_offset: until }],
    format: 'JSONEachRow',
    clickhouse_settings: { async_insert: 0 },
  });
}
