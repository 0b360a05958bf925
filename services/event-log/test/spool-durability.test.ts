import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { afterAll, beforeAll } from 'vitest';
import { eventLogDurability } from './durability.js';
import { openLog, openReader } from './open-spooled.js';

let directory: string;
let broker: EmbeddedKafka;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-kafka-'));
  broker = await startKafka({ directory });
  // The processes that are killed find it there as well.
  process.env['STENO_TEST_BROKER'] = broker.brokers[0];
});
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true });
});

eventLogDurability('a spool before kafka', {
  module: new URL('open-spooled.ts', import.meta.url),
  openLog,
  openReader,
  isSpooled: true,
});
