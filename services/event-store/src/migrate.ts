import { readFileSync, readdirSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';

/** How long ClickHouse keeps things; 0: for ever. */
export interface Retention {
  readonly eventsDays: number;
  readonly contentDays: number;
}

export interface SchemaTarget {
  readonly database: string;
  /** Of the tables' names: empty, or what a rebuild fills beside them. */
  readonly suffix: string;
}

/** Tables that are filled from the log alone. */
export const PROJECTED_TABLES = [
  'events',
  'content',
  'sessions',
  'forks',
  'dead_letters',
  'checkpoints',
] as const;

/** One level up from src and from dist alike. */
const DIRECTORY = new URL('../schema/', import.meta.url);
const FILE = /^(\d{4})-[a-z-]+\.sql$/;
const FOR_EVER = "toDateTime('2106-01-01 00:00:00', 'UTC')";

interface SchemaFile {
  readonly version: number;
  readonly name: string;
  readonly text: string;
}

function schemaFiles(): readonly SchemaFile[] {
  return readdirSync(DIRECTORY)
    .sort()
    .flatMap((name) => {
      const number = FILE.exec(name)?.[1];
      if (number === undefined) return [];
      const text = readFileSync(new URL(name, DIRECTORY), 'utf8');
      return [{ version: Number(number), name, text }];
    });
}

function eventsTtl({ eventsDays }: Retention): string {
  return eventsDays === 0 ? '' : `TTL toDateTime(recorded_at) + INTERVAL ${eventsDays} DAY`;
}

function contentExpiry({ contentDays }: Retention): string {
  return contentDays === 0 ? FOR_EVER : `toDateTime(recorded_at) + INTERVAL ${contentDays} DAY`;
}

function fill(text: string, target: SchemaTarget, retention: Retention): string {
  return text
    .replaceAll('{database}', target.database)
    .replaceAll('{suffix}', target.suffix)
    .replaceAll('{events_ttl}', eventsTtl(retention))
    .replaceAll('{content_expiry}', contentExpiry(retention));
}

/** Makes all projected tables anew, under the suffix; for a rebuild. */
export async function createTables(
  client: ClickHouseClient,
  target: SchemaTarget,
  retention: Retention,
): Promise<void> {
  for (const { text } of schemaFiles()) {
    await client.command({ query: fill(text, target, retention) });
  }
}

export async function dropTables(client: ClickHouseClient, target: SchemaTarget): Promise<void> {
  for (const table of PROJECTED_TABLES) {
    const query = `DROP TABLE IF EXISTS ${target.database}.${table}${target.suffix} SYNC`;
    await client.command({ query });
  }
}

/**
 * Brings a database to this version's schema: each file of schema/ once, in order, noted when it is through. Then sets what
 * the configuration says of retention.
 *
 * @returns names of the files that were applied
 */
export async function migrate(
  client: ClickHouseClient,
  database: string,
  retention: Retention,
): Promise<readonly string[]> {
  await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
  await client.command({
    query: `CREATE TABLE IF NOT EXISTS ${database}.schema_versions
      (version UInt32, name String, applied_at DateTime DEFAULT now())
      ENGINE = MergeTree ORDER BY version SETTINGS fsync_after_insert = 1`,
  });
  const result = await client.query({
    query: `SELECT version FROM ${database}.schema_versions`,
    format: 'JSONEachRow',
  });
  const applied = new Set((await result.json<{ version: number }>()).map((row) => row.version));
  const names: string[] = [];
  for (const { version, name, text } of schemaFiles()) {
    if (applied.has(version)) continue;
    await client.command({ query: fill(text, { database, suffix: '' }, retention) });
    await client.insert({
      table: `${database}.schema_versions`,
      values: [{ version, name }],
      format: 'JSONEachRow',
    });
    names.push(name);
  }
  await applyRetention(client, database, retention);
  return names;
}

/** What expires is settled by the table's definition; a changed configuration changes it. */
async function applyRetention(
  client: ClickHouseClient,
  database: string,
  retention: Retention,
): Promise<void> {
  const result = await client.query({
    query: `SELECT engine_full FROM system.tables
      WHERE database = {database:String} AND name = 'events'`,
    query_params: { database },
    format: 'JSONEachRow',
  });
  const engine = (await result.json<{ engine_full: string }>())[0]?.engine_full ?? '';
  const days = Number(/toIntervalDay\((\d+)\)/.exec(engine)?.[1] ?? 0);
  if (days !== retention.eventsDays) {
    const change = retention.eventsDays === 0 ? 'REMOVE TTL' : `MODIFY ${eventsTtl(retention)}`;
    await client.command({ query: `ALTER TABLE ${database}.events ${change}` });
  }
  await client.command({
    query: `ALTER TABLE ${database}.content
      MODIFY COLUMN expiry DateTime DEFAULT ${contentExpiry(retention)}`,
  });
}
