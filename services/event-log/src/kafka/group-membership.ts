import { setTimeout as delay } from 'node:timers/promises';
import { Kafka } from 'kafkajs';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Topic } from '@steno/proto';
import type { LogEntry, PartitionConsumer } from '../port.js';
import { clientConfig } from './client.js';
import type { KafkaOptions } from './options.js';
import { groupName, reasonOf, topicName } from './topics.js';
import type { PartitionCounts } from './topics.js';

/** A member that is not heard of for this long loses its partitions. */
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/** How long members have to give up what they are about. */
const REBALANCE_MS = 10_000;
const POLL_MS = 500;
const LEAVE_MS = 5_000;
const PARTITION_BYTES = 4 * 1024 * 1024;

/** A partition that is this process's for now. */
interface HeldPartition {
  readonly controller: AbortController;
  /** The offset to go on from. */
  next: number;
  /** It was asked for: what comes instead is what there is. */
  sought: boolean;
}

export interface SharedTopic {
  readonly topic: Topic;
  readonly group: string;
  readonly consumer: PartitionConsumer;
}

/**
 * One member of a consumer group. Where a partition goes on is for its consumer to say: what the
 * group commits tells operators how far it is, and nothing else.
 */
export class GroupMembership {
  private readonly held = new Map<number, HeldPartition>();
  private readonly name: string;

  constructor(
    private readonly options: KafkaOptions,
    private readonly shared: SharedTopic,
  ) {
    this.name = topicName(options, shared.topic);
  }

  /**
   * A member until the signal aborts: undefined then, else why it is none any more. Rejects when
   * the consumer does.
   */
  async run(
    counts: () => Promise<PartitionCounts>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { topic, group } = this.shared;
    const consumer = new Kafka(clientConfig(this.options)).consumer({
      groupId: groupName(this.options, group, topic),
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_MS,
      maxWaitTimeInMs: POLL_MS,
      maxBytesPerPartition: PARTITION_BYTES,
      allowAutoTopicCreation: false,
      retry: { ...clientConfig(this.options).retry, restartOnFailure: async () => false },
    });
    try {
      const partitions = (await counts())[topic];
      await consumer.connect();
      await consumer.subscribe({ topics: [this.name], fromBeginning: true });
      return await this.consume(consumer, partitions, signal);
    } catch (error) {
      if (error instanceof ConsumerFailed) throw error.cause;
      return signal.aborted ? undefined : `Kafka: ${reasonOf(error)}`;
    } finally {
      this.giveUp();
      await leave(consumer);
    }
  }

  private consume(
    consumer: Consumer,
    partitions: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const { CRASH, GROUP_JOIN, REBALANCING } = consumer.events;
      consumer.on(CRASH, ({ payload }) => {
        resolve(`Kafka: ${reasonOf(payload.error)}`);
      });
      // Whoever has a partition from now on asks anew where it goes on.
      for (const event of [GROUP_JOIN, REBALANCING]) {
        consumer.on(event, () => {
          this.giveUp();
        });
      }
      const stop = (): void => {
        this.giveUp();
        resolve(undefined);
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const running = consumer.run({
        autoCommitInterval: SESSION_MS,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitions,
        eachBatch: async (payload) => {
          try {
            await this.take(consumer, payload);
          } catch (error) {
            reject(new ConsumerFailed('', { cause: error }));
          }
        },
      });
      running.catch(reject);
    });
  }

  private async take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const held = await this.hold(payload);
    if (held === undefined) return;
    const first = Number(batch.firstOffset());
    if (first !== held.next && !held.sought) {
      held.sought = true;
      consumer.seek({ topic: this.name, partition, offset: String(held.next) });
      return;
    }
    held.sought = true;
    const entries = this.entriesOf(payload).filter(({ offset }) => offset >= held.next);
    const { signal } = held.controller;
    const { consumer: ours } = this.shared;
    if (entries.length > 0) await beating(payload, held, () => ours.handle(entries, signal));
    if (signal.aborted) return;
    held.next = Number(batch.lastOffset()) + 1;
    payload.resolveOffset(batch.lastOffset());
  }

  /** Undefined where it was given up meanwhile. */
  private async hold(payload: EachBatchPayload): Promise<HeldPartition | undefined> {
    const { partition } = payload.batch;
    const known = this.held.get(partition);
    if (known !== undefined) return known;
    const held = { controller: new AbortController(), next: 0, sought: false };
    this.held.set(partition, held);
    const { signal } = held.controller;
    const { consumer } = this.shared;
    await beating(payload, held, async () => {
      held.next = await consumer.resume(partition, signal);
    });
    return signal.aborted ? undefined : held;
  }

  private entriesOf({ batch }: EachBatchPayload): LogEntry[] {
    const { topic } = this.shared;
    const { partition } = batch;
    return batch.messages.map(({ offset, key, value }) => ({
      topic,
      partition,
      offset: Number(offset),
      stream: key?.toString() ?? '',
      bytes: value ?? Buffer.alloc(0),
    }));
  }

  private giveUp(): void {
    for (const { controller } of this.held.values()) controller.abort();
    this.held.clear();
  }
}

/** Stays a member while it works; when it is none any more, the work is given up. */
async function beating(
  payload: EachBatchPayload,
  { controller }: HeldPartition,
  work: () => Promise<void>,
): Promise<void> {
  const timer = setInterval(() => {
    payload.heartbeat().catch(() => {
      controller.abort();
    });
  }, HEARTBEAT_MS);
  try {
    await work();
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  } finally {
    clearInterval(timer);
  }
}

/** It is not used any more: a broker that does not answer must not hold up the end. */
async function leave(consumer: Consumer): Promise<void> {
  const enough = new AbortController();
  const late = delay(LEAVE_MS, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([consumer.disconnect().catch(() => undefined), late]);
  enough.abort();
}

class ConsumerFailed extends Error {}
