import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdProjector, rebuild, serveHolds } from '../src/index.js';
import type { Hold, RebuildCounts, RebuildOptions } from '../src/index.js';
import { DyingClient } from './dying-client.js';
import { expectedTables, readTables } from './oracle.js';
import { RETENTION, TestProjector, TestServer, TestStore, project } from './projected-store.js';
import { TestLog, session } from './test-log.js';

let server: TestServer;
let directory: string;
beforeAll(async () => {
  server = await TestServer.start();
  directory = await mkdtemp(join(tmpdir(), 'steno-rebuild-'));
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

let sockets = 0;
const newSocket = (): string => join(directory, `${(sockets += 1)}.sock`);

function rebuilt(
  store: TestStore,
  log: EventLog,
  options: Partial<RebuildOptions> = {},
): Promise<RebuildCounts> {
  return rebuild({
    log,
    reader: store.reader,
    database: store.database,
    retention: RETENTION,
    signal: new AbortController().signal,
    hold: () => holdProjector(newSocket()),
    onProgress: () => undefined,
    onRetry: (error) => {
      throw error;
    },
    ...options,
  });
}

async function expectWhole(store: TestStore, log: EventLog): Promise<void> {
  expect(await readTables(store)).toEqual(await expectedTables(log));
}

async function tableNames(store: TestStore): Promise<unknown[]> {
  const rows = await store.rows(
    `SELECT name FROM system.tables WHERE database = '${store.database}' ORDER BY name`,
  );
  return rows.map(({ name }) => name);
}

/** A log with everything that makes it hard, projected range after range. */
async function projected(): Promise<{ store: TestStore; log: TestLog }> {
  const store = await server.store();
  const log = new TestLog();
  for (let n = 0; n < 2; n += 1) {
    const { events } = session(n, 10);
    const [forged] = session(n, 0, 7n).events;
    if (forged === undefined) throw new Error('no event');
    await log.take(...events.slice(0, 12));
    if (n % 2 === 0) await project(store, log);
    await log.take(forged, ...events.slice(15), ...events.slice(3, 8));
    await log.takeBytes(Buffer.from(`garbage ${n}`), 'activity');
    await project(store, log);
    await log.take(...events.slice(12, 15));
  }
  await project(store, log);
  return { store, log };
}

describe('a rebuild', () => {
  it('makes the same rows again, and leaves nothing beside them', async () => {
    const { store, log } = await projected();
    const before = await readTables(store);
    const names = await tableNames(store);
    await store.command('TRUNCATE TABLE content');
    await store.command('ALTER TABLE events DELETE WHERE position = 5 SETTINGS mutations_sync = 1');
    const counts = await rebuilt(store, log);
    expect(counts).toEqual({ events: 44, duplicates: 10, forks: 2, deadLetters: 2 });
    expect(await readTables(store)).toEqual(before);
    await expectWhole(store, log);
    expect(await tableNames(store)).toEqual(names);
    await project(store, log);
    await expectWhole(store, log);
  });

  it('goes on beside a projector, which then goes on from it', async () => {
    const { store, log } = await projected();
    const socket = newSocket();
    const projector = new TestProjector(store, log);
    const holds = await serveHolds(projector.running, socket);
    let appended = 10;
    for (let time = 0; time < 3; time += 1) {
      let isOver = false;
      const appends = (async () => {
        while (!isOver) {
          await log.take(...session(appended, 3).events);
          appended += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      await rebuilt(store, log, { hold: () => holdProjector(socket) });
      isOver = true;
      await appends;
    }
    await projector.caughtUp();
    await holds.close();
    await projector.running.stop();
    await expectWhole(store, log);
  });

  it('that is given up leaves the old tables, and the next one works', async () => {
    const { store, log } = await projected();
    const names = await tableNames(store);
    const abort = new AbortController();
    const options = { signal: abort.signal, onProgress: () => void abort.abort() };
    await expect(rebuilt(store, log, options)).rejects.toThrow();
    expect(await tableNames(store)).toEqual(names);
    await expectWhole(store, log);
    await rebuilt(store, log);
    await expectWhole(store, log);
  });

  it.each([1, 4, 6])('that dies (at write %i) leaves the old tables', async (write) => {
    const { store, log } = await projected();
    const names = await tableNames(store);
    const { client } = new DyingClient(store.client, { write, arrives: true });
    const dying = new TestStore(client, store.database);
    const abort = new AbortController();
    const options = { signal: abort.signal, onRetry: () => void abort.abort() };
    await expect(rebuilt(dying, log, options)).rejects.toThrow();
    expect(await tableNames(store)).toHaveLength(names.length + 6);
    await project(store, log);
    await expectWhole(store, log);
    await rebuilt(store, log);
    await expectWhole(store, log);
    expect(await tableNames(store)).toEqual(names);
  });

  it('ends when another one is begun', async () => {
    const { store, log } = await projected();
    const hold = async (): Promise<Hold> => {
      await rebuilt(store, log);
      return holdProjector(newSocket());
    };
    await expect(rebuilt(store, log, { hold })).rejects.toThrow(/exist|Unknown table/);
    await expectWhole(store, log);
  });

  it('changes nothing if the projector was let go too early', async () => {
    const { store, log } = await projected();
    const socket = newSocket();
    const projector = new TestProjector(store, log);
    const holds = await serveHolds(projector.running, socket);
    const hold = async (): Promise<Hold> => {
      const held = await holdProjector(socket);
      const lost = once(held.lost, 'abort');
      await holds.close();
      await lost;
      return held;
    };
    await expect(rebuilt(store, log, { hold })).rejects.toThrow(/went away/);
    await projector.running.stop();
    await expectWhole(store, log);
  });
});

describe('a hold', () => {
  it('ends with the process that has it', async () => {
    const store = await server.store();
    const log = new TestLog();
    const socket = newSocket();
    const projector = new TestProjector(store, log);
    const holds = await serveHolds(projector.running, socket);
    const program = `require('node:net').connect(process.argv[1]).pipe(process.stdout)`;
    const child = spawn(process.execPath, ['-e', program, socket], { stdio: 'pipe' });
    expect(String((await once(child.stdout, 'data'))[0])).toBe('held\n');
    await log.take(...session(1, 1).events);
    child.kill('SIGKILL');
    await projector.caughtUp();
    await expectWhole(store, log);
    await holds.close();
    await projector.running.stop();
  });

  it('keeps the projector from the store for as long as anybody has one', async () => {
    const store = await server.store();
    const log = new TestLog();
    const projector = new TestProjector(store, log);
    const [first, second] = [await projector.hold(), await projector.hold()];
    first.release();
    first.release();
    // At work it would end: there is no table to write to.
    await store.command('RENAME TABLE events TO elsewhere, checkpoints TO elsewhere_too');
    await log.take(...session(1, 1).events);
    await store.rows('SELECT sleep(0.5)');
    await store.command('RENAME TABLE elsewhere TO events, elsewhere_too TO checkpoints');
    second.release();
    await projector.caughtUp();
    await projector.running.stop();
    await expectWhole(store, log);
  });

  it('does not keep it from stopping', async () => {
    const projector = new TestProjector(await server.store(), new TestLog());
    const held = await projector.hold();
    await projector.running.stop();
    held.release();
    await projector.running.done;
  });

  it('is free where nobody serves', async () => {
    const held = await holdProjector(newSocket());
    expect(held.lost.aborted).toBe(false);
    held.release();
  });
});

describe('a copy of the log', () => {
  it('is all that an empty store needs', async () => {
    const original = join(directory, 'log');
    const restored = join(directory, 'restored');
    const written = new EmbeddedLog({ directory: original, readOnly: false });
    const memory = new TestLog();
    for (let n = 0; n < 5; n += 1) await memory.take(...session(n, 10).events);
    for (const { bytes } of await memory.read('data', { partition: 0, offset: 0 }, Infinity)) {
      await written.append('data', {
        bytes,
        records: 0,
        streams: [],
        ends: [],
        notes: { opened: [], closed: [] },
      });
    }
    const store = await server.store();
    await project(store, written);
    const before = await readTables(store);
    await written.close();
    await cp(original, restored, { recursive: true });
    const copy = new EmbeddedLog({ directory: restored, readOnly: true });
    const [empty, another] = [await server.store(), await server.store()];
    await project(empty, copy);
    expect(await readTables(empty)).toEqual(before);
    await rebuilt(another, copy);
    expect(await readTables(another)).toEqual(before);
    await copy.close();
  });
});

describe('beside projectors that it cannot hold', () => {
  it('waits for their end, and takes in what they left', async () => {
    const { store, log } = await projected();
    const asked: (readonly string[])[] = [];
    let left = 2;
    await rebuilt(store, log, {
      others: async () => {
        if (left === 0) return [];
        left -= 1;
        // What comes while it waits.
        await log.take(...session(10 + left, 3).events);
        return ['10.0.0.7'];
      },
      onOthers: (where) => asked.push(where),
    });
    expect(asked).toEqual([['10.0.0.7']]);
    await expectWhole(store, log);
  });
});
