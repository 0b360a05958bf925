import {
  countOpenSessions,
  createTables,
  migrate,
  readContent,
  readEarlyParts,
  readEventHashes,
  readEvents,
  readEventsBefore,
  readFacets,
  readPendingCommands,
  readPositionAt,
  readSessions,
  readStoredHeads,
  readTimeline,
  searchWords,
} from '@steno/event-store';
import type { SchemaTarget, StoreReader } from '@steno/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuild } from '../src/index.js';
import { DyingClient } from './dying-client.js';
import { expectedTables, readTables } from './oracle.js';
import { RETENTION, TestProjector, TestStore } from './projected-store.js';
import { CLUSTER, TestCluster } from './test-cluster.js';
import { START, TestLog, session, sessionId, writeParts } from './test-log.js';

const SESSIONS = [1, 2, 3, 4, 5, 6];

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await TestCluster.start();
});
afterAll(() => cluster.stop());

/** A log that is one range of each topic, and has rows for each table. */
async function fullLog(): Promise<TestLog> {
  const log = new TestLog();
  for (const n of SESSIONS) {
    const { events } = session(n, 8);
    const [forged] = session(n, 0, 7n).events;
    if (forged === undefined) throw new Error('no event');
    await log.take(...events.slice(0, 12), forged, ...events.slice(10));
  }
  const [, ahead] = session(9, 1).events;
  if (ahead === undefined) throw new Error('no event');
  await log.takeBatch((batch) => {
    writeParts(batch, ahead, { kind: 'text', bytes: Buffer.alloc(70_000, 'y'), index: 0 });
  });
  await log.takeBytes(Buffer.from('garbage'));
  return log;
}

async function project(store: TestStore, log: TestLog): Promise<void> {
  const projector = new TestProjector(store, log, { cluster: CLUSTER });
  await projector.caughtUp();
  await projector.running.stop();
}

async function projected(): Promise<{ store: TestStore; log: TestLog }> {
  const [store, log] = [await cluster.store(), await fullLog()];
  await project(store, log);
  return { store, log };
}

async function expectWhole(store: TestStore, log: TestLog): Promise<void> {
  expect(await readTables(store)).toEqual(await expectedTables(log));
}

const TABLES = ['dead_letters', 'forks', 'content', 'sessions', 'events'];

describe('a store on a cluster', () => {
  it('is made once, of tables for the shards and tables for all of them', async () => {
    const store = await cluster.store();
    expect(await migrate(cluster.client('default'), store.database, RETENTION, CLUSTER)).toEqual(
      [],
    );
    for (const shard of [0, 1]) {
      const rows = await cluster.shard(store.database, shard).rows(
        `SELECT engine, count() AS tables FROM system.tables
          WHERE database = '${store.database}' GROUP BY engine ORDER BY engine`,
      );
      expect(rows.map(({ engine }) => engine)).toEqual([
        'AggregatingMergeTree',
        'Distributed',
        'MergeTree',
        'ReplacingMergeTree',
      ]);
    }
  });

  it('takes a changed retention to each shard', async () => {
    const store = await cluster.store();
    const root = cluster.client('default');
    await migrate(root, store.database, { eventsDays: 30, contentDays: 5 }, CLUSTER);
    for (const shard of [0, 1]) {
      const [row] = await cluster.shard(store.database, shard).rows(
        `SELECT groupUniqArray(default_expression) AS expiry,
          (SELECT engine_full FROM system.tables
            WHERE database = '${store.database}' AND name = 'events_local') AS events
          FROM system.columns WHERE database = '${store.database}' AND name = 'expiry'`,
      );
      expect(row?.['events']).toContain('toIntervalDay(30)');
      expect(row?.['expiry']).toEqual(['toDateTime(recorded_at) + toIntervalDay(5)']);
    }
    const made = cluster.statements.length;
    await migrate(root, store.database, { eventsDays: 30, contentDays: 5 }, CLUSTER);
    expect(cluster.statements.slice(made).filter((text) => text.startsWith('ALTER'))).toEqual([]);
  });

  it('holds what the log does, a session on one shard, sessions on all', async () => {
    const { store, log } = await projected();
    await expectWhole(store, log);
    for (const table of ['events', 'content', 'sessions']) {
      const shards = await store.rows(
        `SELECT uniqExact(_shard_num) AS shards FROM ${table} WHERE session_id != ''
          GROUP BY session_id`,
      );
      expect(new Set(shards.map((row) => row['shards'])), table).toEqual(new Set(['1']));
    }
    const [both] = await store.rows('SELECT uniqExact(_shard_num) AS shards FROM events');
    expect(both).toEqual({ shards: '2' });
  });

  it('answers as one server does', async () => {
    const log = await fullLog();
    const [many, one] = [await cluster.store(), await cluster.plainStore()];
    await project(many, log);
    const projector = new TestProjector(one, log);
    await projector.caughtUp();
    await projector.running.stop();
    const answers = await ask(many.reader);
    expect(answers).toEqual(await ask(one.reader));
    for (const [name, answer] of Object.entries(answers)) expect(answer, name).not.toEqual([]);
  });
});

/** Queries with subqueries, windows, limits, aliases and tuples. */
async function ask(reader: StoreReader): Promise<Record<string, unknown>> {
  const id = sessionId(3);
  const stream = `session/${id}`;
  const range = { topic: 'data', partition: 0, from: 1_000, until: 1_001 } as const;
  const before = { reader, suffix: '', range };
  const streams = [...SESSIONS, 9].map((n) => `session/${sessionId(n)}`);
  const heads = await readStoredHeads(before, streams);
  const found = await readSessions(reader, { limit: 10, words: searchWords('session_3 5') });
  const [one] = found;
  if (one === undefined) throw new Error('no session was found');
  const wanted = { stream, position: 1, index: 0, kind: 'text', length: 9, heldAt: undefined };
  return {
    found,
    sessions: await readSessions(reader, { limit: 4, identities: ['bot-2', 'bot-3', 'bot-4'] }),
    open: await countOpenSessions(reader),
    facets: await readFacets(reader),
    heads: [...heads].sort((a, b) => (a.stream < b.stream ? -1 : 1)),
    hashes: await readEventHashes(before, [{ stream, position: 2 }]),
    early: await readEarlyParts(before, streams),
    events: await readEvents(reader, id, { from: 1, until: 9, limit: 5 }),
    eventsBefore: await readEventsBefore(reader, id, 9, 4),
    content: await readContent(reader, [wanted]),
    pending: await readPendingCommands(reader, id, 4),
    position: await readPositionAt(reader, id, START + 5_000_000n),
    timeline: await readTimeline(reader, one, { slices: 9 }),
  };
}

describe('a projector to a cluster', () => {
  it('that dies at any write is followed exactly', async () => {
    for (const write of [1, 2, 3, 4, 5, 6]) {
      const [store, log] = [await cluster.store(), await fullLog()];
      const { client, died } = new DyingClient(store.client, { write, arrives: true });
      const mortal = new TestStore(client, store.database);
      const projector = new TestProjector(mortal, log, { cluster: CLUSTER });
      await died;
      await projector.running.stop();
      await project(store, log);
      await expectWhole(store, log);
    }
  });

  it('fills the shards that a range did not reach, and no other', async () => {
    for (const lacking of TABLES) {
      const { store, log } = await projected();
      const shard = cluster.shard(store.database, 1);
      const missed = TABLES.slice(TABLES.indexOf(lacking));
      // Takes the tokens, too.
      for (const table of missed) await shard.command(`TRUNCATE TABLE ${table}_local`);
      await project(store, log);
      await expectWhole(store, log);
    }
  });

  it('adds nothing where a replica shows less than was inserted', async () => {
    const { store, log } = await projected();
    const whole = await store.rows('SELECT count() AS rows FROM events');
    for (const shard of [0, 1]) {
      // The tokens stay.
      const query = 'ALTER TABLE events_local DELETE WHERE 1 SETTINGS mutations_sync = 1';
      await cluster.shard(store.database, shard).command(query);
    }
    await project(store, log);
    expect(whole).not.toEqual([{ rows: '0' }]);
    expect(await store.rows('SELECT count() AS rows FROM events')).toEqual([{ rows: '0' }]);
  });

  it('says so where a shard took its part twice', async () => {
    const { store, log } = await projected();
    await cluster.shard(store.database, 1).command('TRUNCATE TABLE events_local');
    await cluster
      .shard(store.database, 0)
      .command('ALTER TABLE events_local MODIFY SETTING non_replicated_deduplication_window = 0');
    let reported: (error: unknown) => void = () => undefined;
    const report = new Promise<unknown>((resolve) => (reported = resolve));
    const projector = new TestProjector(store, log, { cluster: CLUSTER, onRetry: reported });
    expect(String(await report)).toMatch(/events holds \d+ rows of data/);
    await projector.running.stop();
  });
});

describe('a rebuild on a cluster', () => {
  it('makes the same rows again on each shard, and leaves nothing beside them', async () => {
    const { store, log } = await projected();
    const names = async (shard: number): Promise<unknown[]> =>
      cluster
        .shard(store.database, shard)
        .rows(`SELECT name FROM system.tables WHERE database = '${store.database}' ORDER BY name`);
    const before = await Promise.all([names(0), names(1)]);
    for (const shard of [0, 1]) {
      await cluster.shard(store.database, shard).command('TRUNCATE TABLE content_local');
    }
    // Of a rebuild that was killed.
    await createTables(store.client, tablesOf(store, '_rebuild_1'), RETENTION);
    await rebuild({
      log,
      reader: store.reader,
      database: store.database,
      cluster: CLUSTER,
      retention: RETENTION,
      signal: new AbortController().signal,
      hold: () => Promise.resolve({ lost: new AbortController().signal, release: () => undefined }),
      onProgress: () => undefined,
      onRetry: (error) => {
        throw error;
      },
    });
    await expectWhole(store, log);
    expect(await Promise.all([names(0), names(1)])).toEqual(before);
    await project(store, log);
    await expectWhole(store, log);
  });
});

function tablesOf({ database }: TestStore, suffix: string): SchemaTarget {
  return { database, suffix, cluster: CLUSTER };
}
