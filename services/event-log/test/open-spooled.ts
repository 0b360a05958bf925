import { createHash } from 'node:crypto';
import { KafkaLog } from '@steno/event-log/kafka';
import { SpooledLog } from '@steno/event-log/spool';
import type { EventLog } from '@steno/event-log';

// What the durability suite and the processes that it kills open: a spool before the broker that
// STENO_TEST_BROKER names. Each directory is a log of its own.

function kafkaOf(directory: string): KafkaLog {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return new KafkaLog({
    brokers: [process.env['STENO_TEST_BROKER'] ?? ''],
    topicPrefix: `spool-${name}`,
    partitions: 1,
    replicationFactor: -1,
    tls: undefined,
    sasl: undefined,
    warn: () => undefined,
  });
}

/** What an earlier run left is in the log then. */
export async function openLog(directory: string): Promise<EventLog> {
  const log = await SpooledLog.open(kafkaOf(directory), {
    directory,
    limits: { bytesMax: 1024 ** 3, ageMsMax: 3_600_000 },
    topics: ['data', 'control', 'activity'],
    onBacklog: () => undefined,
    warn: () => undefined,
  });
  await log.shipped();
  return log;
}

/** A reader of what the spool has and what is in the log: to be read, it must be shipped. */
export function openReader(directory: string): Promise<EventLog> {
  return Promise.resolve(kafkaOf(directory));
}
