import { readFileSync, readdirSync } from 'node:fs';
import type { ClickHouseClient } from '@clickhouse/client';
import { clusterStatements, onCluster, plainSuffix, storedTable } from './cluster-tables.js';
import type { SchemaTarget } from './schema-target.js';

/** How long ClickHouse keeps things; 0: for ever. */
export interface Retention {
  readonly eventsDays: number;
  readonly contentDays: number;
}

/** Tables that are filled from the log alone. */
const PROJECTED_TABLES = [
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
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS {database}.schema_versions{suffix}
      (version UInt32, name String, applied_at DateTime DEFAULT now())
      ENGINE = MergeTree ORDER BY version SETTINGS fsync_after_insert = 1`;
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

/** What a text of schema/ is for a target: on a cluster more than one statement. */
export function statements(
  text: string,
  target: SchemaTarget,
  retention: Retention,
): readonly string[] {
  const { cluster } = target;
  const texts = cluster === undefined ? [text] : clusterStatements(text, cluster);
  return texts.map((one) => fill(one, target, retention));
}

async function apply(client: ClickHouseClient, queries: readonly string[]): Promise<void> {
  for (const query of queries) await client.command({ query });
}

/** Makes all projected tables anew, under the suffix; for a rebuild. */
export async function createTables(
  client: ClickHouseClient,
  target: SchemaTarget,
  retention: Retention,
): Promise<void> {
  for (const { text } of schemaFiles()) {
    await apply(client, statements(text, target, retention));
  }
}

/** Puts the tables with the suffix in the place of those in use, and those under the suffix. */
export async function exchangeTables(
  client: ClickHouseClient,
  target: SchemaTarget,
): Promise<void> {
  const pairs = PROJECTED_TABLES.map((table) => {
    const inUse = storedTable(table, { ...target, suffix: '' });
    return `${inUse} AND ${storedTable(table, target)}`;
  });
  await client.command({ query: `EXCHANGE TABLES ${pairs.join(', ')}${onCluster(target)}` });
}

/** Of a rebuild: tables that it did not put in place, or those that it replaced. */
export async function dropTables(client: ClickHouseClient, target: SchemaTarget): Promise<void> {
  for (const table of PROJECTED_TABLES) {
    const plain = `${target.database}.${table}${target.suffix}`;
    for (const name of new Set([plain, storedTable(table, target)])) {
      await client.command({
        query: `DROP TABLE IF EXISTS ${name}${onCluster(target)} SYNC`,
        clickhouse_settings: { max_table_size_to_drop: '0' },
      });
    }
  }
}

/** Suffixes under which a database holds tables beside those in use. */
export async function listSuffixes(
  client: ClickHouseClient,
  database: string,
): Promise<readonly string[]> {
  const result = await client.query({
    query: 'SELECT name FROM system.tables WHERE database = {database:String}',
    query_params: { database },
    format: 'JSONEachRow',
  });
  const found = (await result.json<{ name: string }>()).flatMap(({ name }) => {
    const table = PROJECTED_TABLES.find((known) => name.startsWith(`${known}_`));
    return table === undefined ? [] : [plainSuffix(name.slice(table.length))];
  });
  return [...new Set(found)].filter((suffix) => suffix !== '');
}

/**
 * Brings a database to this version's schema: each file of schema/, in order, is noted when it is
 * through, so it must bear to be run twice. Then sets what the configuration says of retention.
 *
 * @param cluster whose servers get the tables; undefined: the one that the client speaks to
 * @returns names of the files that were applied
 */
export async function migrate(
  client: ClickHouseClient,
  database: string,
  retention: Retention,
  cluster?: string,
): Promise<readonly string[]> {
  const target = { database, suffix: '', cluster };
  await apply(client, [
    `CREATE DATABASE IF NOT EXISTS ${database}${onCluster(target)}`,
    ...statements(BOOKKEEPING, target, retention),
  ]);
  const result = await client.query({
    query: `SELECT version FROM ${database}.schema_versions`,
    format: 'JSONEachRow',
  });
  const applied = new Set((await result.json<{ version: number }>()).map((row) => row.version));
  const names: string[] = [];
  for (const { version, name, text } of schemaFiles()) {
    if (applied.has(version)) continue;
    await apply(client, statements(text, target, retention));
    await client.insert({
      table: `${database}.schema_versions`,
      values: [{ version, name }],
      format: 'JSONEachRow',
    });
    names.push(name);
  }
  await applyRetention(client, target, retention);
  return names;
}

/** What expires is settled by the tables' definitions; a changed configuration changes them. */
async function applyRetention(
  client: ClickHouseClient,
  target: SchemaTarget,
  retention: Retention,
): Promise<void> {
  const set = await readRetention(client, target);
  const alter = (table: string): string => `ALTER TABLE ${table}${onCluster(target)}`;
  if (set.eventsDays !== retention.eventsDays) {
    const change = retention.eventsDays === 0 ? 'REMOVE TTL' : `MODIFY ${eventsTtl(retention)}`;
    await apply(client, [`${alter(storedTable('events', target))} ${change}`]);
  }
  if (set.contentDays !== retention.contentDays) {
    const expiry = contentExpiry(retention);
    const stored = storedTable('content', target);
    await apply(client, [`${alter(stored)} UPDATE expiry = ${expiry} WHERE 1`]);
    // The one that holds the rows last, since it is what says that it was done.
    for (const table of new Set([`${target.database}.content`, stored])) {
      await apply(client, [`${alter(table)} MODIFY COLUMN expiry DateTime DEFAULT ${expiry}`]);
    }
  }
}

async function readRetention(client: ClickHouseClient, target: SchemaTarget): Promise<Retention> {
  const result = await client.query({
    query: `SELECT
        (SELECT engine_full FROM system.tables
          WHERE database || '.' || name = {events:String}) AS events,
        (SELECT default_expression FROM system.columns
          WHERE database || '.' || table = {content:String} AND name = 'expiry') AS content`,
    query_params: {
      events: storedTable('events', target),
      content: storedTable('content', target),
    },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ events: string; content: string }>();
  const days = (text = ''): number => Number(/toIntervalDay\((\d+)\)/.exec(text)?.[1] ?? 0);
  return { eventsDays: days(row?.events), contentDays: days(row?.content) };
}
