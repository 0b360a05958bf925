import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { EventView, NewUserView, SessionView } from '@steno/proto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder, steno } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll } from './running-up.js';
import { VaultDouble } from './vault-double.js';

/** Found in a file or an answer, it can be nothing else. */
const planted = (what: string): string => `${what}${randomBytes(18).toString('hex')}`;

/** By what they are; those that come about as it runs are added then. */
const SECRETS: Record<string, string> = {
  'the password of a target': planted('env'),
  'the password that a target refuses': planted('wrong'),
  'a password of KV': planted('kv'),
  'a sealed password': planted('sealed'),
  'the token for Vault': planted('hvs'),
};
/** In rows, masked by `mask-pii.cedar`; memory that rows go through is not searched. */
const MASKED = {
  'a masked address': `${planted('ann')}@example.org`,
  'a masked password': planted('pass'),
  'a masked number': '4111111111111111',
} as const;
const POLICY = fileURLToPath(new URL('../../../deploy/policies/mask-pii.cedar', import.meta.url));
const secret = (what: string): string => SECRETS[what] ?? '';

const folder = makeFolder();
/** What clients, people and tools were told. */
const told: string[] = [];
let target: EmbeddedPostgres;
let admin: pg.Client;
let vault: VaultDouble;
let up: RunningUp;

beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'root',
    password: planted('root'),
  });
  const { host, port, username: user, password } = target;
  admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  const users = {
    app: 'the password of a target',
    kv: 'a password of KV',
    box: 'a sealed password',
  };
  for (const [name, what] of Object.entries(users)) {
    await admin.query(`create role ${name} login password '${secret(what)}'`);
  }
  const [mail, hidden, card] = Object.values(MASKED);
  await admin.query(`create table held (mail text, password text, note text)`);
  await admin.query('grant select on held to public');
  await admin.query('insert into held values ($1, $2, $3)', [mail, hidden, `paid by ${card}`]);
  vault = await VaultDouble.start({
    create: async (name, made) => {
      SECRETS[`the password that Vault made for ${name}`] = made;
      await admin.query(`create role "${name}" login password '${made}'`);
    },
    drop: async (name) => {
      await admin.query(`drop role "${name}"`);
    },
  });
  vault.tokens.add(secret('the token for Vault'));
  vault.secrets.set('orders', { password: secret('a password of KV') });
  writeFileSync(join(folder.path, 'steno.yaml'), configOf(port));
  up = await RunningUp.start({
    folder: folder.path,
    env: {
      PASSWORD_OF_APP: secret('the password of a target'),
      WRONG_PASSWORD: secret('the password that a target refuses'),
      VAULT_TOKEN: secret('the token for Vault'),
      NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2',
    },
  });
});
afterAll(async () => {
  await killAll([up]);
  await admin.end();
  await target.stop();
  await vault.stop();
  folder.remove();
});

function configOf(port: number): string {
  const credentials = {
    env: '{ username: app, password: env:PASSWORD_OF_APP }',
    refused: '{ username: app, password: env:WRONG_PASSWORD }',
    kv: '{ username: kv, password: "vault:kv/orders#password" }',
    leased: '{ password: vault:database/readonly }',
    box: '{ username: box, password: sealed:box }',
    untrusted: '{ username: app, password: env:PASSWORD_OF_APP }\n    tls: { mode: verify-full }',
  };
  const targets = Object.entries(credentials).map(
    ([name, credential]) => `  - name: ${name}
    protocol: postgres
    address: 127.0.0.1:${port}
    database: postgres
    credential: ${credential}`,
  );
  return `data: ./data
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
policies: ['${POLICY}']
vault: { address: '${vault.address}', auth: { token: env:VAULT_TOKEN } }
targets:
${targets.join('\n')}
`;
}

/** A client of a target, or what it was told instead. */
async function connect(identity: string, database: string): Promise<pg.Client | undefined> {
  const password = await up.token(identity);
  SECRETS[`the token of ${identity}`] = password.slice(-40);
  const where = { host: '127.0.0.1', port: up.gatewayPort, database, user: 'x', password };
  const client = new pg.Client(where);
  client.on('error', (error) => told.push(everythingOf(error)));
  try {
    await client.connect();
    return client;
  } catch (error) {
    told.push(everythingOf(error));
    return undefined;
  }
}

function everythingOf(error: unknown): string {
  return JSON.stringify(error, Object.getOwnPropertyNames(error));
}

async function ask(path: string, token: string, init: RequestInit = {}): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(`${up.ready.web}${path}`, { ...init, headers });
  answer.headers.forEach((value, name) => told.push(`${name}: ${value}`));
  told.push(`${path} ${answer.status} ${await answer.text()}`);
}

const keyFile = (): string => join(up.data, 'keys', 'credentials.pem');

const clients: pg.Client[] = [];

it('goes through what goes well', async () => {
  const configured = ['--config', join(folder.path, 'steno.yaml')];
  const input = `${secret('a sealed password')}\n`;
  const set = await steno(['credential', 'set', 'box', ...configured], { input });
  expect(set).toMatchObject({ code: 0, err: '' });
  told.push(set.out);
  SECRETS['the key of sealed credentials'] = readFileSync(keyFile(), 'utf8').split('\n')[3] ?? '';
  const [ann] = await up.json<NewUserView>('user', 'add', 'ann', '--role', 'investigator');
  SECRETS['a personal token'] = ann?.token ?? '';
  for (const database of ['env', 'kv', 'leased', 'box']) {
    const client = await connect(`ci/${database}`, database);
    expect(client, told.join('\n')).toBeDefined();
    if (client === undefined) continue;
    clients.push(client);
    const { rows } = await client.query<{ user: string }>('select current_user as user');
    const [session] = await up.json<SessionView>('sessions', '--identity', `ci/${database}`);
    const user = rows[0]?.user ?? '';
    await readHeld(client);
    expect(user).toMatch(database === 'leased' ? /^v-approle-readonly-/ : /^(app|kv|box)$/);
    const seen = session ?? (await up.session(`ci/${database}`, 'open'));
    const opened = await until('its opening is seen', async () => {
      const [first] = await up.json<EventView>('events', seen.sessionId);
      return first;
    });
    expect(opened.facts).toMatchObject({ targetUser: user });
  }
  await ask('/api/sessions', secret('a personal token'));
});

/** What is masked, by all ways that lead to it. */
async function readHeld(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ mail: string; password: string }>('select * from held');
  expect(rows[0]?.mail).toMatch(/^\[email:[0-9a-f]{8}\]$/);
  told.push(JSON.stringify(rows));
  const mail = MASKED['a masked address'];
  const found = await client.query('select password as p from held where mail = $1', [mail]);
  told.push(JSON.stringify(found.rows));
  await client.query(`select '${mail}'::int`).catch((error: unknown) => {
    told.push(everythingOf(error));
  });
  await client.query('select password::int from held').catch((error: unknown) => {
    told.push(everythingOf(error));
  });
}

it('goes through what goes wrong', async () => {
  expect(await connect('ci/refused', 'refused')).toBeUndefined();
  expect(await connect('ci/untrusted', 'untrusted')).toBeUndefined();
  vault.outage = 500;
  expect(await connect('ci/kv-away', 'kv')).toBeUndefined();
  expect(await connect('ci/leased-away', 'leased')).toBeUndefined();
  vault.outage = undefined;
  expect(told.join('\n')).toContain('STENO-4023');
  // A token that is none, by one letter.
  const token = await up.token('ci/spoilt');
  SECRETS['a spoilt token'] = token.slice(-40, -1);
  const where = { host: '127.0.0.1', port: up.gatewayPort, database: 'env', user: 'x' };
  const spoilt = new pg.Client({ ...where, password: `${token.slice(0, -1)}!` });
  await spoilt.connect().catch((error: unknown) => told.push(everythingOf(error)));
  const personal = secret('a personal token');
  await ask('/api/users', personal, { method: 'POST', body: '{}' });
  await ask('/api/status', `${personal.slice(0, -1)}!`);
  const body = JSON.stringify({ version: 1, secret: secret('a sealed password') });
  await ask('/api/credentials/box', personal, { method: 'POST', body });
  await ask('/metrics', personal);
});

/** What the heap of a process holds once it is collected. */
async function heapOf(part: string): Promise<string> {
  const pid = up.processOf(part);
  process.kill(pid, 'SIGUSR2');
  const path = await until(`the heap of ${part} is written`, () => {
    const name = readdirSync(folder.path).find((file) => file.includes(`.${pid}.`));
    return name === undefined ? undefined : join(folder.path, name);
  });
  let size = -1;
  await until('all of it', async () => {
    const before = size;
    size = statSync(path).size;
    await delay(500);
    return size > 0 && size === before && statSync(path).size === size;
  });
  return readFileSync(path, 'latin1');
}

function foundIn(
  text: string | Buffer,
  hidden: Readonly<Record<string, string>> = { ...SECRETS, ...MASKED },
): string[] {
  return Object.entries(hidden)
    .filter(([, value]) => value !== '' && text.includes(value))
    .map(([what]) => what);
}

it.each(['children/api', 'children/worker', 'children/capture'])(
  'finds none in the heap of %s while sessions run',
  async (part) => {
    const heap = await heapOf(part);
    // What it would look like.
    const known = part === 'children/capture' ? 'ci/leased' : 'steno.yaml';
    expect(heap.includes(known)).toBe(true);
    expect(foundIn(heap, SECRETS)).toEqual([]);
  },
);

it.each(['children/api', 'children/worker'])('does not hand any to %s', (part) => {
  expect(foundIn(readFileSync(`/proc/${up.processOf(part)}/environ`))).toEqual([]);
});

it('finds none after a crash, in the store', async () => {
  process.kill(up.processOf('children/capture'), 'SIGKILL');
  await until('it is there again', async () => (await connect('ci/after', 'env')) !== undefined);
  await up.session('ci/env', 'ended');
  const tables = await up.store<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = 'steno'",
  );
  expect(tables.length).toBeGreaterThan(5);
  const { url, username, password } = JSON.parse(
    readFileSync(join(up.data, 'run', 'store.json'), 'utf8'),
  ) as Record<'url' | 'username' | 'password', string>;
  let seen = false;
  for (const { name } of tables) {
    const answer = await fetch(`${url}/?database=steno`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
      body: `SELECT * FROM ${name} FORMAT RowBinary`,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    seen ||= bytes.includes('v-approle-readonly-');
    expect({ name, found: foundIn(bytes) }).toEqual({ name, found: [] });
  }
  expect(seen).toBe(true);
});

it('finds none in what was said, nor in any file', async () => {
  for (const client of clients) client.end().catch(() => undefined);
  process.kill(up.pid, 'SIGTERM');
  await up.exited;
  expect(foundIn(up.out + up.err)).toEqual([]);
  expect(up.err).toContain('capture');
  expect(told.length).toBeGreaterThan(8);
  expect(foundIn(told.join('\n'))).toEqual([]);
  const files = filesIn(folder.path).filter((path) => {
    return path !== keyFile() && !/postgres\/|\.heapsnapshot$/.test(path);
  });
  const log = files.filter((path) => path.includes('/data/log/'));
  expect(log.some((path) => readFileSync(path).includes('v-approle-readonly-'))).toBe(true);
  const found = files.flatMap((path) => {
    const what = foundIn(readFileSync(path));
    return what.length === 0 ? [] : [{ path: relative(folder.path, path), what }];
  });
  expect(found).toEqual([]);
  expect(vault.leases.size).toBe(1); // of the capture that was killed: it ends by its own time
});

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
