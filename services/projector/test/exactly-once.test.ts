import type { PartitionConsumer } from '@steno/event-log';
import { readSession } from '@steno/event-store';
import { StreamFixture } from '@steno/event-store/testing';
import type { FixtureEvent } from '@steno/event-store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreAhead } from '../src/index.js';
import { DyingClient, flakyClient } from './dying-client.js';
import type { Death } from './dying-client.js';
import { expectedTables, readTables } from './oracle.js';
import { TestProjector, TestServer, TestStore, project } from './projected-store.js';
import { MS, START, TestLog, session, sessionId, writeParts } from './test-log.js';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const DAY = 86_400_000n * MS;
const LONG = { kind: 'text', bytes: Buffer.alloc(70_000, 'y'), index: 0 };

async function expectWhole(store: TestStore, log: TestLog): Promise<void> {
  expect(await readTables(store)).toEqual(await expectedTables(log));
}

/** A projector that dies; resolves when it is dead. */
async function die(store: TestStore, log: TestLog, death: Death): Promise<void> {
  const { client, died } = new DyingClient(store.client, death);
  const projector = new TestProjector(new TestStore(client, store.database), log);
  await died;
  await projector.running.stop();
}

function forkOf(event: FixtureEvent): FixtureEvent {
  const other = new StreamFixture(event.envelope.stream, { startedAt: 1n, identity: 'zzz' });
  while (other.events.length <= Number(event.envelope.position)) {
    other.append({ case: 'gap', value: { reason: 'forged' } });
  }
  const forged = other.events.at(-1);
  if (forged === undefined) throw new Error('no event');
  return forged;
}

/** Two ranges; the second has rows for each table, and much that only the first explains. */
function ranges(): {
  first: (log: TestLog) => Promise<void>;
  second: (log: TestLog) => Promise<void>;
} {
  const [one, two] = [session(1, 40), session(2, 10)];
  const [a, b] = [one.events, two.events];
  const late = new StreamFixture(`session/${sessionId(3)}`, { startedAt: START });
  late.append({ case: 'sessionOpened', value: {} });
  late.append({ case: 'commandSubmitted', value: {} }, [LONG]);
  late.now += 20n * DAY; // another month
  late.append({ case: 'sessionClosed', value: {} }, [{ kind: 'text', bytes: Buffer.from('z') }]);
  const [opened, submitted, closed] = late.events;
  if (!opened || !submitted || !closed || !a[3]) throw new Error('no events');
  const fork = forkOf(a[3]);
  return {
    first: async (log) => {
      await log.take(...a.slice(0, 60));
      await log.take(opened, ...b.slice(10));
      await log.takeBatch((batch) => {
        writeParts(batch, submitted, LONG);
      });
    },
    second: async (log) => {
      await log.takeBytes(Buffer.from('garbage'));
      await log.take(...a.slice(40));
      await log.take(fork, ...b);
      await log.take(submitted, closed);
    },
  };
}

/** note, dead_letters, forks, content, sessions, events */
const DEATHS = [1, 2, 3, 4, 5, 6].flatMap((write) => [
  { write, arrives: false },
  { write, arrives: true },
]);

const WRITE_OF: Readonly<Record<string, number>> = { content: 4, sessions: 5, events: 6 };

/** A store that is empty, and a log that is one range. */
async function oneRange(): Promise<{ store: TestStore; log: TestLog }> {
  const log = new TestLog();
  const { first, second } = ranges();
  await first(log);
  await second(log);
  return { store: await server.store(), log };
}

/** A store that holds the first range. */
async function halfWay(): Promise<{ store: TestStore; log: TestLog }> {
  const store = await server.store();
  const log = new TestLog();
  const { first, second } = ranges();
  await first(log);
  await project(store, log);
  await second(log);
  return { store, log };
}

describe('a projector that dies', () => {
  it.each(DEATHS)('at write $write (arrives: $arrives) is followed exactly', async (death) => {
    const { store, log } = await halfWay();
    await die(store, log, death);
    await project(store, log);
    await expectWhole(store, log);
    await project(store, log);
    await expectWhole(store, log);
  });

  it('again and again gets on', async () => {
    const { store, log } = await halfWay();
    for (let life = 0; life < 6; life += 1) await die(store, log, { write: 1, arrives: true });
    await expectWhole(store, log);
  });

  it.each(['content', 'sessions', 'events'])(
    'leaves nothing twice where the server forgot its tokens (%s)',
    async (table) => {
      const { store, log } = await halfWay();
      await die(store, log, { write: WRITE_OF[table] ?? 0, arrives: true });
      const setting = 'non_replicated_deduplication_window = 0';
      await store.command(`ALTER TABLE ${table} MODIFY SETTING ${setting}`);
      await project(store, log);
      await expectWhole(store, log);
    },
  );

  it.each(['content', 'sessions', 'events'])(
    'leaves nothing out where the server kept a token without its rows (%s)',
    async (table) => {
      const { store, log } = await oneRange();
      await die(store, log, { write: WRITE_OF[table] ?? 0, arrives: true });
      await store.command(`ALTER TABLE ${table} DELETE WHERE 1 SETTINGS mutations_sync = 1`);
      await project(store, log);
      await expectWhole(store, log);
    },
  );

  it.each([
    ['content', '202611'],
    ['content', '202612'],
    ['events', '202611'],
    ['events', '202612'],
  ])('between two months of %s adds the one that is missing (%s)', async (table, month) => {
    const { store, log } = await oneRange();
    await die(store, log, { write: WRITE_OF[table] ?? 0, arrives: true });
    await store.command(`ALTER TABLE ${table} DROP PARTITION ${month}`);
    await project(store, log);
    await expectWhole(store, log);
  });
});

describe('a projector that starts again', () => {
  it('has ranges behind it that hold no event', async () => {
    const store = await server.store();
    const log = new TestLog();
    const [first, second] = session(1, 0).events;
    if (first === undefined || second === undefined) throw new Error('no events');
    await log.takeBytes(Buffer.from('garbage'));
    await project(store, log);
    await log.takeBytes(Buffer.from('rubbish'));
    await project(store, log);
    await log.take(first);
    await project(store, log);
    await log.take(forkOf(first));
    await project(store, log);
    await log.take(first, first);
    await project(store, log);
    await log.take(second);
    await project(store, log);
    await log.take(second);
    await project(store, log);
    await expectWhole(store, log);
  });

  it('does not count sessions again whose events have expired', async () => {
    const store = await server.store({ eventsDays: 1, contentDays: 0 });
    const log = new TestLog();
    await log.take(...session(1, 3, START - 1000n * DAY).events);
    await project(store, log);
    await store.command('OPTIMIZE TABLE events FINAL');
    const { sessions } = await expectedTables(log);
    for (let time = 0; time < 2; time += 1) {
      await project(store, log);
      await store.command('OPTIMIZE TABLE events FINAL');
      const tables = await readTables(store);
      expect(tables.events).toEqual([]);
      expect(tables.sessions).toEqual(sessions);
    }
  });

  it('refuses a log that is shorter than the one it knows', async () => {
    const store = await server.store();
    const log = new TestLog();
    for (const event of session(1, 2).events) await log.take(event);
    await project(store, log);
    const shorter = new TestLog();
    await shorter.take(...session(2, 2).events);
    await expect(new TestProjector(store, shorter).running.done).rejects.toThrow(StoreAhead);
  });

  it('ends when a table is gone, which waiting would not bring back', async () => {
    const store = await server.store();
    const log = new TestLog();
    const projector = new TestProjector(store, log);
    await store.command('DROP TABLE events');
    await log.take(...session(1, 1).events);
    await expect(projector.running.done).rejects.toThrow(/events/);
  });
});

describe('a projector that goes on', () => {
  it('has each write fail at first', async () => {
    const { store, log } = await halfWay();
    const flaky = new TestStore(flakyClient(store.client), store.database);
    const projector = new TestProjector(flaky, log);
    await projector.caughtUp();
    await log.take(...session(9, 30).events);
    await projector.caughtUp();
    await projector.running.stop();
    expect(projector.retries.length).toBeGreaterThan(6);
    await expectWhole(store, log);
  });

  it('finds ClickHouse as it was, which was killed in the middle', async () => {
    const store = await server.store();
    const log = new TestLog();
    const projector = new TestProjector(store, log);
    const sessions = Array.from({ length: 12 }, (_, n) => session(n, 20));
    for (const [n, { events }] of sessions.entries()) {
      await log.take(...events.slice(0, 25));
      if (n % 4 === 1) await projector.caughtUp();
      await log.take(...events.slice(20));
      if (n % 4 === 2) await server.restart();
    }
    await projector.caughtUp();
    await projector.running.stop();
    expect(projector.retries).not.toEqual([]);
    await expectWhole(store, log);
  });
});

describe('an event', () => {
  it('that comes again is dropped, however late and in whatever number', async () => {
    const store = await server.store();
    const log = new TestLog();
    const { events } = session(1, 600);
    const halves = [events.slice(0, 700), events.slice(700)];
    for (const half of halves) await log.take(...half);
    for (const half of halves) await log.take(...half);
    const projector = new TestProjector(store, log);
    await projector.caughtUp();
    await log.take(...events);
    await projector.caughtUp();
    await projector.running.stop();
    await log.take(...events);
    await project(store, log);
    await expectWhole(store, log);
    expect(await readSession(store.reader, sessionId(1))).toMatchObject({
      events: 1202,
      status: 'complete',
    });
  });

  it('that is another one at its position is kept apart and flagged', async () => {
    const store = await server.store();
    const log = new TestLog();
    const { events } = session(1, 100);
    const forks = [0, 3, 150].map((position) => {
      const event = events[position];
      if (event === undefined) throw new Error('no event');
      return forkOf(event);
    });
    await log.take(...events);
    await project(store, log);
    expect(await readSession(store.reader, sessionId(1))).toMatchObject({ status: 'complete' });
    await log.take(...forks);
    await project(store, log);
    await expectWhole(store, log);
    expect(await store.rows('SELECT position FROM forks ORDER BY position')).toEqual([
      { position: '0' },
      { position: '3' },
      { position: '150' },
    ]);
    expect(await readSession(store.reader, sessionId(1))).toMatchObject({
      status: 'gapped',
      identity: 'bot-1',
      startedAt: START,
    });
  });

  it('that fills a hole late is taken, with its content', async () => {
    const store = await server.store();
    const log = new TestLog();
    const stream = session(1, 50);
    const close = stream.events.pop();
    stream.append({ case: 'commandSubmitted', value: {} }, [LONG]);
    const long = stream.events.at(-1);
    if (close === undefined || long === undefined) throw new Error('no events');
    const end = new StreamFixture(stream.stream, { startedAt: START });
    for (let n = 0; n < stream.events.length; n += 1) end.lose();
    end.append({ case: 'sessionClosed', value: { reason: 'client-closed' } });
    const holes = [3, 4, 77].flatMap((position) => stream.events[position] ?? []);
    const rest = stream.events.filter((event) => event !== long && !holes.includes(event));
    await log.take(...rest, ...end.events);
    await project(store, log);
    await expectWhole(store, log);
    expect(await readSession(store.reader, sessionId(1))).toMatchObject({ status: 'gapped' });
    await log.takeBatch((batch) => {
      writeParts(batch, long, LONG);
    });
    await log.take({ ...long, contents: [] }, ...holes, ...holes);
    const projector = new TestProjector(store, log);
    await projector.caughtUp();
    await projector.running.stop();
    await expectWhole(store, log);
  });
});

/** Shows the log an entry at a time. */
class SteppingLog extends TestLog {
  constructor(private readonly whole: TestLog) {
    super();
  }

  override share(...[topic, group, consumer, signal]: Parameters<TestLog['share']>): Promise<void> {
    const handle: PartitionConsumer['handle'] = async (entries, until) => {
      for (const entry of entries) await consumer.handle([entry], until);
    };
    return this.whole.share(topic, group, { ...consumer, handle }, signal);
  }

  override read(...args: Parameters<TestLog['read']>) {
    return this.whole.read(...args);
  }

  override end(...args: Parameters<TestLog['end']>) {
    return this.whole.end(...args);
  }
}

describe('two projectors that have a partition at the same time', () => {
  it('put each event there once, whoever is faster', async () => {
    const store = await server.store();
    const log = new TestLog();
    const { first, second } = ranges();
    await first(log);
    await second(log);
    for (let n = 10; n < 30; n += 1) await log.take(...session(n, 30).events);
    const both = [new TestProjector(store, log), new TestProjector(store, new SteppingLog(log))];
    await Promise.all(both.map((projector) => projector.caughtUp()));
    await Promise.all(both.map((projector) => projector.running.stop()));
    await expectWhole(store, log);
    expect(both.flatMap(({ retries }) => retries)).toEqual([]);
  });
});
