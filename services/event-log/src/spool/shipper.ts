import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaLog } from '../kafka/kafka-log.js';
import type { SentRecords } from '../kafka/record-sender.js';
import { packRecords } from '../kafka/records.js';
import { LogUnavailable } from '../port.js';
import type { UnfinishedStream } from '../port.js';
import type { OpenSessions } from './open-sessions.js';
import type { SpoolPlace } from './shipped-mark.js';
import { SpoolReader } from './spool-reader.js';
import type { SpoolPiece } from './spool-reader.js';
import type { Spool } from './spool.js';

/** What is committed within this time goes in one request: kafkajs costs per record. */
const PACE_MS = 50;
const NOTHING_SENT: SentRecords = { partitions: new Map(), streams: new Map() };
const RETRY_MS = { first: 100, max: 2_000 };

export interface ShipperOptions {
  readonly spool: Spool;
  readonly kafka: KafkaLog;
  readonly sessions: OpenSessions;
  readonly warn: (message: string, details: object) => void;
}

interface Waiting {
  readonly place: SpoolPlace;
  readonly resolve: () => void;
  readonly reject: (error: LogUnavailable) => void;
}

/** Brings what is in a spool into Kafka, in order, each piece until it is there. */
export class Shipper {
  /** Records that are in the log, since the start. */
  shippedRecords = 0;
  private readonly stopping = new AbortController();
  private readonly reader: SpoolReader;
  private readonly running: Promise<void>;
  private opening: string[] = [];
  private waiting: Waiting[] = [];

  constructor(private readonly options: ShipperOptions) {
    this.reader = new SpoolReader(options.spool, options.warn);
    this.running = this.run();
  }

  /** Rejects with what it cannot go on from: the disk of the spool fails. */
  get done(): Promise<void> {
    return this.running;
  }

  /** Resolves when everything before a place is in the log; rejects when it is stopped before. */
  until(place: SpoolPlace): Promise<void> {
    if (!isBefore(this.options.spool.shippedUpTo, place)) return Promise.resolve();
    if (this.stopping.signal.aborted) return Promise.reject(notShipped());
    return new Promise((resolve, reject) => {
      this.waiting.push({ place, resolve, reject });
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.options.spool.wake();
    await this.running;
    for (const { reject } of this.waiting) reject(notShipped());
    this.waiting = [];
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { spool } = this.options;
    while (!signal.aborted) {
      const more = spool.more();
      const piece = await this.reader.next();
      if (piece === undefined) {
        await more;
        continue;
      }
      const startedAt = Date.now();
      if (!(await this.ship(piece))) return;
      const rest = startedAt + PACE_MS - Date.now();
      if (rest > 0) await delay(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  /** False where it was stopped before the piece was in the log. */
  private async ship({ frames, end }: SpoolPiece): Promise<boolean> {
    const { spool, kafka, sessions } = this.options;
    const [first] = frames;
    if (first !== undefined) spool.waitingSince(first.time);
    const records = frames.flatMap((frame) =>
      frame.kind === 'records' ? [{ ...frame, bytes: frame.payload }] : [],
    );
    const notes = frames.flatMap((frame) => (frame.kind === 'notes' ? [frame.notes] : []));
    this.opening.push(...notes.flatMap(({ opened }) => opened));
    const packed = packRecords(records);
    const sent = packed.length === 0 ? NOTHING_SENT : await this.insist(() => kafka.send(packed));
    if (sent === undefined) return false;
    this.shippedRecords += records.length;
    const located = await Promise.all(this.opening.map((stream) => kafka.located(stream, sent)));
    const opened = located.filter((session): session is UnfinishedStream => session !== undefined);
    const found = new Set(opened.map(({ stream }) => stream));
    this.opening = this.opening.filter((stream) => !found.has(stream));
    const closed = notes.flatMap((note) => note.closed);
    const noted = await this.insist(async () => {
      await sessions.note(opened, closed);
      await spool.shipped(end);
      return true;
    });
    if (noted === undefined) return false;
    const reached = this.waiting.filter(({ place }) => !isBefore(end, place));
    this.waiting = this.waiting.filter(({ place }) => isBefore(end, place));
    for (const { resolve } of reached) resolve();
    return true;
  }

  /** Until it succeeds: Kafka may be away, the disk full. Undefined where it was stopped before. */
  private async insist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.stopping;
    for (let pause = RETRY_MS.first; !signal.aborted; pause = Math.min(pause * 2, RETRY_MS.max)) {
      try {
        return await attempt();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.warn(reason, { retryMs: pause });
        await delay(pause, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}

function notShipped(): LogUnavailable {
  return new LogUnavailable('the spool was closed before all of it was shipped');
}

function isBefore(one: SpoolPlace, other: SpoolPlace): boolean {
  if (one.segment !== other.segment) return one.segment < other.segment;
  return one.offset < other.offset;
}
