import { join } from 'node:path';
import { startKafka } from '@steno/embedded-kafka';
import type { EventLog } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { KafkaLog } from '@steno/event-log/kafka';
import { SpooledLog } from '@steno/event-log/spool';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreReader } from '@steno/event-store';
import type { Cleanup } from '../postgres/processes.js';

export const LOGS = ['embedded', 'kafka'] as const;
export type LogKind = (typeof LOGS)[number];

export const DATABASE = 'steno';
export const RETENTION = { eventsDays: 0, contentDays: 0 };
const PARTITIONS = 3;
const GIB = 1024 ** 3;

/** What a projector stands between. */
export interface Sides {
  /** As a capture writes it: with Kafka, behind a spool. */
  readonly log: EventLog;
  readonly server: EmbeddedStore;
  readonly client: StoreReader['client'];
  /** Resolves when all that was appended can be read. */
  readonly shipped: () => Promise<void>;
}

export async function startSides(
  kind: LogKind,
  directory: string,
  cleanup: Cleanup,
): Promise<Sides> {
  const server = await startEmbeddedStore({ directory: join(directory, 'store') });
  cleanup.add(() => server.stop());
  const root = makeStoreClient({ ...server, database: 'default' });
  await migrate(root, DATABASE, RETENTION);
  await root.close();
  const client = makeStoreClient({ ...server, database: DATABASE });
  cleanup.add(() => client.close());
  if (kind === 'kafka') return { ...(await openKafka(directory, cleanup)), server, client };
  const log = new EmbeddedLog({ directory: join(directory, 'log'), readOnly: false });
  cleanup.add(() => log.close());
  return { log, server, client, shipped: () => Promise.resolve() };
}

async function openKafka(directory: string, cleanup: Cleanup) {
  const broker = await startKafka({ directory: join(directory, 'kafka'), forSpeed: true });
  cleanup.add(() => broker.stop());
  const warn = (message: string): void => void process.stderr.write(`${message}\n`);
  const kafka = new KafkaLog({
    brokers: broker.brokers,
    topicPrefix: 'steno',
    partitions: PARTITIONS,
    replicationFactor: -1,
    tls: undefined,
    sasl: undefined,
    warn,
  });
  const log = await SpooledLog.open(kafka, {
    directory: join(directory, 'spool'),
    limits: { bytesMax: 8 * GIB, ageMsMax: 3_600_000 },
    topics: ['data'],
    onBacklog: () => undefined,
    warn,
  });
  cleanup.add(() => log.close());
  return { log, shipped: () => log.shipped() };
}
