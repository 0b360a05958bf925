import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import type { KafkaLog } from '../kafka/kafka-log.js';
import { recordsOf } from '../kafka/records.js';
import { LogUnavailable } from '../port.js';
import type {
  EventLog,
  LogCheckpoint,
  LogEntry,
  PartitionConsumer,
  UnfinishedStream,
} from '../port.js';
import { steadyNow } from '../steady-now.js';
import type { Backlog, SpoolLimits } from './backlog.js';
import { ControlMirror } from './control-mirror.js';
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
    private readonly parts: {
      readonly topics: ReadonlySet<Topic>;
      readonly mirror: ControlMirror;
    },
  ) {
    this.timer = setInterval(() => {
      spool.judge();
      void parts.mirror.hear(kafka.lastHeard);
    }, JUDGE_MS);
  }

  static async open(kafka: KafkaLog, options: SpooledLogOptions): Promise<SpooledLog> {
    const { directory, limits, onBacklog, warn } = options;
    const spool = await Spool.open(directory, limits, onBacklog);
    const sessions = await OpenSessions.load(directory);
    const mirror = await ControlMirror.open(directory, warn);
    const shipper = new Shipper({ spool, kafka, sessions, warn });
    const topics = new Set(options.topics);
    return new SpooledLog(kafka, spool, sessions, shipper, { topics, mirror });
  }

  /** How long ago control was last known to be as it was seen, in milliseconds. */
  get controlAgeMs(): number {
    const heardAt = Math.max(this.kafka.lastHeard, this.parts.mirror.heardAt);
    return Math.max(0, steadyNow() - heardAt);
  }

  /** Rejects with what the spool cannot go on from. */
  get done(): Promise<void> {
    return this.shipper.done;
  }

  get backlog(): Backlog {
    return this.spool.backlog;
  }

  /** Records that were shipped since the start. */
  get shippedRecords(): number {
    return this.shipper.shippedRecords;
  }

  async append(topic: Topic, batch: EncodedBatch): Promise<void> {
    if (!this.parts.topics.has(topic)) {
      await this.kafka.append(topic, batch);
      return;
    }
    for (const names of this.openedSince) {
      for (const stream of batch.notes.opened) names.add(stream);
    }
    await this.spool.append(recordsOf(topic, batch), batch.notes);
  }

  /** Of control, while the log is away, what was last seen of it. */
  async read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    if (topic !== 'control') return this.kafka.read(topic, from, bytesMax);
    const { mirror } = this.parts;
    if (from.offset === 0) mirror.begin();
    try {
      const entries = await this.kafka.read(topic, from, bytesMax);
      if (entries.length > 0) mirror.take(entries);
      else await mirror.complete();
      return entries;
    } catch (error) {
      if (!(error instanceof LogUnavailable) || mirror.heardAt === 0) throw error;
      return mirror.read(from.offset);
    }
  }

  subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (topic !== 'control') return this.kafka.subscribe(topic, from, handler, signal);
    const { mirror } = this.parts;
    const mirrored = async (entries: readonly LogEntry[]): Promise<void> => {
      await mirror.add(entries);
      await handler(entries);
    };
    return this.kafka.subscribe(topic, from, mirrored, signal);
  }

  share(
    topic: Topic,
    group: string,
    consumer: PartitionConsumer,
    signal: AbortSignal,
  ): Promise<void> {
    return this.kafka.share(topic, group, consumer, signal);
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

  /** Before an orderly end: what has happened is kept whatever the limits, if the disk takes it. */
  takeLastWords(): void {
    this.spool.takeLastWords();
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
