import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { LogDamaged, LogUnavailable, shareAlone } from '../port.js';
import type {
  EventLog,
  LogCheckpoint,
  LogEntry,
  PartitionConsumer,
  UnfinishedStream,
} from '../port.js';
import { checkDataFile } from './data-file.js';
import type { SharedHead } from './stream-guard.js';

/** How long a subscriber that has read everything waits before it looks again. */
const POLL_MS = 40;
const SUBSCRIBE_BYTES = 8 * 1024 * 1024;
const PARTITION = 0;

export interface EmbeddedLogOptions {
  readonly directory: string;
  /** Only the process that owns the environment may write; every other one reads. */
  readonly readOnly: boolean;
  /** Appends are refused when less would be free on the disk; default 64 MiB. */
  readonly freeBytesMin?: number;
}

type Batches = Database<Buffer, number>;
type Writes = () => readonly PromiseLike<boolean>[];

const TABLES = [...TOPICS, 'unfinished', 'heads'];
/** The name that LMDB gives its data file. */
const DATA_FILE = 'data.mdb';
/**
 * Room that is left on the disk when appends are refused. LMDB must not be the one to find that it
 * is full: what it then writes about it overruns its buffer and can end the process.
 */
const FREE_BYTES_MIN = 64 * 1024 * 1024;

/**
 * The event log in LMDB: one table per topic, offset -> batch, one durable transaction per append.
 * LMDB's commit is the commit; there is no spool. One process writes, any number read at the same
 * time.
 */
export class EmbeddedLog implements EventLog {
  private readonly root: RootDatabase;
  private readonly topics = new Map<Topic, Batches>();
  private readonly open: Database<number, string>;
  private readonly heads: Database<SharedHead, string>;
  private readonly next = new Map<Topic, number>();
  private readonly queue = new Map<Topic, Promise<void>>();
  private closed = false;

  /** Throws LogUnavailable where there is no log to read yet, LogDamaged where a part is gone. */
  constructor(private readonly options: EmbeddedLogOptions) {
    prepare(options);
    this.root = open({
      path: options.directory,
      readOnly: options.readOnly,
      // A promise of a put is kept when its transaction is on disk, not before.
      overlappingSync: false,
      // Else a failed commit also rejects a promise inside of lmdb that nobody can handle.
      eventTurnBatching: false,
      compression: false,
      maxDbs: TABLES.length,
    });
    try {
      checkTables(this.root, options.directory);
      for (const topic of TOPICS) {
        const batches: Batches | undefined = this.root.openDB({ name: topic, encoding: 'binary' });
        if (batches === undefined) throw new LogUnavailable('the owner is still making the log');
        this.topics.set(topic, batches);
        this.next.set(topic, endOf(batches));
      }
      this.open = this.root.openDB({ name: 'unfinished', encoding: 'ordered-binary' });
      this.heads = this.root.openDB({ name: 'heads', encoding: 'json' });
      // A reader could count while the owner appends.
      if (!options.readOnly) this.checkCounts();
    } catch (error) {
      void this.root.close();
      throw error;
    }
  }

  append(topic: Topic, batch: EncodedBatch): Promise<void> {
    return this.inTurn(topic, batch.bytes, (offset) => [
      ...batch.notes.opened.map((stream) => this.open.put(stream, offset)),
      ...batch.notes.closed.map((stream) => this.open.remove(stream)),
    ]);
  }

  /** What `appendShared` last said of a stream. */
  sharedHead(stream: string): SharedHead | undefined {
    this.root.resetReadTxn();
    return this.heads.get(stream);
  }

  /** Appends another process's batch and notes, in the same commit, where its streams stand. */
  appendShared(topic: Topic, bytes: Buffer, heads: ReadonlyMap<string, SharedHead>): Promise<void> {
    return this.inTurn(topic, bytes, () =>
      [...heads].map(([stream, head]) => this.heads.put(stream, head)),
    );
  }

  async read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    const entries: LogEntry[] = [];
    let bytes = 0;
    this.root.resetReadTxn();
    const table = this.table(topic);
    const end = endOf(table);
    // These offsets have no holes: what LMDB's tables lost, the reader must not pass over.
    let offset = from.offset;
    for (const { key, value } of table.getRange({ start: from.offset })) {
      if (key !== offset) throw damagedAt(topic, offset);
      if (entries.length > 0 && bytes + value.length > bytesMax) return entries;
      entries.push({ topic, partition: PARTITION, offset, bytes: value });
      offset += 1;
      bytes += value.length;
      if (bytes >= bytesMax) return entries;
    }
    if (offset < end) throw damagedAt(topic, offset);
    return entries;
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

  share(
    topic: Topic,
    _group: string,
    consumer: PartitionConsumer,
    signal: AbortSignal,
  ): Promise<void> {
    return shareAlone(this, topic, consumer, signal);
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

  /** What the tables hold by their pages, against what they hold by the catalogue. */
  private checkCounts(): void {
    const counted: [{ getStats(): object }, number][] = [
      [this.open, this.open.getKeysCount()],
      [this.heads, this.heads.getKeysCount()],
    ];
    for (const table of this.topics.values()) counted.push([table, endOf(table)]);
    for (const [table, found] of counted) {
      const { entryCount } = table.getStats() as Stats;
      if (found !== entryCount) {
        const { directory } = this.options;
        throw new LogDamaged(`the log in ${directory} has lost entries: ${found} of ${entryCount}`);
      }
    }
  }

  private inTurn(
    topic: Topic,
    bytes: Buffer,
    beside: (offset: number) => readonly PromiseLike<boolean>[],
  ): Promise<void> {
    if (this.closed) return Promise.reject(new LogUnavailable('the embedded log is closed'));
    const turn = (this.queue.get(topic) ?? Promise.resolve()).then(async () => {
      requireRoom(this.options, bytes.length);
      const offset = this.next.get(topic) ?? 0;
      await this.commit(() => [...beside(offset), this.table(topic).put(offset, bytes)]);
      this.next.set(topic, offset + 1);
    });
    this.queue.set(
      topic,
      turn.catch(() => undefined), // the caller sees the failure; the next append starts afresh
    );
    return turn;
  }

  /** One transaction. Each write has a promise of its own, which fails with it. */
  private async commit(writes: Writes): Promise<void> {
    let pending: readonly PromiseLike<boolean>[] = [];
    try {
      const committed = this.root.batch(() => {
        pending = writes();
      });
      await Promise.all([committed, ...pending]);
    } catch (error) {
      const why = await reasonOf(error);
      throw new LogUnavailable(`the embedded log did not take a batch: ${why}`, { cause: error });
    }
  }

  private table(topic: Topic): Batches {
    const table = this.topics.get(topic);
    if (table === undefined) throw new LogUnavailable(`no topic ${topic}`);
    return table;
  }
}

function prepare(options: EmbeddedLogOptions): void {
  const { directory, readOnly } = options;
  const file = join(directory, DATA_FILE);
  if (!readOnly) mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (existsSync(file)) checkDataFile(file);
  else if (readOnly) throw new LogUnavailable(`there is no log in ${directory}`);
  else requireRoom(options, 0);
}

interface Stats {
  readonly entryCount: number;
}

/** LMDB makes a table that it does not find: a log whose catalogue is damaged would be empty. */
function checkTables(root: RootDatabase, directory: string): void {
  const { entryCount } = (root.getStats() as { readonly root: Stats }).root;
  const found = TABLES.filter((name) => {
    const existing = { name, create: false };
    return root.openDB(existing) !== undefined;
  });
  if (found.length < entryCount) {
    throw new LogDamaged(`the log in ${directory} is damaged, or of a later version`);
  }
}

function requireRoom(options: EmbeddedLogOptions, bytes: number): void {
  const { directory, freeBytesMin = FREE_BYTES_MIN } = options;
  const { bavail, bsize } = statfsSync(directory);
  // Twice: what a commit writes besides the batch is no more than that.
  const left = bavail * bsize - 2 * bytes;
  if (left < freeBytesMin) {
    throw new LogUnavailable(`the disk of ${directory} is full: ${bavail * bsize} bytes are free`);
  }
}

function damagedAt(topic: Topic, offset: number): LogDamaged {
  return new LogDamaged(`the embedded log has no batch at offset ${offset} of ${topic}`);
}

/** LMDB says why a commit failed by another promise, which settles after the first. */
async function reasonOf(error: unknown): Promise<string> {
  const { commitError } = error as { commitError?: Promise<never> };
  const details = commitError?.catch((reason: unknown) => reason);
  const turn = new Promise((resolve) => setImmediate(resolve, undefined));
  return String((await Promise.race([details, turn])) ?? error);
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
