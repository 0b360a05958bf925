import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import type { KafkaLog } from '../kafka/kafka-log.js';
import { recordsOf } from '../kafka/records.js';
import type { EventLog, LogCheckpoint, LogEntry, UnfinishedStream } from '../port.js';
import type { Backlog, SpoolLimits } from './backlog.js';
import { OpenSessions } from './open-sessions.js';
import { Shipper } from './shipper.js';
import { Spool } from './spool.js';

const JUDGE_MS = 1_000;

export interface SpooledLogOptions {
  /** Of the spool; this process is its only owner. */
  readonly directory: string;
  readonly limits: SpoolLimits;
  /** What is committed to the spool; appends to other topics wait for the broker. */
  readonly topics: readonly Topic[];
  /** Told when the state changes. */
  readonly onBacklog: (backlog: Backlog) => void;
  readonly warn: (message: string, details: object) => void;
}

/**
 * Kafka behind a spool: an append is durable on this machine's disk, and shipped from there, sooner
 * or later, in order. Readers see what was shipped.
 */
export class SpooledLog implements EventLog {
  private readonly timer: NodeJS.Timeout;
  /** Of the calls of `unfinished` under way: what was opened since. */
  private readonly openedSince = new Set<Set<string>>();

  private constructor(
    private readonly kafka: KafkaLog,
    private readonly spool: Spool,
    private readonly sessions: OpenSessions,
    private readonly shipper: Shipper,
    private readonly topics: ReadonlySet<Topic>,
  ) {
    this.timer = setInterval(() => {
      spool.judge();
    }, JUDGE_MS);
  }

  static async open(kafka: KafkaLog, options: SpooledLogOptions): Promise<SpooledLog> {
    const { directory, limits, onBacklog, warn } = options;
    const spool = await Spool.open(directory, limits, onBacklog);
    const sessions = await OpenSessions.load(directory);
    const shipper = new Shipper({ spool, kafka, sessions, warn });
    return new SpooledLog(kafka, spool, sessions, shipper, new Set(options.topics));
  }

  /** Rejects with what the spool cannot go on from. */
  get done(): Promise<void> {
    return this.shipper.done;
  }

  get backlog(): Backlog {
    return this.spool.backlog;
  }

  async append(topic: Topic, batch: EncodedBatch): Promise<void> {
    if (!this.topics.has(topic)) {
      await this.kafka.append(topic, batch);
      return;
    }
    for (const names of this.openedSince) {
      for (const stream of batch.notes.opened) names.add(stream);
    }
    await this.spool.append(recordsOf(topic, batch), batch.notes);
  }

  read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    return this.kafka.read(topic, from, bytesMax);
  }

  subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.kafka.subscribe(topic, from, handler, signal);
  }

  end(topic: Topic): Promise<LogCheckpoint> {
    return this.kafka.end(topic);
  }

  /** Resolves once everything that was committed before the call is in the log. */
  async unfinished(): Promise<readonly UnfinishedStream[]> {
    const since = new Set<string>();
    this.openedSince.add(since);
    try {
      await this.shipped();
      return this.sessions.all.filter(({ stream }) => !since.has(stream));
    } finally {
      this.openedSince.delete(since);
    }
  }

  /** Resolves when what was committed until now is in the log. */
  shipped(): Promise<void> {
    return this.shipper.until(this.spool.end);
  }

  /** Waits for what is not shipped yet for so long; the rest stays on the disk. */
  async close(waitMs = 0): Promise<void> {
    clearInterval(this.timer);
    const waiting = new AbortController();
    const patience = delay(waitMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    // What is not shipped by then is at the next start.
    const shipped = this.shipped().catch(() => undefined);
    await Promise.race([shipped, patience]);
    waiting.abort();
    await this.shipper.stop();
    await this.spool.close();
    await this.sessions.close();
    await this.kafka.close();
  }
}
