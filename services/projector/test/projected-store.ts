import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '@steno/event-log';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, Retention, StoreReader } from '@steno/event-store';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { startProjector } from '../src/index.js';
import type { Hold, ProjectorOptions, RunningProjector } from '../src/index.js';

export const RETENTION: Retention = { eventsDays: 0, contentDays: 0 };

/** A ClickHouse server for the tests of a file. */
export class TestServer {
  private databases = 0;
  private readonly clients: StoreReader['client'][] = [];

  private constructor(
    private readonly directory: string,
    private server: EmbeddedStore,
  ) {}

  static async start(): Promise<TestServer> {
    const directory = await mkdtemp(join(tmpdir(), 'steno-projector-'));
    return new TestServer(directory, await startEmbeddedStore({ directory }));
  }

  /** An empty store. */
  async store(retention = RETENTION): Promise<TestStore> {
    this.databases += 1;
    const database = `steno_${this.databases}`;
    const root = this.client('default');
    await migrate(root, database, retention);
    return new TestStore(this.client(database), database);
  }

  /** Kills the server and starts it again on the same directory and port. */
  async restart(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
    const port = Number(new URL(this.server.url).port);
    this.server = await startEmbeddedStore({ directory: this.directory, port });
  }

  async stop(): Promise<void> {
    for (const client of this.clients) await client.close();
    await this.server.stop();
    await rm(this.directory, { recursive: true });
  }

  client(database: string): StoreReader['client'] {
    const { url, username, password } = this.server;
    const client = makeStoreClient({ url, username, password, database });
    this.clients.push(client);
    return client;
  }
}

/** One database. */
export class TestStore {
  readonly reader: StoreReader;

  constructor(
    readonly client: StoreReader['client'],
    readonly database: string,
  ) {
    this.reader = { client, tenant: 'default' };
  }

  async rows(query: string): Promise<Record<string, unknown>[]> {
    const result = await this.client.query({
      query,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    return result.json<Record<string, unknown>>();
  }

  async command(query: string): Promise<void> {
    await this.client.command({ query });
  }
}

/** A projector and how far it has come. */
export class TestProjector {
  readonly running: RunningProjector;
  readonly retries: unknown[] = [];
  private readonly done = new Map<Topic, number>();
  private readonly waiting = new Set<() => void>();

  constructor(
    store: TestStore,
    private readonly log: EventLog,
    options: Partial<ProjectorOptions> = {},
  ) {
    this.running = startProjector({
      log,
      reader: store.reader,
      database: store.database,
      onRetry: (error) => void this.retries.push(error),
      onRange: ({ topic, until }) => {
        this.reached(topic, until);
      },
      onResume: (topic, checkpoint) => {
        this.reached(topic, checkpoint.get(0) ?? 0);
      },
      ...options,
    });
  }

  /** Resolves when all that the log holds now is in the store. */
  async caughtUp(): Promise<void> {
    for (const topic of TOPICS) {
      const end = (await this.log.end(topic)).get(0) ?? 0;
      while ((this.done.get(topic) ?? 0) < end) {
        const more = new Promise<void>((resolve) => this.waiting.add(resolve));
        await Promise.race([more, this.running.done]);
      }
    }
  }

  async hold(): Promise<Hold> {
    return { lost: new AbortController().signal, release: await this.running.hold() };
  }

  private reached(topic: Topic, until: number): void {
    this.done.set(topic, until);
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

/** Brings a store up to date with a log. */
export async function project(store: TestStore, log: EventLog): Promise<void> {
  const projector = new TestProjector(store, log);
  await projector.caughtUp();
  await projector.running.stop();
}
