import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreReader } from '@steno/event-store';
import { holdProjector, rebuild, startProjector } from '@steno/projector';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { open } from 'lmdb';
import {
  loadOrCreateInstallationKeys,
  type InstallationKeys,
} from '../src/data-directory/installation-keys.js';
import { dataLayout, makeFolders } from '../src/data-directory/layout.js';
import type { DataLayout } from '../src/data-directory/layout.js';
import { StoreTables } from '../src/verify/store-tables.js';
import { verify } from '../src/verify/verify.js';
import type { VerifyReport } from '../src/verify/verify.js';
import { TestBoot, TestClock, TestSession } from './recording.js';

export const RETENTION = { eventsDays: 0, contentDays: 90 };
const HOUR_NS = 3_600_000_000_000n;
const TABLES = ['events', 'content', 'sessions', 'forks', 'checkpoints'];
const PRISTINE = 'pristine';

/** The sessions of the recording, by what became of them. */
export interface Sessions {
  /** Closed by its client; statements and output of all sizes. */
  readonly whole: TestSession;
  readonly other: TestSession;
  /** Its process died; the next boot closed it. */
  readonly lost: TestSession;
  readonly running: TestSession;
}

/** A data directory with a recording, and a ClickHouse that it was projected into. */
export class VerifiedDirectory {
  readonly layout: DataLayout;
  readonly keys: InstallationKeys;
  private copies = 0;
  /** Tables that were changed since they were projected. */
  private readonly changed = new Set<string>();

  private constructor(
    readonly path: string,
    readonly store: EmbeddedStore,
    readonly reader: StoreReader,
    readonly sessions: Sessions,
  ) {
    this.layout = dataLayout({ data: join(path, 'data') });
    this.keys = loadOrCreateInstallationKeys(this.layout);
  }

  static async make(): Promise<VerifiedDirectory> {
    const path = mkdtempSync(join(tmpdir(), 'steno-verify-'));
    const layout = dataLayout({ data: join(path, 'data') });
    makeFolders(layout);
    const log = new EmbeddedLog({ directory: layout.log, readOnly: false });
    const sessions = await record(log, loadOrCreateInstallationKeys(layout));
    const store = await startEmbeddedStore({ directory: layout.store });
    const client = makeStoreClient({ ...store, database: 'steno' });
    const bare = makeStoreClient({ ...store, database: 'default' });
    await migrate(bare, 'steno', RETENTION);
    await migrate(bare, PRISTINE, RETENTION);
    await bare.close();
    const reader = { client, tenant: 'default' };
    await project(log, reader);
    await log.close();
    const directory = new VerifiedDirectory(path, store, reader, sessions);
    for (const table of TABLES) {
      await directory.run(`INSERT INTO ${PRISTINE}.${table} SELECT * FROM steno.${table}`);
    }
    return directory;
  }

  async stopStore(): Promise<void> {
    await this.reader.client.close();
    await this.store.stop();
  }

  async remove(): Promise<void> {
    await this.stopStore();
    rmSync(this.path, { recursive: true, force: true });
  }

  /** A statement that changes ClickHouse, and waits until it has. */
  async run(query: string, parameters: Readonly<Record<string, unknown>> = {}): Promise<void> {
    for (const table of TABLES) if (query.includes(`steno.${table}`)) this.changed.add(table);
    await this.reader.client.command({
      query,
      query_params: { ...parameters },
      clickhouse_settings: {
        mutations_sync: '2',
        insert_deduplicate: 0,
      },
    });
  }

  async rows<Row>(query: string, parameters: Readonly<Record<string, unknown>> = {}) {
    const result = await this.reader.client.query({
      query,
      query_params: { ...parameters },
      format: 'JSONEachRow',
    });
    return result.json<Row>();
  }

  /** ClickHouse as it was projected. */
  async restore(): Promise<void> {
    for (const table of this.changed) {
      await this.run(`TRUNCATE TABLE steno.${table}`);
      await this.run(`INSERT INTO steno.${table} SELECT * FROM ${PRISTINE}.${table}`);
    }
    this.changed.clear();
  }

  /** A copy of the log, changed by hand in LMDB; gives its folder. */
  changedLog(change: (tables: LogTables) => void): string {
    this.copies += 1;
    const folder = join(this.path, `log-${this.copies}`);
    cpSync(this.layout.log, folder, { recursive: true });
    const root = open({ path: folder, maxDbs: TOPICS.length + 2, compression: false });
    const tables = new LogTables((topic) => root.openDB({ name: topic, encoding: 'binary' }));
    root.transactionSync(() => {
      change(tables);
    });
    void root.close();
    return folder;
  }

  /** Fills ClickHouse from another log. */
  async project(logFolder: string): Promise<void> {
    const log = new EmbeddedLog({ directory: logFolder, readOnly: true });
    await rebuild({
      log,
      reader: this.reader,
      database: 'steno',
      retention: RETENTION,
      signal: new AbortController().signal,
      hold: () => holdProjector(join(this.path, 'none.sock')),
      onProgress: () => undefined,
      onRetry: (error) => {
        throw error instanceof Error ? error : new Error(String(error));
      },
    });
    await log.close();
    for (const table of TABLES) this.changed.add(table);
  }

  async verify(
    logFolder = this.layout.log,
    change: { readonly nowMs?: number; readonly contentDays?: number } = {},
  ): Promise<VerifyReport> {
    const { nowMs = Date.now(), contentDays = RETENTION.contentDays } = change;
    const log = new EmbeddedLog({ directory: logFolder, readOnly: true });
    try {
      return await verify({
        log,
        tables: new StoreTables(this.reader.client, 'steno'),
        keys: this.keys,
        retention: { ...RETENTION, contentDays },
        lagMs: 0,
        nowMs,
        isLive: false,
        onProgress: () => undefined,
      });
    } finally {
      await log.close();
    }
  }
}

type Batches = ReturnType<ReturnType<typeof open>['openDB']>;

/** The tables of a log, for a change by hand. */
export class LogTables {
  constructor(private readonly open: (topic: Topic) => Batches) {}

  all(topic: Topic): [number, Buffer][] {
    return [...this.open(topic).getRange()].map(({ key, value }) => [
      key as number,
      Buffer.from(value as Buffer),
    ]);
  }

  put(topic: Topic, offset: number, bytes: Uint8Array): void {
    this.open(topic).putSync(offset, Buffer.from(bytes));
  }

  remove(topic: Topic, offset: number): void {
    this.open(topic).removeSync(offset);
  }
}

async function record(log: EmbeddedLog, keys: InstallationKeys): Promise<Sessions> {
  const clock = new TestClock(BigInt(Date.now()) * 1_000_000n - 24n * HOUR_NS);
  const first = new TestBoot(log, keys, clock, 'capture');
  first.declared('shop');
  first.beat();
  await first.commit();
  const whole = new TestSession(first);
  const lost = new TestSession(first, 'agent/crawler');
  await first.commit();
  whole.run({ text: 'select 1', output: Buffer.from('one') });
  lost.run({ text: 'select secret', output: Buffer.from('two') });
  whole.run({ text: 'select error', error: '42P01' });
  await first.commit({ twice: true });
  const long = Buffer.alloc(100_000, 'x');
  whole.run({ text: `select '${long.toString()}'`, output: long });
  await first.commit();
  whole.run({ text: 'copy t from stdin', input: Buffer.from('1\t2\n') });
  const prepared = whole.prepare('select $1');
  whole.submit('select $1', prepared);
  first.beat([whole.stream, lost.stream]);
  await first.commit();
  clock.pass(60_000);
  whole.run({ text: 'select 2', output: Buffer.from('two') });
  whole.close('client-closed');
  lost.run({ text: 'delete from t', output: Buffer.from('') });
  await first.commit({ twice: true });
  clock.pass(60_000);
  lost.submit('select pg_sleep(1)');
  lost.early(long);
  await first.commit();
  // Two events were under way when it died, and a heartbeat that named them came through.
  first.origin.counter.emitted += 2;
  first.beat([lost.stream]);
  await first.commit();
  clock.pass(60_000);
  const api = new TestBoot(log, keys, clock, 'api');
  const second = new TestBoot(log, keys, clock, 'capture');
  await second.commit();
  lost.close('process-lost', second);
  api.viewed('ann');
  const other = new TestSession(second, 'ci/test');
  const running = new TestSession(second);
  for (let n = 0; n < 5; n += 1) {
    other.run({ text: `select ${n}`, output: Buffer.from(`row ${n}`) });
    running.run({ text: `update t set a = ${n}`, output: Buffer.from('') });
    await second.commit({ twice: n === 2 });
    api.viewed('bob');
    await api.commit();
    clock.pass(30_000);
  }
  other.close('client-closed');
  api.terminate(running.sessionId);
  await second.commit();
  clock.pass(60_000);
  second.beat([running.stream]);
  running.run({ text: 'select now()', output: Buffer.from('now') });
  second.beat([running.stream]);
  await second.commit();
  api.viewed('bob');
  api.stopped();
  await api.commit();
  clock.pass(30_000);
  second.beat([running.stream]);
  await second.commit();
  return { whole, other, lost, running };
}

/** Runs the projector until it has seen all of the log. */
export async function project(log: EmbeddedLog, reader: StoreReader): Promise<void> {
  const left = new Map<Topic, number>();
  for (const topic of TOPICS) left.set(topic, (await log.end(topic)).get(0) ?? 0);
  const failures: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    const projector = startProjector({
      log,
      reader,
      database: 'steno',
      onRetry: (error) => failures.push(error),
      onRange: ({ topic, until }) => {
        if (until >= (left.get(topic) ?? 0)) left.delete(topic);
        if (left.size === 0) projector.stop().then(resolve, reject);
      },
    });
    projector.done.catch(reject);
  });
  if (failures.length > 0) throw new AggregateError(failures);
}
