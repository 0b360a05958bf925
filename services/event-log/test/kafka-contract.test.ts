import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '@steno/event-log/kafka';
import type { KafkaOptions } from '@steno/event-log/kafka';
import { SpooledLog } from '@steno/event-log/spool';
import type { EncodedBatch } from '@steno/sessions';
import type { Topic } from '@steno/proto';
import { startKafka } from '@steno/embedded-kafka';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import { afterAll, beforeAll } from 'vitest';
import { eventLogContract } from './contract.js';
import type { LogUnderTest } from './contract.js';

let directory: string;
let broker: EmbeddedKafka;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-kafka-'));
  broker = await startKafka({ directory });
});
afterAll(async () => {
  await broker.stop();
  await rm(directory, { recursive: true });
});

const options = (): KafkaOptions => ({
  brokers: broker.brokers,
  topicPrefix: `test-${randomUUID()}`,
  partitions: 1,
  replicationFactor: -1,
  tls: undefined,
  sasl: undefined,
  warn: () => undefined,
});

eventLogContract('kafka', () =>
  Promise.resolve({ log: new KafkaLog(options()), remove: () => Promise.resolve() }),
);

eventLogContract('kafka behind a spool', async () => {
  const spool = await mkdtemp(join(tmpdir(), 'steno-spool-'));
  const kafka = options();
  const open = async (): Promise<LogUnderTest> => {
    const log = await SpooledLog.open(new KafkaLog(kafka), {
      directory: spool,
      limits: { bytesMax: 1024 ** 3, ageMsMax: 3_600_000 },
      topics: ['data', 'control', 'activity'],
      onBacklog: () => undefined,
      warn: () => undefined,
    });
    return {
      log: seenAtOnce(log),
      reopen: open,
      remove: () => rm(spool, { recursive: true }),
    };
  };
  return open();
});

/** The contract is of what readers see, which is what was shipped. */
function seenAtOnce(log: SpooledLog): SpooledLog {
  const append = log.append.bind(log);
  log.append = async (topic: Topic, batch: EncodedBatch): Promise<void> => {
    await append(topic, batch);
    await log.shipped();
  };
  return log;
}
