import { mkdirSync } from 'node:fs';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { LogUnavailable } from '../port.js';
import type { EventLog, LogCheckpoint, LogEntry, UnfinishedStream } from '../port.js';

/** How long a subscriber that has read everything waits before it looks again. */
const POLL_MS = 40;
const SUBSCRIBE_BYTES = 2 * 1024 * 1024;
const PARTITION = 0;

export interface EmbeddedLogOptions {
  readonly directory: string;
  /** Only the process that owns the environment may write; every other one reads. */
  readonly readOnly: boolean;
}

type Batches = Database<Buffer, number>;

/**
 * The event log in LMDB: one table per topic, offset -> batch, one durable transaction per append.
 * LMDB's commit is the commit; there is no spool. One process writes, any number read at the same
 * time.
 */
export class EmbeddedLog implements EventLog {
  private readonly root: RootDatabase;
  private readonly topics = new Map<Topic, Batches>();
  private readonly open: Database<number, string>;
  private readonly next = new Map<Topic, number>();
  private readonly queue = new Map<Topic, Promise<void>>();
  private closed = false;

  constructor(options: EmbeddedLogOptions) {
    if (!options.readOnly) mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.root = open({
      path: options.directory,
      readOnly: options.readOnly,
      // A promise of a put is kept when its transaction is on disk, not before.
      overlappingSync: false,
      compression: false,
      maxDbs: TOPICS.length + 2,
    });
    for (const topic of TOPICS) {
      const batches: Batches = this.root.openDB({ name: topic, encoding: 'binary' });
      this.topics.set(topic, batches);
      this.next.set(topic, endOf(batches));
    }
    this.open = this.root.openDB<number, string>({
      name: 'unfinished',
      encoding: 'ordered-binary',
    });
  }

  append(topic: Topic, batch: EncodedBatch): Promise<void> {
    const turn = (this.queue.get(topic) ?? Promise.resolve()).then(() => this.put(topic, batch));
    this.queue.set(
      topic,
      turn.catch(() => undefined), // the caller sees the failure; the next append starts afresh
    );
    return turn;
  }

  read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    const entries: LogEntry[] = [];
    let bytes = 0;
    this.root.resetReadTxn();
    for (const { key, value } of this.table(topic).getRange({ start: from.offset })) {
      if (entries.length > 0 && bytes + value.length > bytesMax) break;
      entries.push({ topic, partition: PARTITION, offset: key, bytes: value });
      bytes += value.length;
      if (bytes >= bytesMax) break;
    }
    return Promise.resolve(entries);
  }

  async subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let offset = from.get(PARTITION) ?? 0;
    while (!signal.aborted) {
      const entries = await this.read(topic, { partition: PARTITION, offset }, SUBSCRIBE_BYTES);
      const last = entries.at(-1);
      if (last === undefined) {
        await pause(POLL_MS, signal);
        continue;
      }
      await handler(entries);
      offset = last.offset + 1;
    }
  }

  end(topic: Topic): Promise<LogCheckpoint> {
    this.root.resetReadTxn();
    return Promise.resolve(new Map([[PARTITION, endOf(this.table(topic))]]));
  }

  unfinished(): Promise<readonly UnfinishedStream[]> {
    this.root.resetReadTxn();
    const found: UnfinishedStream[] = [];
    for (const { key, value } of this.open.getRange()) {
      found.push({ stream: key, partition: PARTITION, offset: value });
    }
    return Promise.resolve(found);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all(this.queue.values());
    await this.root.close();
  }

  private async put(topic: Topic, batch: EncodedBatch): Promise<void> {
    if (this.closed) throw new LogUnavailable('the embedded log is closed');
    const offset = this.next.get(topic) ?? 0;
    try {
      await this.root.batch(() => {
        void this.table(topic).put(offset, batch.bytes);
        for (const stream of batch.notes.opened) void this.open.put(stream, offset);
        for (const stream of batch.notes.closed) void this.open.remove(stream);
      });
    } catch (error) {
      throw new LogUnavailable(`the embedded log did not take a batch: ${String(error)}`, {
        cause: error,
      });
    }
    this.next.set(topic, offset + 1);
  }

  private table(topic: Topic): Batches {
    const table = this.topics.get(topic);
    if (table === undefined) throw new LogUnavailable(`no topic ${topic}`);
    return table;
  }
}

function endOf(batches: Batches): number {
  for (const key of batches.getKeys({ reverse: true, limit: 1 })) return key + 1;
  return 0;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
