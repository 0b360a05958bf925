import { join } from 'node:path';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, makeFolder } from './command-line.js';
import { expectChain } from './evidence.js';
import { isAlive, until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';

const folder = makeFolder();
let target: EmbeddedPostgres;
let up: RunningUp;
const ups: RunningUp[] = [];

async function startUp(): Promise<RunningUp> {
  const env = { ORDERS_PASSWORD: PASSWORD };
  const started = await RunningUp.start({ folder: folder.path, env });
  ups.push(started);
  return started;
}

beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  writeConfig(folder.path, target);
  up = await startUp();
});

afterAll(async () => {
  await killAll(ups);
  await target.stop();
  folder.remove();
});

const CHILDREN = {
  capture: '/children/capture.js',
  worker: '/children/worker.js',
  api: '/children/api.js',
  clickhouse: 'clickhouse-server.mjs',
} as const;

function pids(): Record<keyof typeof CHILDREN, number> {
  const { capture, worker, api, clickhouse } = CHILDREN;
  return {
    capture: up.processOf(capture),
    worker: up.processOf(worker),
    api: up.processOf(api),
    clickhouse: up.processOf(clickhouse),
  };
}

/** Kills one process, waits for the next one in its place and gives what runs then. */
async function killOne(name: keyof typeof CHILDREN) {
  const before = pids();
  process.kill(before[name], 'SIGKILL');
  await until(`another ${name} runs`, () =>
    up.descendants().some(({ pid, command }) => {
      return command.includes(CHILDREN[name]) && pid !== before[name];
    }),
  );
  return { before, after: pids() };
}

/** As soon as the gateway lets it in. */
function connected(identity: string): Promise<pg.Client> {
  return until('the gateway lets clients in', () => up.connect(identity).catch(() => undefined));
}

/** A session of one command, which must have been recorded whole in the end. */
async function work(identity: string): Promise<void> {
  const client = await connected(identity);
  expect((await client.query('SELECT 7 AS seven')).rows).toEqual([{ seven: 7 }]);
  await client.end();
}

async function expectWhole(identity: string): Promise<void> {
  // While the api is away there is nobody to ask.
  const session = await until(`${identity} has ended`, () =>
    up.session(identity, 'ended').catch(() => undefined),
  );
  expect(session).toMatchObject({ status: 'complete', commands: 1, rows: 1 });
  const events = await up.eventsOf(session.sessionId);
  expectChain(session.sessionId, events);
}

async function expectLost(identity: string): Promise<void> {
  const session = await up.session(identity, 'ended');
  expect(session).toMatchObject({ status: 'failed', reason: 'process-lost', commands: 1 });
  const events = await up.eventsOf(session.sessionId);
  expectChain(session.sessionId, events);
}

describe('kill -9 of the supervisor', () => {
  it('leaves no process behind, and the next up is ready', async () => {
    const client = await up.connect('bot/orphan');
    await client.query('SELECT 1');
    const processes = up.descendants();
    expect(processes.length).toBeGreaterThanOrEqual(4);
    up.kill('SIGKILL');
    await up.exited;
    await until('all are gone', () => !processes.some(({ pid }) => isAlive(pid)));
    const { code, err } = await up.verb('sessions');
    expect(code).toBe(4);
    expect(err).toContain('STENO-1004');
    up = await startUp();
    await expectLost('bot/orphan');
    await work('bot/after');
    await expectWhole('bot/after');
  });
});

describe('kill -9 of one process', () => {
  it('capture: clients come back, what it left open is closed, the others go on', async () => {
    const client = await up.connect('bot/cut');
    await client.query('SELECT 1');
    const cut = new Promise((resolve) => client.once('end', resolve));
    const { before, after } = await killOne('capture');
    await cut;
    expect({ ...after, capture: before.capture }).toEqual(before);
    await work('bot/capture');
    await expectWhole('bot/capture');
    await expectLost('bot/cut');
  });

  it('worker: what it missed is projected', async () => {
    await killOne('worker');
    await work('bot/worker');
    await expectWhole('bot/worker');
  });

  it('api: it answers at the same address to the same token', async () => {
    await killOne('api');
    await work('bot/api');
    await expectWhole('bot/api');
    expect((await fetch(`${up.ready.web}/readyz`)).status).toBe(200);
  });

  it('ClickHouse: it answers at the same address, and recording went on', async () => {
    const { before, after } = await killOne('clickhouse');
    await work('bot/clickhouse');
    await expectWhole('bot/clickhouse');
    expect({ ...after, clickhouse: before.clickhouse }).toEqual(before);
    expect(await up.store('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('capture while others append: each of their events is there once', async () => {
    let asking = true;
    const askers = Array.from({ length: 4 }, async () => {
      let asked = 0;
      // Each question is an event of the api, which capture appends for it.
      while (asking) if ((await up.verb('sessions', '--limit', '1')).code === 0) asked += 1;
      return asked;
    });
    for (let round = 0; round < 2; round += 1) {
      await killOne('capture');
      await work(`bot/round-${round}`);
      await expectWhole(`bot/round-${round}`);
    }
    asking = false;
    const asked = (await Promise.all(askers)).reduce((sum, count) => sum + count, 0);
    expect(asked).toBeGreaterThan(0);
  });

  it('has lost nothing, and says of each what it did', async () => {
    expect(await up.store('SELECT * FROM forks')).toEqual([]);
    expect(await up.store('SELECT * FROM dead_letters')).toEqual([]);
    const holes =
      'SELECT stream, count() AS events, max(position) AS last FROM events ' +
      'GROUP BY stream HAVING events != last + 1';
    expect(await up.store(holes)).toEqual([]);
    expect(await up.stop()).toEqual({ code: 0, signal: null });
    expect(await up.verb('verify')).toMatchObject({ code: 0 });
    const said = lines(up.err) as { level: string; message: string; process?: string }[];
    const restarts = said.filter(({ message }) => message.includes('started again'));
    expect(restarts.map(({ process }) => process)).toEqual([
      'capture',
      'worker',
      'api',
      undefined,
      'capture',
      'capture',
    ]);
    expect(up.err).not.toMatch(/conflict|, not at /i);
  });
});
