import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@clickhouse/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findClickHouseLibrary } from '../src/embedded/clickhouse-library.js';
import { startEmbeddedStore } from '../src/embedded/embedded-store.js';
import type { EmbeddedStore, EmbeddedStoreOptions } from '../src/embedded/embedded-store.js';

const ENTRY = fileURLToPath(new URL('../bin/clickhouse-server.mjs', import.meta.url));

let directory: string;
let started: EmbeddedStore[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno store & <test> '));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((store) => store.stop()));
  await rm(directory, { recursive: true });
});

async function start(options: Partial<EmbeddedStoreOptions> = {}): Promise<EmbeddedStore> {
  const store = await startEmbeddedStore({ directory, ...options });
  started.push(store);
  return store;
}

async function query(store: EmbeddedStore, sql: string): Promise<string> {
  const { status, text } = await ask(store.url, sql, store.username, store.password);
  if (status !== 200) throw new Error(text);
  return text.trim();
}

async function ask(url: string, sql: string, username: string, password: string) {
  const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
  const response = await fetch(url, { method: 'POST', body: sql, headers });
  return { status: response.status, text: await response.text() };
}

async function untilUnreachable(url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`${url}/ping`)).text();
    } catch {
      return;
    }
    await delay(20);
  }
}

const CREATE_TABLE = 'CREATE TABLE default.kept (n UInt64) ENGINE = MergeTree ORDER BY n';

describe('the embedded store', () => {
  it('is a ClickHouse server for the official client, in UTC, on loopback alone', async () => {
    const store = await start();
    const client = createClient({
      url: store.url,
      username: store.username,
      password: store.password,
    });
    const result = await client.query({
      query: 'SELECT currentUser() AS user, timezone() AS zone',
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ user: 'steno', zone: 'UTC' }]);
    await client.close();
    expect(new URL(store.url).hostname).toBe('127.0.0.1');
  });

  it('ends when it is stopped, and says so', async () => {
    const store = await start();
    await store.stop();
    await store.exited;
    await expect(fetch(`${store.url}/ping`)).rejects.toThrow();
    await store.stop();
  });

  it('refuses a wrong password', async () => {
    const store = await start();
    const answer = await ask(store.url, 'SELECT 1', store.username, `${store.password}x`);
    expect(answer.text).toContain('AUTHENTICATION_FAILED');
    expect(answer.status).toBe(403);
  });

  it('gives the user without password neither tables nor files nor time', async () => {
    const store = await start();
    await query(store, CREATE_TABLE);
    await query(store, 'INSERT INTO default.kept VALUES (1)');
    const refusals = {
      'SELECT * FROM default.kept': 'ACCESS_DENIED',
      "SELECT * FROM file('/etc/hosts', LineAsString)": 'ACCESS_DENIED',
      "SELECT * FROM url('http://127.0.0.1/', LineAsString)": 'ACCESS_DENIED',
      'DROP TABLE default.kept': 'QUOTA_EXCEEDED',
      'CREATE TABLE default.mine (n UInt8) ENGINE = Memory': 'QUOTA_EXCEEDED',
      'SYSTEM STOP LISTEN HTTP': 'QUOTA_EXCEEDED',
      'SELECT max(number) FROM system.numbers': 'QUOTA_EXCEEDED',
    };
    for (const [sql, refusal] of Object.entries(refusals)) {
      expect((await ask(store.url, sql, 'default', '')).text, sql).toContain(refusal);
    }
    expect(await query(store, 'SELECT count() FROM default.kept')).toBe('1');
  });

  it('gives its own user nothing outside the tables', async () => {
    const store = await start();
    const files = query(store, "SELECT * FROM file('/etc/hosts', LineAsString)");
    await expect(files).rejects.toThrow('ACCESS_DENIED');
  });

  it('keeps every row when it is killed, and its password', async () => {
    const first = await start();
    await query(first, CREATE_TABLE);
    await query(first, 'INSERT INTO default.kept SELECT number FROM numbers(100000)');
    process.kill(first.pid, 'SIGKILL');
    expect((await first.exited).signal).toBe('SIGKILL');

    const second = await start();
    expect(second.password).toBe(first.password);
    const sums = 'SELECT count(), sum(n) FROM default.kept FORMAT CSV';
    expect(await query(second, sums)).toBe('100000,4999950000');
  });

  it('keeps its password to itself', async () => {
    const store = await start();
    for (const name of ['password', 'users.xml', 'config.xml']) {
      expect((await stat(join(directory, name))).mode & 0o777, name).toBe(0o600);
    }
    expect(store.password.length).toBeGreaterThanOrEqual(32);
    expect(await readFile(join(directory, 'users.xml'), 'utf8')).not.toContain(store.password);
  });

  it('does not log the text of failed queries', async () => {
    const store = await start();
    const failed = await ask(
      store.url,
      "SELECT throwIf(1, 'recorded content')",
      store.username,
      store.password,
    );
    expect(failed.text).toContain('recorded content');
    await store.stop();
    expect(await readFile(join(directory, 'server.log'), 'utf8')).not.toContain('recorded');
  });
});

describe('the start of the embedded store', () => {
  it('is refused on a directory in use, with a reason', async () => {
    const first = await start();
    await expect(start({ lockDeadlineMs: 0 })).rejects.toMatchObject({
      code: 'STENO-6002',
      reason: 'directory-in-use',
      message: expect.stringContaining(join(directory, 'data')),
    });
    expect(await query(first, 'SELECT 1')).toBe('1');
  });

  it('waits for a predecessor which is still dying', async () => {
    const first = await start();
    const second = start();
    let isSecondReady = false;
    void second.then(() => (isSecondReady = true));
    // By the time that a third one has been refused, the second was, too, and waits.
    await expect(start({ lockDeadlineMs: 0 })).rejects.toMatchObject({
      reason: 'directory-in-use',
    });
    expect(isSecondReady).toBe(false);
    await first.stop();
    expect(await query(await second, 'SELECT 1')).toBe('1');
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

  it('fails with the last words of a server that cannot start', async () => {
    await start().then((store) => store.stop());
    // A database whose definition is damaged: the server refuses to run without it.
    const metadata = join(directory, 'data', 'metadata');
    await mkdir(metadata, { recursive: true });
    await writeFile(join(metadata, 'broken.sql'), 'this is not SQL');
    await expect(start()).rejects.toMatchObject({
      reason: 'start-failed',
      message: expect.stringContaining('Syntax error'),
    });
  });

  it('gives up at its deadline', async () => {
    await expect(start({ readyDeadlineMs: 0 })).rejects.toMatchObject({
      reason: 'start-timed-out',
    });
  });

  it('is refused where there is no library, saying where there is one', () => {
    expect(() => findClickHouseLibrary('win32', 'x64')).toThrow(/win32-x64.*linux-x64.*darwin/s);
    const foreign = process.platform === 'darwin' ? 'linux' : 'darwin';
    expect(() => findClickHouseLibrary(foreign, 'arm64')).toThrow('is not installed');
  });
});

describe('the server process', () => {
  it('dies with its parent', async () => {
    const { url, username, password } = await start();
    const port = new URL(url).port;
    await started[0]?.stop();
    const library = findClickHouseLibrary(process.platform, process.arch);
    const args = [ENTRY, library, port, join(directory, 'data'), join(directory, 'config.xml')];
    const script = `
      require('node:child_process').spawn(process.execPath, ${JSON.stringify(args)},
        { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    let reachable = false;
    while (!reachable) {
      reachable = await ask(url, 'SELECT 1', username, password).then(
        (answer) => answer.status === 200,
        () => false,
      );
    }
    parent.kill('SIGKILL');
    await untilUnreachable(url);
    // The lock went with it.
    expect(await query(await start(), 'SELECT 1')).toBe('1');
  });
});
