import { createRequire } from 'node:module';
import { logLevel } from 'kafkajs';
import type { ISocketFactory, KafkaConfig } from 'kafkajs';

/**
 * What this package uses of kafkajs beyond its public interface, which reads only as a member of a
 * consumer group: joining one takes seconds, and none can be told where to read. kafkajs is pinned;
 * docs/adr/0008 says why, and the contract suite holds this against a real broker.
 */
export interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[];
  /** Partitions by the id of the broker that leads them. */
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, readonly number[]>>;
  findBroker(by: { readonly nodeId: string }): Promise<Broker>;
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ): Promise<readonly { readonly partitions: readonly PartitionOffset[] }[]>;
}

interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
}

interface Broker {
  fetch(request: {
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }): Promise<{ readonly responses: readonly FetchedTopic[] }>;
}

interface FetchedTopic {
  readonly partitions: readonly {
    readonly partition: number;
    readonly messages: readonly FetchedMessage[];
  }[];
}

export interface FetchedMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly isControlRecord?: boolean;
}

interface ClusterOptions extends KafkaConfig {
  readonly logger: object;
  readonly socketFactory: ISocketFactory;
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
}

const METADATA_AGE_MS = 60_000;

const require = createRequire(import.meta.url);
const ClusterClass = require('kafkajs/src/cluster') as new (options: ClusterOptions) => Cluster;
const makeSocketFactory = require('kafkajs/src/network/socketFactory') as () => ISocketFactory;
const { createLogger } = require('kafkajs/src/loggers') as {
  createLogger: (options: { level: logLevel; logCreator: () => () => void }) => object;
};

/** A set of connections of its own: a broker answers the requests of one connection in turn. */
export function makeCluster(config: KafkaConfig): Cluster {
  return new ClusterClass({
    ...config,
    logger: createLogger({ level: logLevel.NOTHING, logCreator: () => () => undefined }),
    socketFactory: makeSocketFactory(),
    metadataMaxAge: METADATA_AGE_MS,
    allowAutoTopicCreation: false,
  });
}
