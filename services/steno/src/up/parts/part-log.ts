import type { EventLog } from '@steno/event-log';
import { EmbeddedLog, SharedEmbeddedLog, serveEmbeddedLog } from '@steno/event-log/embedded';
import { KafkaLog } from '@steno/event-log/kafka';
import type { Backlog, SpooledLog } from '@steno/event-log/spool';
import type { Topic } from '@steno/proto';
import type { Config } from '../../config/config.js';
import { kafkaOptions } from '../../data-directory/kafka-options.js';
import { dataLayout } from '../../data-directory/layout.js';
import { openSpool } from '../../data-directory/open-spool.js';
import { logLine } from '../log-lines.js';
import type { ChildStart } from '../messages.js';
import { lockInstance } from '../socket-lock.js';
import { refuseOtherInstallation, untilUnowned } from './own-log.js';

/** How long an orderly end waits for what is not in Kafka yet; the rest stays in the spool. */
const SHIP_MS = 10_000;

/** The log as one process of Steno uses it. */
export interface PartLog {
  readonly log: EventLog;
  /** The same, where it is behind a spool. */
  readonly spooled?: SpooledLog;
  /** Rejects with what the log cannot go on from. */
  readonly failed?: Promise<unknown>;
  close(): Promise<void>;
}

interface Spooling {
  readonly component: string;
  readonly topics: readonly Topic[];
  readonly onBacklog?: (backlog: Backlog) => void;
}

/** The log of the one process that records: it owns the embedded one, or a spool before Kafka. */
export async function openOwnLog(
  { config, instance }: ChildStart,
  installation: string,
  onBacklog: (backlog: Backlog) => void,
): Promise<PartLog> {
  const topics: readonly Topic[] = ['data', 'control', 'activity'];
  const spooling = { component: 'capture', topics, onBacklog };
  if (config.kafka !== undefined) return openSpooled(config, instance, spooling);
  const layout = dataLayout(config);
  await untilUnowned(layout);
  const log = new EmbeddedLog({ directory: layout.log, readOnly: false });
  await refuseOtherInstallation(log, installation);
  const server = await serveEmbeddedLog(log, layout.logSocket);
  return {
    log,
    close: async () => {
      await server.close();
      await log.close();
    },
  };
}

/** The log of a process beside it; what waits for Kafka is spooled where `topics` says. */
export async function openSharedLog(
  { config, instance }: ChildStart,
  component: string,
  topics: readonly Topic[],
): Promise<PartLog> {
  if (config.kafka !== undefined) return openSpooled(config, instance, { component, topics });
  const layout = dataLayout(config);
  const log = new SharedEmbeddedLog({ directory: layout.log, socketPath: layout.logSocket });
  return { log, close: () => log.close() };
}

async function openSpooled(
  config: Config,
  instance: string,
  { component, topics, onBacklog = () => undefined }: Spooling,
): Promise<PartLog> {
  if (config.kafka === undefined) throw new Error('there is no Kafka');
  const warn = (message: string, details: Readonly<Record<string, unknown>>): void => {
    logLine(component, 'warn', message, details);
  };
  const { kafka } = config;
  if (topics.length === 0) {
    const log = new KafkaLog(kafkaOptions(config, kafka, warn));
    return { log, close: () => log.close() };
  }
  const lock = await lockInstance(dataLayout(config), instance);
  const log = await openSpool(config, instance, { kafka, topics, onBacklog, warn });
  return {
    log,
    spooled: log,
    failed: log.done,
    close: async () => {
      await log.close(SHIP_MS);
      lock.release();
    },
  };
}
