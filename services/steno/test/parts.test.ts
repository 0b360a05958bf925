import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore } from '@steno/event-store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, steno } from './command-line.js';
import { RunningPart, partFolder } from './running-part.js';

const FIXTURES = fileURLToPath(new URL('../../embedded-postgres/test/fixtures/', import.meta.url));

const folder = makeFolder();
const keys = join(folder.path, 'keys.json');
let kafka: EmbeddedKafka;
let store: EmbeddedStore;

beforeAll(async () => {
  kafka = await startKafka({ directory: join(folder.path, 'kafka') });
  store = await startEmbeddedStore({ directory: join(folder.path, 'store') });
  expect((await steno(['keys', 'create', keys])).code).toBe(0);
});
const running: RunningPart[] = [];
afterEach(() => {
  for (const part of running.splice(0)) part.kill('SIGKILL');
});
afterAll(async () => {
  await store.stop();
  await kafka.stop();
  folder.remove();
});

function started(part: string, directory: string): RunningPart {
  const process = RunningPart.spawn(directory, [part, '--instance', `${part}-0`]);
  running.push(process);
  return process;
}

/** A folder of one part with nothing in it but steno.yaml. */
const bare = (name: string) => partFolder(join(folder.path, name), { kafka, store, keys });

function withGateway(name: string): string {
  const directory = bare(name);
  cpSync(join(FIXTURES, 'server.crt'), join(directory, 'gateway.crt'));
  cpSync(join(FIXTURES, 'server.key'), join(directory, 'gateway.key'));
  writeFileSync(join(directory, 'orders-password'), 'secret');
  return directory;
}

function withStore(name: string): string {
  const directory = bare(name);
  writeFileSync(join(directory, 'store-password'), store.password);
  return directory;
}

describe('a part that is started with its own secrets alone', () => {
  it('is the capture', async () => {
    const capture = started('capture', withGateway('capture'));
    expect(await capture.untilReady()).toMatchObject({ part: 'capture', instance: 'capture-0' });
    expect(await capture.stop()).toEqual({ code: 0, signal: null });
    expect(capture.err).not.toContain('password');
  });

  it('is the projector, and the api', async () => {
    const projector = started('projector', withStore('projector'));
    expect(await projector.untilReady()).toMatchObject({ part: 'projector' });
    const api = started('api', withStore('api'));
    expect(await api.untilReady()).toMatchObject({ part: 'api' });
    for (const part of [api, projector]) {
      expect(await part.stop()).toEqual({ code: 0, signal: null });
      expect(part.err).not.toContain('orders');
    }
  });

  it('is not one that lacks what it uses', async () => {
    const capture = started('capture', withStore('capture-without'));
    expect(await capture.exited).toMatchObject({ code: 64 });
    expect(capture.err).toContain('gateways.postgres.tls.cert');
    for (const part of ['projector', 'api']) {
      const without = started(part, withGateway(`${part}-without`));
      expect(await without.exited).toMatchObject({ code: 64 });
      expect(without.err).toContain('store-password');
    }
  });
});
