import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@steno/proto';
import { LogUnavailable } from '../port.js';
import type { LogCheckpoint, LogEntry } from '../port.js';
import { clientConfig } from './client.js';
import { makeCluster } from './kafkajs-cluster.js';
import type { Cluster, FetchedMessage } from './kafkajs-cluster.js';
import { KAFKA_LIMITS } from './options.js';
import type { KafkaOptions } from './options.js';
import { reasonOf, topicName } from './topics.js';
import type { PartitionCounts } from './topics.js';

const READ_UNCOMMITTED = 0;

/** From which offset on to read, by partition. */
type Wanted = ReadonlyMap<number, number>;

/** Reads partitions from wherever it is told, over connections of its own. */
export class PartitionReader {
  private cluster: Promise<Cluster> | undefined;

  constructor(
    private readonly options: KafkaOptions,
    private readonly counts: () => Promise<PartitionCounts>,
  ) {}

  /**
   * About `bytesMax` of each partition, waiting up to `waitMs` for the first; partitions in no
   * order. From below the log's start it begins there.
   *
   * @throws LogUnavailable
   */
  fetch(
    topic: Topic,
    wanted: Wanted,
    limits: { readonly bytesMax: number; readonly waitMs: number },
  ): Promise<LogEntry[][]> {
    return this.attempt(topic, async (cluster) => {
      const name = topicName(this.options, topic);
      const leaders = cluster.findLeaderForPartitions(name, [...wanted.keys()]);
      const fetched = Object.entries(leaders).map(async ([nodeId, partitions]) => {
        const broker = await cluster.findBroker({ nodeId });
        const { responses } = await broker.fetch({
          maxWaitTime: limits.waitMs,
          minBytes: 1,
          maxBytes: limits.bytesMax * partitions.length,
          isolationLevel: READ_UNCOMMITTED,
          topics: [
            {
              topic: name,
              partitions: partitions.map((partition) => ({
                partition,
                fetchOffset: String(wanted.get(partition) ?? 0),
                maxBytes: limits.bytesMax,
              })),
            },
          ],
        });
        return responses.flatMap((response) => response.partitions);
      });
      const found = (await Promise.all(fetched)).flat();
      return found
        .map(({ partition, messages }) =>
          entriesOf(topic, partition, messages, wanted.get(partition) ?? 0),
        )
        .filter((entries) => entries.length > 0);
    });
  }

  /** The first offset that is there, or the one after the last, by partition. */
  offsets(topic: Topic, which: 'start' | 'end'): Promise<LogCheckpoint> {
    return this.attempt(topic, async (cluster) => {
      const counts = await this.counts();
      const partitions = Array.from({ length: counts[topic] }, (_, partition) => ({ partition }));
      const name = topicName(this.options, topic);
      const fromBeginning = which === 'start';
      const [found] = await cluster.fetchTopicsOffset([{ topic: name, partitions, fromBeginning }]);
      const offsets = found?.partitions ?? [];
      if (offsets.length !== partitions.length) throw new Error('a partition has no leader');
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
    });
  }

  async close(): Promise<void> {
    const { cluster } = this;
    this.cluster = undefined;
    // It may never have been connected.
    await cluster?.then((open) => open.disconnect()).catch(() => undefined);
  }

  /** What brokers ask to have tried again is: a topic that is new, a leader that changed. */
  private async attempt<T>(topic: Topic, work: (cluster: Cluster) => Promise<T>): Promise<T> {
    for (let left: number = KAFKA_LIMITS.retries; ; left -= 1) {
      try {
        // They are made if they are not there.
        await this.counts();
        this.cluster ??= this.connect();
        const cluster = await this.cluster;
        await cluster.addMultipleTargetTopics([topicName(this.options, topic)]);
        return await work(cluster);
      } catch (error) {
        // Connected anew, it is known who leads.
        await this.close();
        if (left === 0 || !isForAnotherTry(error)) {
          throw new LogUnavailable(`Kafka cannot be read: ${reasonOf(error)}`, { cause: error });
        }
        await delay(KAFKA_LIMITS.retryFirstMs);
      }
    }
  }

  private async connect(): Promise<Cluster> {
    const cluster = makeCluster(clientConfig(this.options));
    await cluster.connect();
    return cluster;
  }
}

function entriesOf(
  topic: Topic,
  partition: number,
  messages: readonly FetchedMessage[],
  from: number,
): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const { offset, key, value, isControlRecord } of messages) {
    const at = Number(offset);
    // A broker answers with whole record sets, which may begin earlier.
    if (at < from || isControlRecord === true) continue;
    const stream = key?.toString() ?? '';
    entries.push({ topic, partition, offset: at, stream, bytes: value ?? Buffer.alloc(0) });
  }
  return entries;
}

function isForAnotherTry(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'KafkaJSProtocolError') return false;
  return 'retriable' in error && error.retriable === true;
}
