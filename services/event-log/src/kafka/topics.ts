import { Kafka } from 'kafkajs';
import type { Admin, ITopicConfig } from 'kafkajs';
import { crc32 } from 'node:zlib';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { LogUnavailable } from '../port.js';
import { clientConfig } from './client.js';
import { KAFKA_LIMITS } from './options.js';
import type { KafkaOptions } from './options.js';

const FOR_EVER = '-1';
const HEARTBEAT_KEPT_MS = String(30 * 24 * 3_600_000);
const PARTITIONED: Topic = 'data';

export function topicName(options: KafkaOptions, topic: Topic): string {
  return `${options.topicPrefix}.${topic}`;
}

/** Of a consumer group: each topic has one of its own. */
export function groupName(options: KafkaOptions, group: string, topic: Topic): string {
  return `${options.topicPrefix}.${group}.${topic}`;
}

/** In which partition a stream stands; the same in every process and for ever. */
export function partitionOf(stream: string, partitions: number): number {
  return partitions === 1 ? 0 : crc32(stream) % partitions;
}

/** How many partitions each topic has, by what the broker says. */
export type PartitionCounts = Readonly<Record<Topic, number>>;

/**
 * Makes the topics that are not there, and gives the partitions of all.
 *
 * @throws LogUnavailable where the broker does not answer, or refuses
 */
export async function ensureTopics(options: KafkaOptions): Promise<PartitionCounts> {
  const admin = new Kafka(clientConfig(options)).admin();
  try {
    await admin.connect();
    const there = new Set(await admin.listTopics());
    const missing = TOPICS.filter((topic) => !there.has(topicName(options, topic)));
    if (missing.length > 0) {
      const topics = missing.map((topic) => definition(options, topic));
      await admin.createTopics({ topics, waitForLeaders: true });
    }
    return await countPartitions(admin, options);
  } catch (error) {
    if (error instanceof LogUnavailable) throw error;
    throw new LogUnavailable(`Kafka: ${reasonOf(error)}`, { cause: error });
  } finally {
    await admin.disconnect().catch(() => undefined); // it may never have been connected
  }
}

async function countPartitions(admin: Admin, options: KafkaOptions): Promise<PartitionCounts> {
  const names = TOPICS.map((topic) => topicName(options, topic));
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const counts = TOPICS.map((topic, index) => {
    const found = topics.find(({ name }) => name === names[index]);
    const count = found?.partitions.length ?? 0;
    if (count === 0) throw new LogUnavailable(`Kafka has no topic ${names[index] ?? ''}`);
    if (topic !== PARTITIONED && count !== 1) {
      throw new LogUnavailable(`${names[index] ?? ''} must have one partition, and has ${count}`);
    }
    return [topic, count] as const;
  });
  return Object.fromEntries(counts) as Record<Topic, number>;
}

function definition(options: KafkaOptions, topic: Topic): ITopicConfig {
  const entries = {
    'cleanup.policy': 'delete',
    'retention.ms': topic === 'heartbeat' ? HEARTBEAT_KEPT_MS : FOR_EVER,
    'retention.bytes': '-1',
    'max.message.bytes': String(KAFKA_LIMITS.recordBytesMax),
    // Times are ours, in the events; the broker's say when it got them.
    'message.timestamp.type': 'LogAppendTime',
  };
  return {
    topic: topicName(options, topic),
    numPartitions: topic === PARTITIONED ? options.partitions : 1,
    replicationFactor: options.replicationFactor,
    configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
  };
}

/** kafkajs wraps what happened in what it did about it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
