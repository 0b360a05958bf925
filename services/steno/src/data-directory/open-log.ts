import { LogDamaged, LogUnavailable } from '@steno/event-log';
import type { EventLog } from '@steno/event-log';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { KafkaLog } from '@steno/event-log/kafka';
import { PROJECTOR_GROUP } from '@steno/projector';
import { CliError } from '../cli/errors.js';
import type { Config } from '../config/config.js';
import { kafkaOptions } from './kafka-options.js';
import { dataLayout } from './layout.js';

/** What LMDB says of a file whose pages it cannot make sense of. */
const LMDB_ERROR = /^MDB_[A-Z_]+/;

/** The log of an installation, to read it beside those who write it. */
export function openLog(config: Config): EventLog {
  const { kafka } = config;
  if (kafka !== undefined) return new KafkaLog(kafkaOptions(config, kafka, () => undefined));
  return new EmbeddedLog({ directory: dataLayout(config).log, readOnly: true });
}

/** Hosts on which projectors are at work, those of this data directory too. */
export async function projectorHosts(log: EventLog): Promise<readonly string[]> {
  return log instanceof KafkaLog ? log.members(PROJECTOR_GROUP) : [];
}

/** An error of reading the log as people are told it; others are passed on. */
export function asLogError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const isOfLog = error instanceof LogDamaged || error instanceof LogUnavailable;
  if (!isOfLog && !LMDB_ERROR.test(error.message)) return error;
  if (error instanceof LogUnavailable && error.message.startsWith('Kafka')) {
    return new CliError('kafka-unavailable', error.message);
  }
  return new CliError('log-unreadable', error.message);
}
