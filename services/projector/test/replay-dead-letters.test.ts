import type { EventLog } from '@steno/event-log';
import { readDeadLetters } from '@steno/event-store';
import type { BatchWriter } from '@steno/sessions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayDeadLetters } from '../src/index.js';
import type { Replayed } from '../src/index.js';
import { readTables } from './oracle.js';
import { TestProjector, TestServer, project } from './projected-store.js';
import type { TestStore } from './projected-store.js';
import { TestLog, session, writeEvent, writeParts } from './test-log.js';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const NOTHING_RUNS = () =>
  Promise.resolve({ lost: new AbortController().signal, release: () => undefined });

function replay(store: TestStore, log: EventLog, of?: number): Promise<Replayed> {
  return replayDeadLetters({
    log,
    reader: store.reader,
    target: { database: store.database, suffix: '' },
    of: of === undefined ? undefined : { topic: 'data', partition: 0, offset: of },
    hold: NOTHING_RUNS,
  });
}

type Write = (batch: BatchWriter) => void;

/** The same log as an older version sees it, which cannot read a batch, and as a later one does. */
async function twoReadings(batches: readonly { now: Write; before?: Write | Buffer }[]) {
  const [older, later] = [new TestLog(), new TestLog()];
  for (const { now, before = now } of batches) {
    if (typeof before === 'function') await older.takeBatch(before);
    else await older.takeBytes(before);
    await later.takeBatch(now);
  }
  return { older, later };
}

const UNREADABLE = Buffer.from('this is no batch');

function eventsOf(n: number) {
  const [opened, command, response, ...rest] = session(n, 2).events;
  if (opened === undefined || command === undefined || response === undefined) {
    throw new Error('no events');
  }
  return { opened, command, response, rest };
}

const write =
  (...events: Parameters<typeof writeEvent>[1][]): Write =>
  (batch) => {
    for (const event of events) writeEvent(batch, event);
  };

async function storeOf(log: EventLog): Promise<TestStore> {
  const store = await server.store();
  await project(store, log);
  return store;
}

describe('dead letters', () => {
  it('are listed with their place, size and about their time', async () => {
    const { opened, command } = eventsOf(1);
    const { older } = await twoReadings([
      { now: write(opened) },
      { now: write(command), before: UNREADABLE },
    ]);
    const store = await storeOf(older);
    expect(await readDeadLetters(store.reader, { of: undefined, limit: 10 })).toEqual([
      {
        topic: 'data',
        place: { partition: 0, offset: 1, index: 0 },
        reason: expect.stringMatching(/^batch: /),
        size: UNREADABLE.length,
        near: opened.envelope.recordedAt,
      },
    ]);
  });

  it('that can be read now leave the tables as if they had been read at first', async () => {
    const { opened, command, response, rest } = eventsOf(2);
    const broken = Buffer.from('this is no envelope');
    const { older, later } = await twoReadings([
      { now: write(opened) },
      { now: write(command), before: UNREADABLE },
      {
        now: write(response, ...rest),
        before: (batch) => {
          batch.event(response.envelope.stream, broken, []);
          write(...rest)(batch);
        },
      },
    ]);
    const store = await storeOf(older);
    const replayed = await replay(store, later);
    expect(replayed).toMatchObject([
      { offset: 1, outcome: 'read', events: 1, duplicates: 0, removed: 1, left: 0 },
      { offset: 2, outcome: 'read', events: 1, duplicates: rest.length, removed: 1, left: 0 },
    ]);
    expect(await readTables(store)).toEqual(await readTables(await storeOf(later)));
    expect(await replay(store, later)).toEqual([]);
  });

  it('bring the content that came ahead of an event which is there', async () => {
    const [opened, command] = session(3, 1).events;
    if (opened === undefined || command === undefined) throw new Error('no events');
    const long = { index: 0, kind: 'text', bytes: Buffer.alloc(40_000, 'x') };
    const { older, later } = await twoReadings([
      { now: write(opened) },
      { now: (batch) => writeParts(batch, command, long), before: UNREADABLE },
      { now: (batch) => batch.event(command.envelope.stream, command.raw, []) },
    ]);
    const store = await storeOf(older);
    expect(await replay(store, later)).toMatchObject([{ outcome: 'read', removed: 1 }]);
    const parts =
      'SELECT part, length(bytes) AS size FROM content WHERE position = 1 ORDER BY part';
    expect(await store.rows(parts)).toMatchObject([{ part: 0 }, { part: 1 }]);
  });

  it('are counted once when a replay was cut short after its rows', async () => {
    const { opened, command, response, rest } = eventsOf(4);
    const { older, later } = await twoReadings([
      { now: write(opened) },
      { now: write(command, response), before: UNREADABLE },
      { now: write(...rest) },
    ]);
    const store = await storeOf(older);
    await store.command('CREATE TABLE kept AS dead_letters');
    await store.command('INSERT INTO kept SELECT * FROM dead_letters');
    await replay(store, later);
    await store.command('INSERT INTO dead_letters SELECT * FROM kept');
    const again = await replay(store, later);
    expect(again).toMatchObject([{ outcome: 'read', events: 0, duplicates: 2, removed: 1 }]);
    // Cut short within the rows: the last table is not filled, those before it are.
    await store.command('INSERT INTO dead_letters SELECT * FROM kept');
    await store.command('ALTER TABLE events DELETE WHERE log_offset = 1 SETTINGS mutations_sync=2');
    expect(await replay(store, later)).toMatchObject([{ outcome: 'read', removed: 1 }]);
    const { sessions } = await readTables(store);
    expect(sessions).toEqual((await readTables(await storeOf(later))).sessions);
  });

  it('stay where nothing can be read yet, or the batch is gone', async () => {
    const { opened, command } = eventsOf(5);
    const { older } = await twoReadings([
      { now: write(opened) },
      { now: write(command), before: UNREADABLE },
    ]);
    const store = await storeOf(older);
    const before = await readTables(store);
    expect(await replay(store, older)).toMatchObject([{ outcome: 'unreadable', left: 1 }]);
    expect(await replay(store, new TestLog())).toMatchObject([{ outcome: 'gone', left: 1 }]);
    expect(await replay(store, older, 0)).toEqual([]);
    expect(await readTables(store)).toEqual(before);
  });

  it('are replayed beside a projector that goes on', async () => {
    const { opened, command, response, rest } = eventsOf(6);
    const { older, later } = await twoReadings([
      { now: write(opened) },
      { now: write(command), before: UNREADABLE },
    ]);
    const store = await storeOf(older);
    const projector = new TestProjector(store, later);
    await projector.caughtUp();
    await replayDeadLetters({
      log: later,
      reader: store.reader,
      target: { database: store.database, suffix: '' },
      of: { topic: 'data', partition: 0, offset: 1 },
      hold: () => projector.hold(),
    });
    // What the projector remembers of the stream must not hide that the event is there now.
    await later.take(command, response, ...rest);
    await projector.caughtUp();
    await projector.running.stop();
    expect(await readTables(store)).toEqual(await readTables(await storeOf(later)));
  });
});
