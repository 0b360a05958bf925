import { createRequire } from 'node:module';
import { logLevel } from 'kafkajs';
import type { ISocketFactory, KafkaConfig, Producer, RetryOptions } from 'kafkajs';
import { encodeProduceRequest } from './produce-request.js';
import type { ProduceRequest } from './produce-request.js';

// What this package uses of kafkajs beyond its public interface. kafkajs is pinned; docs/adr/0008
// says why, and the contract suite holds this against a real broker.

/**
 * Its public consumer reads only as a member of a group: joining one takes seconds, and none can be
 * told where to read.
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
  lookupRequest: Lookup;
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

/** Gives what makes the requests of an API, in the newest version that a broker knows. */
type Lookup = (apiKey: number, definition: object) => (options: object) => ProtocolRequest;

interface ProtocolRequest {
  readonly request: {
    readonly apiVersion: number;
    readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
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
  readonly maxInFlightRequests?: number;
}

interface ProducerOptions {
  readonly cluster: Cluster;
  readonly logger: object;
  readonly retry: RetryOptions;
  readonly idempotent: boolean;
}

/** Of the protocol guide. */
const PRODUCE = { key: 0, versions: { from: 3, to: 8 } } as const;

const METADATA_AGE_MS = 60_000;

const require = createRequire(import.meta.url);
const ClusterClass = require('kafkajs/src/cluster') as new (options: ClusterOptions) => Cluster;
const makeSocketFactory = require('kafkajs/src/network/socketFactory') as () => ISocketFactory;
const createProducer = require('kafkajs/src/producer') as (options: ProducerOptions) => Producer;
const { createLogger } = require('kafkajs/src/loggers') as {
  createLogger: (options: { level: logLevel; logCreator: () => () => void }) => object;
};

// What failed is thrown, and said by whoever cannot go on.
const SILENT = { level: logLevel.NOTHING, logCreator: () => () => undefined };

/** A set of connections of its own: a broker answers the requests of one connection in turn. */
export function makeCluster(config: KafkaConfig): Cluster {
  return new ClusterClass(clusterOptions(config));
}

/** One that sends requests in order, by numbers that tell a broker which ones it has already. */
export function makeProducer(config: KafkaConfig & { readonly retry: RetryOptions }): Producer {
  return createProducer({
    cluster: new ProducingCluster({ ...clusterOptions(config), maxInFlightRequests: 1 }),
    logger: createLogger(SILENT),
    retry: config.retry,
    idempotent: true,
  });
}

function clusterOptions(config: KafkaConfig): ClusterOptions {
  return {
    ...config,
    logger: createLogger(SILENT),
    socketFactory: makeSocketFactory(),
    metadataMaxAge: METADATA_AGE_MS,
    allowAutoTopicCreation: false,
  };
}

/** What is produced is encoded by us; all else, tries and numbers too, is kafkajs's. */
class ProducingCluster extends ClusterClass {
  readonly #ours = new WeakSet<Lookup>();

  override async findBroker(by: { readonly nodeId: string }): Promise<Broker> {
    const broker = await super.findBroker(by);
    // Connected anew, a broker has another one.
    if (!this.#ours.has(broker.lookupRequest)) {
      broker.lookupRequest = producing(broker.lookupRequest);
      this.#ours.add(broker.lookupRequest);
    }
    return broker;
  }
}

function producing(lookup: Lookup): Lookup {
  return (apiKey, definition) => {
    const make = lookup(apiKey, definition);
    if (apiKey !== PRODUCE.key) return make;
    return (options) => {
      const made = make(options);
      const { apiVersion } = made.request;
      const { from, to } = PRODUCE.versions;
      if (apiVersion < from || apiVersion > to) return made;
      const encode = () => {
        const buffer = encodeProduceRequest(options as ProduceRequest);
        return Promise.resolve({ buf: buffer, buffer });
      };
      return { ...made, request: { ...made.request, encode } };
    };
  };
}
