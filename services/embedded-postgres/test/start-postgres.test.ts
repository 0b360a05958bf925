import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres } from '../src/index.js';
import type { EmbeddedPostgres, PostgresOptions } from '../src/index.js';
import { serverUser } from '../src/server-user.js';

const SUPERVISOR = fileURLToPath(new URL('../bin/postgres-supervisor.mjs', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));

/** Readable by us alone, as the folders above a data directory often are. */
let parent: string;
let directory: string;
let started: EmbeddedPostgres[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'steno postgres <test> '));
  directory = join(parent, 'postgres');
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  await rm(parent, { recursive: true });
});

async function start(options: Partial<PostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startPostgres({
    directory,
    superuser: 'app',
    password: "it's a secret",
    ...options,
  });
  started.push(server);
  return server;
}

async function query(server: EmbeddedPostgres, sql: string, more: pg.ClientConfig = {}) {
  const { host, port, username: user, password } = server;
  const client = new pg.Client({ host, port, user, password, database: 'postgres', ...more });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('is a Postgres 18 with our user as superuser, in UTF-8 and UTC', async () => {
    const server = await start();
    const [row] = await query(
      server,
      `SELECT current_setting('server_version_num')::int / 10000 AS version,
        current_setting('is_superuser') AS superuser, current_setting('timezone') AS zone,
        pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = 'postgres'`,
    );
    expect(row).toEqual({ version: 18, superuser: 'on', zone: 'UTC', encoding: 'UTF8' });
    expect(server.host).toBe('127.0.0.1');
  });

  it('stops cleanly and keeps its data', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    await first.stop();
    expect((await first.exited).code).toBe(0);
    await expect(query(first, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await first.stop();

    const second = await start();
    expect(await query(second, 'SELECT sum(n)::int FROM kept')).toEqual([{ sum: 500500 }]);
  });

  it('keeps its data when the postmaster is killed', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start();
    expect(await query(second, 'SELECT sum(n)::int FROM kept')).toEqual([{ sum: 500500 }]);
  });

  it('takes settings', async () => {
    const server = await start({ settings: { max_connections: '17', timezone: 'Asia/Tokyo' } });
    expect(await query(server, 'SHOW max_connections')).toEqual([{ max_connections: '17' }]);
    expect(await query(server, 'SHOW timezone')).toEqual([{ TimeZone: 'Asia/Tokyo' }]);
  });

  it('leaves the password in no file and its data to itself', async () => {
    const server = await start();
    expect((await stat(join(directory, 'data'))).mode & 0o777).toBe(0o700);
    const rules = await readFile(join(directory, 'data', 'pg_hba.conf'), 'utf8');
    expect(rules.trim()).toBe('host all all 127.0.0.1/32 scram-sha-256');
    await expect(stat(join(directory, 'data.password'))).rejects.toThrow('ENOENT');
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('authentication', () => {
  it.each([
    ['scram-sha-256', 'SCRAM-SHA-256$'],
    ['md5', 'md5'],
    ['password', 'SCRAM-SHA-256$'],
  ] as const)('by %s takes the password and no other', async (auth, stored) => {
    const server = await start({ auth });
    const [row] = await query(server, "SELECT rolpassword FROM pg_authid WHERE rolname = 'app'");
    expect(String(row?.['rolpassword']).startsWith(stored)).toBe(true);
    const [rule] = await query(server, 'SELECT auth_method FROM pg_hba_file_rules');
    expect(rule).toEqual({ auth_method: auth });
    await expect(query(server, 'SELECT 1', { password: 'wrong' })).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('by trust takes anything', async () => {
    const server = await start({ auth: 'trust' });
    const rows = await query(server, 'SELECT current_user::text AS me', { password: 'wrong' });
    expect(rows).toEqual([{ me: 'app' }]);
  });
});

describe('TLS', () => {
  it('proves the server, and can be required', async () => {
    const [cert, key] = await Promise.all([
      readFile(join(FIXTURES, 'server.crt'), 'utf8'),
      readFile(join(FIXTURES, 'server.key'), 'utf8'),
    ]);
    const server = await start({ tls: { cert, key } });
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    expect(await query(server, sql, { ssl: { ca: cert } })).toEqual([{ ssl: true }]);
    expect(await query(server, sql)).toEqual([{ ssl: false }]);
    await server.stop();

    const strict = await start({ tls: { cert, key, required: true } });
    expect(await query(strict, sql, { ssl: { ca: cert } })).toEqual([{ ssl: true }]);
    await expect(query(strict, sql)).rejects.toThrow('no encryption');
  });
});

describe('a start that cannot be', () => {
  it('is refused on a directory in use', async () => {
    const first = await start();
    await expect(start({ lockDeadlineMs: 0 })).rejects.toMatchObject({
      code: 'STENO-6015',
      reason: 'directory-in-use',
      message: expect.stringContaining(join(directory, 'data')),
    });
    expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('waits for a predecessor which is still dying', async () => {
    const first = await start();
    const second = start();
    await expect(start({ lockDeadlineMs: 0 })).rejects.toMatchObject({
      reason: 'directory-in-use',
    });
    await first.stop();
    expect(await query(await second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is refused on a port in use', async () => {
    const holder = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expect(start({ port })).rejects.toMatchObject({ reason: 'port-in-use' });
    } finally {
      holder.close();
    }
  });

  it('leaves nothing half made behind', async () => {
    await expect(start({ superuser: 'pg_app' })).rejects.toMatchObject({
      reason: 'start-failed',
      message: expect.stringContaining('pg_'),
    });
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says which version made a directory that it cannot use', async () => {
    await mkdir(join(directory, 'data'), { recursive: true });
    await writeFile(join(directory, 'data', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({
      reason: 'directory-unusable',
      message: expect.stringContaining('Postgres 15'),
    });
  });

  it('says what a wrong setting is', async () => {
    await expect(start({ settings: { no_such_setting: '1' } })).rejects.toMatchObject({
      reason: 'start-failed',
      message: expect.stringContaining('no_such_setting'),
    });
  });
});

describe('the supervisor', () => {
  it('ends the server when its parent dies', async () => {
    const server = await start();
    await server.stop();
    const data = join(directory, 'data');
    const user = await serverUser(data);
    const plan = JSON.stringify({
      command: join(server.binDirectory, 'postgres'),
      args: [
        ...['-D', user === undefined ? data : '/proc/self/fd/3'],
        ...['-c', `port=${server.port}`, '-c', 'unix_socket_directories='],
      ],
      directory: data,
      env: {},
      user,
    });
    const script = `
      require('node:child_process').spawn(
        process.execPath, ${JSON.stringify([SUPERVISOR, plan])},
        { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });`;
    const parentProcess = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    await until(() => isUp(server));
    parentProcess.kill('SIGKILL');
    await until(async () => !(await isUp(server)));
    // The lock went with it.
    expect(await query(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

async function isUp(server: EmbeddedPostgres): Promise<boolean> {
  return query(server, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}
