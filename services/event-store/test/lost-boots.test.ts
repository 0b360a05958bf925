import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import type { SessionStatus } from '@steno/proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  countOpenSessions,
  makeStoreClient,
  migrate,
  readOpenBoots,
  readSession,
  readSessions,
  startEmbeddedStore,
} from '../src/index.js';
import type { EmbeddedStore, StoreReader } from '../src/index.js';
import { StreamFixture, store } from './stored-session.js';

const START = 1_795_000_000_000_000_000n;
const BOOT = 'boot-lost';
const LATER = 'boot-later';
const id = (n: number) => `0199a5c0-0000-7000-8000-${String(n).padStart(12, '0')}`;

let directory: string;
let server: EmbeddedStore;
let reader: StoreReader;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-lost-'));
  server = await startEmbeddedStore({ directory });
  const { url, username, password } = server;
  reader = {
    client: makeStoreClient({ url, username, password, database: 'steno' }),
    tenant: 'default',
  };
  const root = createClient({ url, username, password });
  await migrate(root, 'steno', { eventsDays: 0, contentDays: 0 });
  await root.close();
});

afterAll(async () => {
  await reader.client.close();
  await server.stop();
  await rm(directory, { recursive: true });
});

/** A session that is open and has run one command. */
function opened(n: number, boot = BOOT): StreamFixture {
  const stream = new StreamFixture(`session/${id(n)}`, { startedAt: START + BigInt(n), boot });
  stream.append({ case: 'sessionOpened', value: { sessionId: id(n) } });
  stream.append({ case: 'commandSubmitted', value: { kind: 'query' } });
  return stream;
}

const close = (stream: StreamFixture, reason: string) =>
  stream.append({ case: 'sessionClosed', value: { reason } });

const control = new StreamFixture('control/api/boot-api', {
  topic: 'control',
  startedAt: START,
  instance: 'api',
  boot: 'boot-api',
});

function declareLost(end: number): StreamFixture['events'] {
  const dataEnds = [{ partition: 0, offset: BigInt(end) }];
  control.append({
    case: 'instanceLost',
    value: { instance: 'capture-1', boot: BOOT, actor: 'ann', reason: 'its disk', dataEnds },
  });
  return control.events.splice(0);
}

async function shown(n: number): Promise<[SessionStatus | undefined, number | undefined]> {
  const row = await readSession(reader, id(n));
  return [row?.status, row?.lateFrom];
}

describe('sessions of a boot that was declared lost', () => {
  it('have failed for good, and show from where on events came late', async () => {
    const [gone, closesLate, closedBefore, other] = [
      opened(1),
      opened(2),
      opened(3),
      opened(4, LATER),
    ];
    close(closedBefore, 'client-closed');
    const streams = [gone, closesLate, closedBefore, other];
    const end = await store(
      reader.client,
      streams.flatMap(({ events }) => events.splice(0)),
    );
    expect(await countOpenSessions(reader)).toBe(3);
    await store(reader.client, declareLost(end));
    expect(await shown(1)).toEqual(['failed', undefined]);
    expect(await countOpenSessions(reader)).toBe(1);

    closesLate.append({ case: 'responseCompleted', value: { command: 1n, status: 'ok' } });
    close(closesLate, 'client-closed');
    close(other, 'client-closed');
    const arrived = await store(reader.client, [...closesLate.events, ...other.events]);
    expect(await shown(1)).toEqual(['failed', undefined]);
    expect(await shown(2)).toEqual(['failed', 2]);
    expect(await shown(3)).toEqual(['complete', undefined]);
    expect(await shown(4)).toEqual(['complete', undefined]);
    const failed = await readSessions(reader, { limit: 10, statuses: ['failed'] });
    expect(failed.map(({ sessionId }) => sessionId)).toEqual([id(2), id(1)]);
    expect(await readOpenBoots(reader)).toEqual(new Map([[BOOT, 1]]));

    // Said again, it changes nothing.
    await store(reader.client, declareLost(arrived));
    expect(await shown(2)).toEqual(['failed', 2]);
  });

  it('are late from their first event on where nothing had come', async () => {
    const unseen = opened(5);
    await store(reader.client, unseen.events);
    expect(await shown(5)).toEqual(['failed', 0]);
  });
});
