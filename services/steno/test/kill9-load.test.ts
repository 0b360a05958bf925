import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { EventView, SessionView } from '@steno/proto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from './command-line.js';
import { expectChain } from './evidence.js';
import { isAlive, until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';
/** More of them by hand: STENO_KILL_ROUNDS=50. */
const ROUNDS = Number(process.env['STENO_KILL_ROUNDS'] ?? 3);
const CLIENTS = 6;
/** Each client has been answered so often when the moment is chosen. */
const WARM = 20;
const MOMENT_MS_MAX = 600;
const ROUND_MS = 60_000;

const folder = makeFolder();
let target: EmbeddedPostgres;
const ups: RunningUp[] = [];
/** Statements whose response reached their client, by what stands in their text. */
const acknowledged = new Set<string>();

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
});

afterAll(async () => {
  await killAll(ups);
  await target.stop();
  folder.remove();
});

/** Asks one thing after the other, simply and with parameters, until the connection is cut. */
async function keepAsking(client: pg.Client, name: string): Promise<number> {
  for (let count = 0; ; count += 1) {
    const marker = `${name}-${count}`;
    const text = `SELECT '${marker}' AS marker`;
    try {
      await (count % 2 === 0 ? client.query(text) : client.query(`${text}, $1::int`, [count]));
    } catch {
      return count;
    }
    acknowledged.add(marker);
  }
}

/** Kills the supervisor, or everything at the same instant, at a moment that nobody chose. */
async function killUnderLoad(up: RunningUp, round: number): Promise<void> {
  const names = Array.from({ length: CLIENTS }, (_, index) => `round${round}-client${index}`);
  const clients = await Promise.all(names.map((name) => up.connect(name)));
  const asking = clients.map((client, index) => keepAsking(client, names[index] ?? ''));
  await until('all clients are at work', () =>
    names.every((name) => acknowledged.has(`${name}-${WARM}`)),
  );
  await delay(randomInt(MOMENT_MS_MAX));
  const processes = up.descendants();
  up.kill('SIGKILL');
  if (round % 2 === 1) for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  await Promise.all(asking);
  await until('all processes are gone', () => !processes.some(({ pid }) => isAlive(pid)));
}

describe('kill -9 of a strict up under load', () => {
  it(
    `loses no command whose response reached its client, ${ROUNDS} times`,
    async () => {
      let up = await startUp();
      for (let round = 0; round < ROUNDS; round += 1) {
        await killUnderLoad(up, round);
        up = await startUp();
        await expectAllIsThere(up, CLIENTS * (round + 1));
      }
      expect(await up.stop()).toEqual({ code: 0, signal: null });
      expect(await up.verb('verify')).toMatchObject({ code: 0 });
    },
    ROUNDS * ROUND_MS,
  );
});

async function expectAllIsThere(up: RunningUp, count: number): Promise<void> {
  const events = await until('the ends of all sessions can be queried', async () => {
    const all = await up.json<EventView>('events', '--raw');
    return all.filter(({ type }) => type === 'session.closed').length === count ? all : undefined;
  });
  const sessions = await up.json<SessionView>('sessions');
  expect(sessions).toHaveLength(count);
  for (const { status, reason } of sessions) {
    expect({ status, reason }).toEqual({ status: 'failed', reason: 'process-lost' });
  }
  for (const { sessionId } of sessions) {
    const own = events.filter((event) => event.sessionId === sessionId);
    expectChain(sessionId, own);
    expect(own.at(-1)?.type).toBe('session.closed');
  }
  const markers = events.flatMap(({ type, command }) =>
    type === 'command.submitted' ? (/round\d+-client\d+-\d+/.exec(command?.text ?? '') ?? []) : [],
  );
  expect(markers).toHaveLength(new Set(markers).size);
  const seen = new Set(markers);
  expect([...acknowledged].filter((marker) => !seen.has(marker))).toEqual([]);
  // Besides, at most what each client had asked last.
  expect(seen.size - acknowledged.size).toBeLessThanOrEqual(sessions.length);
}
