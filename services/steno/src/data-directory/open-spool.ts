import { join } from 'node:path';
import { KafkaLog } from '@steno/event-log/kafka';
import { SpooledLog } from '@steno/event-log/spool';
import type { SpooledLogOptions } from '@steno/event-log/spool';
import type { Config, KafkaConfig } from '../config/config.js';
import { kafkaOptions } from './kafka-options.js';
import { dataLayout } from './layout.js';

type SpoolUse = Pick<SpooledLogOptions, 'topics' | 'onBacklog'> & {
  readonly kafka: KafkaConfig;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
};

/** Kafka behind the spool of an instance, whose lock the caller holds. */
export function openSpool(config: Config, instance: string, use: SpoolUse): Promise<SpooledLog> {
  const { kafka, topics, onBacklog, warn } = use;
  const { spoolBytes, spoolAgeMs } = config.limits;
  return SpooledLog.open(new KafkaLog(kafkaOptions(config, kafka, warn)), {
    directory: join(dataLayout(config).spool, instance),
    limits: { bytesMax: spoolBytes, ageMsMax: spoolAgeMs },
    topics,
    onBacklog,
    warn: (message, details) => {
      warn(message, { ...details });
    },
  });
}
