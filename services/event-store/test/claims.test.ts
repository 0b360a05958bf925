import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeStoreClient, migrate, readSessions, startEmbeddedStore } from '../src/index.js';
import type { EmbeddedStore, StoreReader } from '../src/index.js';
import { StreamFixture, store } from './stored-session.js';

const START = 1_795_000_000_000_000_000n;
const LONG = 'straße '.repeat(40);

let directory: string;
let server: EmbeddedStore;
let reader: StoreReader;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-claims-'));
  server = await startEmbeddedStore({ directory });
  const { url, username, password } = server;
  const client = makeStoreClient({ url, username, password, database: 'steno' });
  reader = { client, tenant: 'default' };
  const root = createClient({ url, username, password });
  await migrate(root, 'steno', { eventsDays: 0, contentDays: 0 });
  await root.close();
  await store(client, sessions());
});

afterAll(async () => {
  await reader.client.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

function sessions() {
  return Array.from({ length: 12 }, (_, n) => {
    const of = { identity: 'ci/deploy', target: 'orders', startedAt: START };
    const stream = new StreamFixture(`session/${n}`, of);
    const claims = [
      { name: 'repository', value: `acme/shop-${n % 3}` },
      { name: 'workflow', value: `${LONG}${n % 2}` },
    ];
    stream.append({ case: 'sessionOpened', value: { protocol: 'postgres', claims } }, [
      { kind: 'claims', bytes: Buffer.from(JSON.stringify({ actor: `ann "${n % 4}"` })) },
    ]);
    const text = Buffer.from('{"actor":"of a command"}');
    stream.append({ case: 'commandSubmitted', value: { kind: 'query' } }, [
      { kind: 'text', bytes: text },
    ]);
    return stream.events;
  }).flat();
}

async function found(...claims: readonly (readonly [name: string, value: string])[]) {
  const wanted = claims.map(([name, value]) => ({ name, value }));
  const rows = await readSessions(reader, { limit: 1000, claims: wanted });
  return rows.map(({ sessionId }) => Number(sessionId)).sort((one, other) => one - other);
}

it('finds sessions by what their token said, all of it', async () => {
  expect(await found(['repository', 'acme/shop-2'])).toEqual([2, 5, 8, 11]);
  expect(await found(['repository', 'acme/shop-2'], ['workflow', `${LONG}1`])).toEqual([5, 11]);
});

it('finds them by what it said of people', async () => {
  expect(await found(['actor', 'ann "1"'])).toEqual([1, 5, 9]);
  expect(await found(['repository', 'acme/shop-2'], ['actor', 'ann "1"'])).toEqual([5]);
});

it('takes name and value as a whole', async () => {
  expect(await found(['repository', 'acme/shop'])).toEqual([]);
  expect(await found(['workflow', 'acme/shop-2'])).toEqual([]);
  expect(await found(['actor', 'of a command'])).toEqual([]);
  expect(await found(['team', ''])).toEqual([]);
  expect(await found()).toHaveLength(12);
});
