import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import type { SchemaTarget } from '../schema-target.js';
import { readRows } from '../queries.js';
import type { StoreReader } from '../queries.js';
import type { LogRange } from './log-range.js';
import { readNoted } from './resume.js';
import type { RangeRows, TableRows } from './range-rows.js';

/** One block whatever the size: a range is in a table whole or not at all. */
const BLOCK_ROWS = '10000000';
const BLOCK_BYTES = String(1024 * 1024 * 1024);

/** Puts a range into the tables for the first time, each table as one block. */
export async function insertRange(
  client: ClickHouseClient,
  target: SchemaTarget,
  rows: RangeRows,
): Promise<void> {
  const token = tokenOf(rows.range);
  for (const table of rows.tables()) await insertTable(client, target, table, token);
}

/**
 * Puts that of a range into the tables which is not there, when nobody knows how far an earlier try
 * came: rows are counted by their place in the log. The token stands against that try being still
 * under way. It proves nothing else: versions of ClickHouse differ in whether a server that was
 * killed remembers a token without its block or a block without its token.
 *
 * @throws Error where rows are there twice: for a rebuild, not for another try
 */
export async function completeRange(
  reader: StoreReader,
  target: SchemaTarget,
  rows: RangeRows,
): Promise<void> {
  const token = tokenOf(rows.range);
  for (const table of await missingTables(reader, target, rows)) {
    await insertTable(reader.client, target, table, token);
    const there = await held(reader, target, table, rows.range);
    // On a cluster the earlier try may have reached some shards and not others. Its token stands
    // in Keeper with its block, so each shard that has its part has just dropped the repeat, and
    // the others took it. Never under another token: a replica that is behind counts too little.
    if (there > 0 || target.cluster !== undefined) continue;
    await insertTable(reader.client, target, table, `${token}/again`);
  }
}

/**
 * Puts that into the tables which an earlier reading of a range did not make of it. The same rows
 * change nothing when they are put there again.
 *
 * @param rows without their dead letters
 * @param letters dead letters that are not there yet
 */
export async function insertAgain(
  client: ClickHouseClient,
  target: SchemaTarget,
  rows: RangeRows,
  letters: RangeRows,
): Promise<void> {
  const readable = rows.tables().filter(({ table }) => table !== 'dead_letters');
  for (const table of [...letters.tables(), ...readable]) {
    const digest = createHash('sha256').update(table.block.bytes).digest('hex');
    await insertTable(client, target, table, `${tokenOf(rows.range)}/read-again/${digest}`);
  }
}

/** Tables are filled in order, so one that is whole says so of all before it. */
async function missingTables(
  reader: StoreReader,
  target: SchemaTarget,
  rows: RangeRows,
): Promise<readonly TableRows[]> {
  const missing: TableRows[] = [];
  for (const table of [...rows.tables()].reverse()) {
    if ((await held(reader, target, table, rows.range)) === table.block.rows) break;
    missing.unshift(table);
  }
  return missing;
}

async function held(
  reader: StoreReader,
  target: SchemaTarget,
  { table, block }: TableRows,
  range: LogRange,
): Promise<number> {
  const name = `${table}${target.suffix}`;
  const [row] = await readRows<{ rows: string }>(reader, 'range-rows', { table: name, ...range });
  const count = Number(row?.rows ?? 0);
  if (count > block.rows) {
    throw new Error(`${name} holds ${count} rows of ${tokenOf(range)} in place of ${block.rows}`);
  }
  return count;
}

/**
 * Repeated with the same token, an insert changes nothing (ClickHouse manual,
 * insert_deduplication_token).
 */
async function insertTable(
  client: ClickHouseClient,
  { database, suffix }: SchemaTarget,
  { table, block }: TableRows,
  token: string,
): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO ${database}.${table}${suffix} (${block.names}) FORMAT Native`,
    values: Readable.from([block.bytes], { objectMode: false }),
    clickhouse_settings: {
      insert_deduplication_token: token,
      insert_deduplicate: 1,
      async_insert: 0,
      wait_end_of_query: 1,
      max_insert_block_size: BLOCK_ROWS,
      min_insert_block_size_rows: BLOCK_ROWS,
      min_insert_block_size_bytes: BLOCK_BYTES,
      // Clocks that were wrong must not hold up what comes after.
      max_partitions_per_insert_block: '0',
    },
  });
  await finished(stream.resume());
}

function tokenOf({ topic, partition, from, until }: LogRange): string {
  return `${topic}/${partition}/${from}-${until}`;
}

/**
 * Notes the range that is about to be inserted; it stands until the next one is noted. Of all that
 * begin at one offset the first is noted and the others are not: of two projectors that have a
 * partition at the same time, as the one that was stopped for a while, one goes on.
 *
 * @returns whether it was noted, now or by an earlier try
 */
export async function claimRange(
  reader: StoreReader,
  target: SchemaTarget,
  range: LogRange,
): Promise<boolean> {
  const { topic, partition, from, until } = range;
  await reader.client.insert({
    table: `${target.database}.checkpoints${target.suffix}`,
    values: [{ topic, log_partition: partition, from_offset: from, until_offset: until }],
    format: 'JSONEachRow',
    clickhouse_settings: {
      async_insert: 0,
      insert_deduplicate: 1,
      insert_deduplication_token: `claim/${topic}/${partition}/${from}`,
    },
  });
  const noted = await readNoted(reader, target.suffix, topic);
  const last = noted.find((claimed) => claimed.partition === partition);
  return last?.from === from && last.until === until;
}
