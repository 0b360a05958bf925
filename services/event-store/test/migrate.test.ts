import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStoreClient, migrate, startEmbeddedStore } from '../src/index.js';
import type { EmbeddedStore, StoreReader } from '../src/index.js';

let directory: string;
let server: EmbeddedStore;
let client: StoreReader['client'];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-migrate-'));
  server = await startEmbeddedStore({ directory });
  client = makeStoreClient({ ...server, database: 'default' });
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

const FOR_EVER = { eventsDays: 0, contentDays: 0 };

async function rows(query: string): Promise<unknown[]> {
  const result = await client.query({ query, format: 'JSONEachRow' });
  return result.json();
}

const definition = (name: string): Promise<unknown[]> =>
  rows(`SELECT create_table_query AS text FROM system.tables
    WHERE database || '.' || name = '${name}'`);

describe('a database', () => {
  it('gets each file of the schema once', async () => {
    const files = (await readdir(new URL('../schema/', import.meta.url))).sort();
    expect(await migrate(client, 'fresh', FOR_EVER)).toEqual(files);
    expect(await migrate(client, 'fresh', FOR_EVER)).toEqual([]);
    const noted = await rows('SELECT name FROM fresh.schema_versions ORDER BY version');
    expect(noted).toEqual(files.map((name) => ({ name })));
  });

  it('of an earlier version gets what it lacks, and keeps its rows', async () => {
    await migrate(client, 'earlier', FOR_EVER);
    await client.command({ query: "INSERT INTO earlier.events (stream) VALUES ('s')" });
    await client.command({ query: 'DROP TABLE earlier.forks' });
    await client.command({ query: 'DROP TABLE earlier.dead_letters' });
    await client.command({ query: 'DELETE FROM earlier.schema_versions WHERE version >= 4' });
    const later = ['0004-forks.sql', '0005-dead-letters.sql', '0006-checkpoints.sql'];
    expect((await migrate(client, 'earlier', FOR_EVER)).slice(0, 3)).toEqual(later);
    expect(await rows('SELECT stream FROM earlier.events')).toEqual([{ stream: 's' }]);
    expect(await rows('SELECT * FROM earlier.forks')).toEqual([]);
  });

  it('goes on where a start was broken off', async () => {
    await migrate(client, 'broken', FOR_EVER);
    await client.command({ query: 'TRUNCATE TABLE broken.schema_versions' });
    expect(await migrate(client, 'broken', FOR_EVER)).not.toEqual([]);
    expect(await migrate(client, 'broken', FOR_EVER)).toEqual([]);
  });
});

describe('a changed retention', () => {
  it('is the one that holds for events', async () => {
    const name = 'kept_events';
    for (const days of [0, 30, 7, 0, 365]) {
      await migrate(client, name, { eventsDays: days, contentDays: 0 });
      const [row] = await definition(`${name}.events`);
      const ttl = /TTL (.*) SETTINGS/.exec((row as { text: string }).text)?.[1];
      const expected = `toDateTime(recorded_at) + toIntervalDay(${days})`;
      expect(ttl).toBe(days === 0 ? undefined : expected);
    }
  });

  it('is the one that holds for content, also for what is there', async () => {
    const name = 'kept_content';
    const store = (days: number): Promise<readonly string[]> =>
      migrate(client, name, { eventsDays: 0, contentDays: days });
    const left = async (): Promise<unknown[]> => {
      await client.command({ query: `OPTIMIZE TABLE ${name}.content FINAL` });
      return rows(`SELECT kind FROM ${name}.content`);
    };
    await store(90);
    await client.command({
      query: `INSERT INTO ${name}.content (kind, recorded_at)
        VALUES ('old', now() - INTERVAL 10 DAY)`,
    });
    expect(await left()).toEqual([{ kind: 'old' }]);
    await store(0);
    await expect
      .poll(() => rows(`SELECT toYear(expiry) AS year FROM ${name}.content`))
      .toEqual([{ year: 2106 }]);
    expect(await left()).toEqual([{ kind: 'old' }]);
    await store(5);
    await expect.poll(left).toEqual([]);
    await client.command({
      query: `INSERT INTO ${name}.content (kind, recorded_at)
        VALUES ('new', now() - INTERVAL 4 DAY), ('old', now() - INTERVAL 6 DAY)`,
    });
    await expect.poll(left).toEqual([{ kind: 'new' }]);
  });
});
