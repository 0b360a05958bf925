import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { MemoryLog } from '@steno/event-log/memory';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreReader } from '@steno/event-store';
import { SessionOpenedSchema } from '@steno/proto';
import {
  BatchWriter,
  EventStream,
  generatedFacts,
  sessionClosed,
  systemClock,
} from '@steno/sessions';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rebuild, startProjector } from '../src/index.js';

let directory: string;
let store: EmbeddedStore;
let reader: StoreReader;
const retention = { eventsDays: 0, contentDays: 90 };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-projector-'));
  store = await startEmbeddedStore({ directory });
  const client = makeStoreClient({ ...store, database: 'steno' });
  reader = { client, tenant: 'default' };
  await migrate(makeStoreClient({ ...store, database: 'default' }), 'steno', retention);
});
afterAll(async () => {
  await store.stop();
  await rm(directory, { recursive: true });
});

it('projects', async () => {
  const log = new MemoryLog();
  const origin = {
    installation: 'i',
    tenant: 'default',
    instance: 'c',
    boot: 'b',
    clock: systemClock(),
    counter: { emitted: 0 },
    attest: () => new Uint8Array(),
    sign: undefined,
  };
  const stream = new EventStream(origin, 'session/01a2020c-8b55-7fa8-bde4-e370f0110ae6', {
    identity: 'me',
    target: 'shop',
  });
  const batch = new BatchWriter();
  stream.append(
    batch,
    generatedFacts(
      'sessionOpened',
      SessionOpenedSchema,
      create(SessionOpenedSchema, { protocol: 'postgres', database: 'shop' }),
    ),
    [],
  );
  await log.append('data', batch.take());
  const projector = startProjector({
    log,
    reader,
    database: 'steno',
    onRetry: (e) => {
      console.log(e);
    },
  });
  await expect
    .poll(
      async () =>
        await (
          await reader.client.query({
            query:
              'select stream, position, type, identity, lower(hex(hash)) h, occurred_at from events',
            format: 'JSONEachRow',
          })
        ).json(),
      { timeout: 10000 },
    )
    .toHaveLength(1);
  console.log(
    await (
      await reader.client.query({ query: 'select * except raw from events', format: 'JSONEachRow' })
    ).json(),
  );
  console.log(
    await (
      await reader.client.query({ query: 'select * from sessions', format: 'JSONEachRow' })
    ).json(),
  );
  console.log(
    await rebuild({
      log,
      reader,
      database: 'steno',
      retention,
      signal: new AbortController().signal,
      hold: () => projector.hold(),
      onProgress: console.log,
      onRetry: console.log,
    }),
  );
  console.log(
    await (
      await reader.client.query({ query: 'select * except raw from events', format: 'JSONEachRow' })
    ).json(),
  );
  await projector.stop();
  void sessionClosed;
});
