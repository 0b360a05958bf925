import { join } from 'node:path';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { ApiKeyView, EventView, NewApiKeyView, SessionView } from '@steno/proto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';

const folder = makeFolder();
let target: EmbeddedPostgres;
let up: RunningUp;
beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  writeConfig(folder.path, target);
  up = await RunningUp.start({ folder: folder.path, env: { ORDERS_PASSWORD: PASSWORD } });
});
afterAll(async () => {
  await killAll([up]);
  await target.stop();
  folder.remove();
});

async function connectBy(password: string): Promise<pg.Client> {
  const { postgres } = up.ready.gateways;
  const [host = '', port = ''] = postgres.split(':');
  const client = new pg.Client({
    host,
    port: Number(port),
    user: 'x',
    database: 'orders',
    password,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const OF = ['--identity', 'etl/loader', '--owner', 'olga', '--expires', '30d', '--group', 'etl'];

it('is made, opens a session, is revoked, and the session is cut', async () => {
  const [made] = await up.json<NewApiKeyView>('key', 'add', 'loader', ...OF);
  expect(made).toMatchObject({ name: 'loader', state: 'good', owner: 'olga', groups: ['etl'] });
  const { key = '' } = made ?? {};
  expect(key).toMatch(/^steno_key_\w{43}_\w{6}$/);
  const bot = await until('it is let in', () => connectBy(key).catch(() => undefined));
  await bot.query('select 1');
  const again = await up.verb('key', 'add', 'loader', ...OF);
  expect(again.err).toContain('STENO-3061');
  const cut = new Promise<unknown>((resolve) => bot.once('error', resolve));
  const [revoked] = await up.json<ApiKeyView>('key', 'revoke', 'loader', '--reason', 'leaked');
  expect(revoked).toMatchObject({ state: 'revoked', reason: 'leaked', revokedBy: 'local-admin' });
  expect(await cut).toMatchObject({ code: '28000' });
  await expect(connectBy(key)).rejects.toMatchObject({ code: '28P01' });
  expect((await up.verb('key', 'revoke', 'loader', '--reason', 'x')).err).toContain('STENO-3060');
});

it('is listed, and told of in the record', async () => {
  const listed = await up.json<ApiKeyView>('key', 'list');
  expect(listed).toMatchObject([{ name: 'loader', identity: 'etl/loader', state: 'revoked' }]);
  expect(JSON.stringify(listed)).not.toContain('steno_key_');
  expect((await up.verb('key', 'list')).out).toMatch(/loader +etl\/loader +olga +etl +revoked/);
  const [session] = await until('the session is shown', async () => {
    const found = await up.json<SessionView>('sessions', '--identity', 'etl/loader');
    return found[0]?.status === 'complete' ? found : undefined;
  });
  expect(session).toMatchObject({ reason: 'key-revoked' });
  const events = await up.json<EventView>('events', '--topic', 'control');
  expect(events.map(({ type }) => type).filter((type) => type.startsWith('key.'))).toEqual([
    'key.issued',
    'key.revoked',
  ]);
  expect((await up.verb('verify')).code).toBe(0);
});

it.each([
  ['add', 'x', '--owner', 'olga', '--expires', '1d'],
  ['add', 'x', '--identity', 'x', '--owner', 'olga'],
  ['revoke', 'x'],
  ['sing', 'x'],
])('asks for what is missing: %s', async (...args) => {
  expect((await up.verb('key', ...args)).code).toBe(64);
});

it('is good for 90 days at most', async () => {
  const args = ['--identity', 'x', '--owner', 'olga', '--expires', '91d'];
  expect((await up.verb('key', 'add', 'x', ...args)).err).toContain('STENO-3002');
});
