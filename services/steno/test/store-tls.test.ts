import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { Server, TlsOptions } from 'node:tls';
import { TestAuthority } from '@steno/capture/testing';
import { makeStoreClient, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreTls } from '@steno/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HOST = '127.0.0.1';
const authority = new TestAuthority('the authority');
const stranger = new TestAuthority('another authority');

let directory: string;
let store: EmbeddedStore;
const fronts: Server[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-store-tls-'));
  store = await startEmbeddedStore({ directory });
}, 60_000);
afterAll(async () => {
  for (const front of fronts) front.close();
  await store.stop();
  await rm(directory, { recursive: true });
});

/** The address of a server that speaks TLS and passes on to the store what it hears. */
async function front(options: TlsOptions = {}): Promise<string> {
  const server = createServer({ ...authority.issue(HOST), ...options }, (socket) => {
    const upstream = connect(Number(new URL(store.url).port), HOST);
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
  }).listen(0, HOST);
  await once(server, 'listening');
  fronts.push(server);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return `https://${HOST}:${address.port}`;
}

async function one(url: string, tls?: StoreTls, password = store.password): Promise<unknown> {
  const { username } = store;
  const client = makeStoreClient({ url, username, password, database: 'default', tls });
  try {
    return await (await client.query({ query: 'SELECT 1', format: 'TabSeparated' })).text();
  } finally {
    await client.close();
  }
}

describe('a ClickHouse behind TLS', () => {
  it('is used where its authority is the one that is trusted', async () => {
    const url = await front();
    expect(await one(url, { ca: authority.cert })).toBe('1\n');
    await expect(one(url, { ca: authority.cert }, 'wrong')).rejects.toThrow(/password/);
  });

  it('is refused where it is not', async () => {
    const url = await front();
    await expect(one(url, { ca: stranger.cert })).rejects.toThrow(/certificate/);
    await expect(one(url, {})).rejects.toThrow(/certificate/);
    await expect(one(url)).rejects.toThrow(/certificate/);
    const other = await front(authority.issue('clickhouse.example'));
    await expect(one(other, { ca: authority.cert })).rejects.toThrow(/altnames|IP/);
  });

  it('is told who asks', async () => {
    const url = await front({ requestCert: true, rejectUnauthorized: true, ca: stranger.cert });
    await expect(one(url, { ca: authority.cert })).rejects.toThrow();
    const { cert, key } = stranger.issue('steno');
    expect(await one(url, { ca: authority.cert, cert, key })).toBe('1\n');
  });
});
