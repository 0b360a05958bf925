import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import pg from 'pg';
import type { Cleanup } from '../postgres/processes.js';
import { Part } from './part.js';
import type { PartPlan } from './part.js';
import { STENO } from './places.js';
import { Broker, Store } from './servers.js';
import { StoreProxy } from './store-proxy.js';

const TARGET_PASSWORD = 'of the target';
const LARGEST_REPORT_BYTES = 64 * 1024 * 1024;
const TOPIC_PREFIX = 'steno';

export const DATA_TOPIC = `${TOPIC_PREFIX}.data`;
export const DURABILITIES = ['strict', 'fast'] as const;
export type Durability = (typeof DURABILITIES)[number];

/** What a steno.yaml may have that differs from the others. */
export interface ConfigChanges {
  /** Of the data directory; default: that of all. */
  readonly data?: string;
  /** Where the store is reached. */
  readonly storeUrl?: string;
  readonly limits?: Readonly<Record<string, string>>;
}

export interface VerifyFinding {
  readonly kind: string;
  readonly topic: string | null;
  readonly stream: string | null;
  readonly count: number;
  readonly detail: string;
}

export interface Verified {
  readonly exit: number;
  readonly findings: readonly VerifyFinding[];
  /** What it said when it could not verify. */
  readonly stderr: string;
}

/** Servers of others, and all parts of Steno as processes of their own. */
export class Installation {
  private constructor(
    readonly directory: string,
    readonly broker: Broker,
    readonly store: Store,
    readonly proxy: StoreProxy,
    private readonly target: EmbeddedPostgres,
  ) {}

  readonly captures: Part[] = [];
  readonly projectors: Part[] = [];
  readonly apis: Part[] = [];
  /** Records that a drill put into the log, which are no batches. */
  poisoned = 0;

  static async start(directory: string, cleanup: Cleanup): Promise<Installation> {
    const target = await startTarget(directory);
    cleanup.add(() => target.stop());
    const broker = await Broker.start(join(directory, 'kafka'));
    cleanup.add(() => broker.stop());
    const store = await Store.start(join(directory, 'clickhouse'));
    cleanup.add(() => store.stop());
    const proxy = await StoreProxy.start(store.url);
    cleanup.add(() => proxy.stop());
    const site = new Installation(directory, broker, store, proxy, target);
    cleanup.add(() => site.stopParts());
    await site.steno(['keys', 'create', join(directory, 'root.json')]);
    const config = await site.writeConfig('steno.yaml', {});
    const ofProjector = await site.writeConfig('projector.yaml', { storeUrl: proxy.url });
    const [first, second, projector, api] = await Promise.all([
      Part.start(site.plan('capture', 'cap-1', config)),
      Part.start(site.plan('capture', 'cap-2', config)),
      Part.start(site.plan('projector', 'proj-1', ofProjector)),
      Part.start(site.plan('api', 'api-1', config)),
    ]);
    site.captures.push(first, second);
    site.projectors.push(projector);
    site.apis.push(api);
    return site;
  }

  plan(verb: PartPlan['verb'], instance: string, config: string): PartPlan {
    const env = { TARGET_PASSWORD, STORE_PASSWORD: this.store.password };
    return { verb, instance, config, env };
  }

  /** Writes a steno.yaml of this installation; gives its path. */
  async writeConfig(name: string, changes: ConfigChanges): Promise<string> {
    const { data = 'data', storeUrl = this.store.url, limits = {} } = changes;
    const listen = '127.0.0.1:0';
    const config = {
      data: `./${data}`,
      keys: { root: './root.json' },
      log: { kafka: { brokers: [this.broker.address], topicPrefix: TOPIC_PREFIX } },
      store: { url: storeUrl, username: this.store.username, password: 'env:STORE_PASSWORD' },
      admin: { listen },
      web: { listen },
      gateways: { postgres: { listen } },
      limits,
      targets: DURABILITIES.map((durability) => ({
        name: durability,
        protocol: 'postgres',
        address: `${this.target.host}:${this.target.port}`,
        database: 'postgres',
        credential: { username: this.target.username, password: 'env:TARGET_PASSWORD' },
        durability,
      })),
    };
    const path = join(this.directory, name);
    await mkdir(join(this.directory, data), { recursive: true, mode: 0o700 });
    // JSON is YAML.
    await writeFile(path, JSON.stringify(config));
    return path;
  }

  get config(): string {
    return join(this.directory, 'steno.yaml');
  }

  /** A token by which any capture of the common data directory lets clients in. */
  async token(): Promise<string> {
    const args = ['token', '--identity', 'drill', '--ttl', '24h', '--config', this.config];
    return (await this.steno(args)).stdout.trim();
  }

  async verify(): Promise<Verified> {
    const { code, stdout, stderr } = await this.steno([
      'verify',
      '--json',
      '--config',
      this.config,
    ]);
    const lines = stdout.split('\n').filter((line) => line !== '');
    const findings = lines.map((line) => JSON.parse(line) as VerifyFinding);
    return { exit: code, findings: findings.filter(({ kind }) => kind !== undefined), stderr };
  }

  /** What the target itself did: the markers of inserts that it holds. */
  async ran(drill: string): Promise<string[]> {
    const client = new pg.Client(this.targetLogin);
    await client.connect();
    try {
      const query = 'SELECT marker FROM drill_rows WHERE starts_with(marker, $1)';
      const { rows } = await client.query<{ marker: string }>(query, [`${drill}-`]);
      return rows.map(({ marker }) => marker);
    } finally {
      await client.end();
    }
  }

  get parts(): readonly Part[] {
    return [...this.captures, ...this.projectors, ...this.apis];
  }

  async stopParts(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.stop()));
  }

  private get targetLogin() {
    const { host, port, username, password } = this.target;
    return { host, port, user: username, password, database: 'postgres' };
  }

  private async steno(args: readonly string[]) {
    const env = {
      PATH: process.env['PATH'] ?? '',
      TARGET_PASSWORD,
      STORE_PASSWORD: this.store.password,
    };
    const options = { env, maxBuffer: LARGEST_REPORT_BYTES };
    const run = promisify(execFile)(process.execPath, [STENO, ...args], options);
    return run.then(
      (ran) => ({ ...ran, code: 0 }),
      (error: unknown) => {
        const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
        if (typeof code !== 'number') throw error;
        return { code, stdout, stderr };
      },
    );
  }
}

async function startTarget(directory: string): Promise<EmbeddedPostgres> {
  const target = await startPostgres({
    directory: join(directory, 'postgres'),
    superuser: 'drill',
    password: TARGET_PASSWORD,
    settings: { fsync: 'off', synchronous_commit: 'off' },
  });
  const { host, port, username: user, password } = target;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  await client.query('CREATE TABLE drill_rows (marker text NOT NULL, n int)');
  await client.end();
  return target;
}
