import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { EventView, SealedCredentialView } from '@steno/proto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder, steno } from './command-line.js';
import type { Ran } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll } from './running-up.js';

const folder = makeFolder();
const keys = join(folder.path, 'data', 'keys', 'credentials.pem');
let target: EmbeddedPostgres;
let admin: pg.Client;
let up: RunningUp;

beforeAll(async () => {
  const directory = join(folder.path, 'postgres');
  target = await startPostgres({ directory, superuser: 'root', password: 'of-root' });
  const { host, port, username: user, password } = target;
  admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  await admin.query(`create role app login password 'first'`);
  writeFileSync(join(folder.path, 'password'), 'first\n');
  const of = (name: string, reference: string): string => `  - name: ${name}
    protocol: postgres
    address: 127.0.0.1:${port}
    database: postgres
    credential: { username: app, password: '${reference}' }
`;
  writeFileSync(
    join(folder.path, 'steno.yaml'),
    `data: ./data
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
targets:
${of('boxed', 'sealed:orders')}${of('filed', 'file:password')}`,
  );
  up = await RunningUp.start({ folder: folder.path });
});
afterAll(async () => {
  await killAll([up]);
  await admin.end();
  await target.stop();
  folder.remove();
});

const credential = (args: readonly string[], input = ''): Promise<Ran> =>
  steno(['credential', ...args, '--config', join(folder.path, 'steno.yaml')], { input });

/** Whether the target lets somebody in. */
async function lets(name: string): Promise<string> {
  try {
    const client = await up.connect('ci/deploy', name);
    await client.end();
    return 'in';
  } catch (error) {
    return /STENO-\d+/.exec((error as Error).message)?.[0] ?? String(error);
  }
}

/** The gateway hears of control what the api has recorded, a moment later. */
const untilLets = (name: string, outcome: string): Promise<true> =>
  until(`${name}: ${outcome}`, async () => ((await lets(name)) === outcome ? true : undefined));

it('a target without its sealed credential lets nobody in', async () => {
  expect(await lets('boxed')).toBe('STENO-4023');
});

it('a credential is set, and takes effect at once', async () => {
  expect(await credential(['set', 'orders'], 'wrong\n')).toMatchObject({ code: 0, err: '' });
  await untilLets('boxed', 'STENO-4009');
  const { out } = await credential(['set', 'orders'], 'first\n');
  expect(out).toMatch(/^Sealed orders, version 2, with the key [0-9a-f]{16}\.\n$/);
  await untilLets('boxed', 'in');
});

it('the password of a target is changed without a restart', async () => {
  await admin.query(`alter role app password 'second'`);
  expect([await lets('boxed'), await lets('filed')]).toEqual(['STENO-4009', 'STENO-4009']);
  await credential(['set', 'orders'], 'second');
  writeFileSync(join(folder.path, 'password'), 'second\n');
  await untilLets('boxed', 'in');
  await untilLets('filed', 'in');
});

it('its key is changed without a restart, and the old one forgotten', async () => {
  const before = readFileSync(keys, 'utf8');
  const [old] = await up.json<SealedCredentialView>('credential', 'list');
  expect((await credential(['rotate-key'])).out).toBe('Sealed orders anew, version 4.\n');
  const [fresh] = await up.json<SealedCredentialView>('credential', 'list');
  expect(fresh?.keyId).not.toBe(old?.keyId);
  const after = readFileSync(keys, 'utf8');
  expect(after).not.toBe(before);
  expect(after.match(/BEGIN PRIVATE KEY/g)).toHaveLength(1);
  await untilLets('boxed', 'in');
  // Without it nobody gets in, and nothing can be sealed anew.
  rmSync(keys);
  await untilLets('boxed', 'STENO-4023');
  expect(await credential(['rotate-key'])).toMatchObject({
    err: expect.stringContaining('STENO-1041') as string,
  });
  writeFileSync(keys, after, { mode: 0o600 });
  await untilLets('boxed', 'in');
});

it('it is removed, and verify believes all of it', async () => {
  expect(await credential(['remove', 'orders'])).toMatchObject({ code: 0 });
  await untilLets('boxed', 'STENO-4023');
  const again = await credential(['remove', 'orders']);
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('STENO-3040') as string });
  const types = await until('it is all recorded', async () => {
    const events = await up.json<EventView>('events', '--topic', 'control');
    const all = events.map(({ type }) => type).filter((type) => type.startsWith('credential.'));
    return all.includes('credential.removed') ? all : undefined;
  });
  expect(types).toEqual([...Array<string>(4).fill('credential.sealed'), 'credential.removed']);
  await until('verify finds nothing wrong', async () => (await up.verb('verify')).code === 0);
});

it.each([
  [['set'], '', 'set NAME'],
  [['set', 'a/b'], 'x', 'letters'],
  [['set', 'a'], '', 'from its input'],
  [['set', 'a'], 'x'.repeat(5_000), '4096 bytes'],
  [['list', 'x'], '', 'It takes'],
  [['unseal', 'x'], '', 'It takes'],
])('%j is not understood', async (args, input, hint) => {
  const { code, err } = await credential(args, input);
  expect(code).toBe(64);
  expect(err).toContain(hint);
});
