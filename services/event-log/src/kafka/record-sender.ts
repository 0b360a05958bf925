import type { Producer } from 'kafkajs';
import { LogUnavailable } from '../port.js';
import { clientConfig } from './client.js';
import { makeProducer } from './kafkajs-cluster.js';
import type { KafkaOptions } from './options.js';
import type { StreamRecord } from './records.js';
import { partitionOf, reasonOf, topicName } from './topics.js';
import type { PartitionCounts } from './topics.js';

const ALL_REPLICAS = -1;

/** Where records went. */
export interface SentRecords {
  /** By topic and partition, like `data/3`: the offset of the first. */
  readonly partitions: ReadonlyMap<string, number>;
  /** By stream: the offset of its first. */
  readonly streams: ReadonlyMap<string, number>;
}

/**
 * Sends records in the order in which they are given, one request after the other, each
 * acknowledged by all replicas that must have it. What failed may be there or not; the next request
 * then comes from a new producer, since the numbers by which a broker drops repeats are lost.
 */
export class RecordSender {
  private producer: Promise<Producer> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: KafkaOptions,
    private readonly counts: () => Promise<PartitionCounts>,
  ) {}

  /** @throws LogUnavailable */
  send(records: readonly StreamRecord[]): Promise<SentRecords> {
    const sent = this.turn.then(() => this.request(records));
    this.turn = sent.catch(() => undefined); // the caller sees the failure
    return sent;
  }

  /** After what was given to it. */
  async close(): Promise<void> {
    await this.turn;
    await this.forget();
  }

  private async request(records: readonly StreamRecord[]): Promise<SentRecords> {
    try {
      const counts = await this.counts();
      this.producer ??= this.connect();
      const producer = await this.producer;
      const sent = await producer.sendBatch({
        acks: ALL_REPLICAS,
        topicMessages: messagesByTopic(this.options, records, counts),
      });
      const prefix = `${this.options.topicPrefix}.`;
      const partitions = new Map<string, number>();
      for (const { topicName: name, partition, baseOffset } of sent) {
        partitions.set(`${name.slice(prefix.length)}/${partition}`, Number(baseOffset));
      }
      return { partitions, streams: firstOffsets(records, counts, partitions) };
    } catch (error) {
      await this.forget();
      if (error instanceof LogUnavailable) throw error;
      throw new LogUnavailable(`Kafka did not take events: ${reasonOf(error)}`, { cause: error });
    }
  }

  private async connect(): Promise<Producer> {
    const producer = makeProducer(clientConfig(this.options));
    await producer.connect();
    return producer;
  }

  private async forget(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    // What it says of its end changes nothing: it is not used any more.
    await producer?.then((old) => old.disconnect()).catch(() => undefined);
  }
}

/** Records of one partition stand behind each other, in the order in which they were given. */
function firstOffsets(
  records: readonly StreamRecord[],
  counts: PartitionCounts,
  partitions: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const next = new Map(partitions);
  const first = new Map<string, number>();
  for (const { topic, stream } of records) {
    const partition = `${topic}/${partitionOf(stream, counts[topic])}`;
    const offset = next.get(partition) ?? 0;
    next.set(partition, offset + 1);
    if (!first.has(stream)) first.set(stream, offset);
  }
  return first;
}

function messagesByTopic(
  options: KafkaOptions,
  records: readonly StreamRecord[],
  counts: PartitionCounts,
) {
  const topics = new Map<string, { key: string; value: Buffer; partition: number }[]>();
  for (const { topic, stream, bytes } of records) {
    const name = topicName(options, topic);
    const messages = topics.get(name) ?? [];
    topics.set(name, messages);
    messages.push({ key: stream, value: bytes, partition: partitionOf(stream, counts[topic]) });
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}
