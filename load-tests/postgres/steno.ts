import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Endpoint } from './pgbench.js';
import { processTree } from './process-tree.js';
import { startProcess } from './processes.js';
import type { Cleanup } from './processes.js';
import { askStore } from './store-query.js';
import type { StoreAddress } from './store-query.js';

const COMMAND = fileURLToPath(new URL('../../../services/steno/bin/steno.mjs', import.meta.url));

const PROFILER = new URL('../../postgres/record-profile.mjs', import.meta.url).href;

/** Of the ClickHouse that `up` starts. */
const STORE_USERNAME = 'steno';
const PASSWORD_VARIABLE = 'BENCH_TARGET_PASSWORD';
const LARGEST_LISTING_BYTES = 64 * 1024 * 1024;
const POLL_MS = 500;
const DRAIN_DEADLINE_MS = 300_000;
/** Its processes ask Kafka and each other even when nothing happens: about half of this. */
const QUIET_CORES = 0.25;
const QUIET_SAMPLE_MS = 1_000;
const QUIET_DEADLINE_MS = 20_000;

export const DURABILITIES = ['fast', 'strict'] as const;
export type Durability = (typeof DURABILITIES)[number];

/** A line of `steno sessions --json`, as far as it matters here. */
interface Session {
  readonly startedAt: string;
  readonly status: string;
  readonly commands: number;
}

/** What it stands between, and what it leaves behind. */
export interface Sides {
  readonly target: Endpoint;
  /** Of Kafka, if that is its log. */
  readonly broker: string | undefined;
  /** A folder for CPU profiles of its processes. */
  readonly profile?: string | undefined;
  /** Files beside the configuration; none: everything is allowed. */
  readonly policies?: readonly string[];
}

/** Sessions to wait for. */
export interface Expected {
  readonly durability: Durability;
  readonly since: Date;
  readonly sessions: number;
}

/** A running `steno up` with one target for each durability, all of the same database. */
export class Steno {
  readonly #cli: Cli;
  readonly #gateway: { readonly host: string; readonly port: number };
  readonly #token: string;
  /** Of the supervisor. */
  readonly pid: number;
  readonly store: StoreAddress;
  /** Where the api is. */
  readonly web: string;

  private constructor(
    cli: Cli,
    places: { readonly gateway: string; readonly web: string; readonly store: StoreAddress },
    token: string,
    pid: number,
  ) {
    const { gateway, web, store } = places;
    const colon = gateway.lastIndexOf(':');
    this.#cli = cli;
    this.#gateway = { host: gateway.slice(0, colon), port: Number(gateway.slice(colon + 1)) };
    this.#token = token;
    this.pid = pid;
    this.store = store;
    this.web = web;
  }

  static async start(directory: string, sides: Sides, cleanup: Cleanup): Promise<Steno> {
    const { target, broker, profile, policies = [] } = sides;
    await mkdir(directory, { recursive: true });
    const config = join(directory, 'steno.yaml');
    // JSON is YAML.
    await writeFile(config, JSON.stringify({ ...configuration(target, broker), policies }));
    const cli: Cli = { config, env: environment(target) };
    const { child, match, stop } = await startProcess({
      command: process.execPath,
      args: [COMMAND, 'up', '--config', config, '--json'],
      options: { env: { ...cli.env, ...profiled(profile) } },
      ready: /^\{"ready":true.*\}$/m,
    });
    cleanup.add(stop);
    const ready = JSON.parse(match[0]) as {
      readonly gateways: { readonly postgres: string };
      readonly store: string;
      readonly web: string;
    };
    const password = (await readFile(join(directory, 'data/store/password'), 'utf8')).trim();
    const store = { url: ready.store, username: STORE_USERNAME, password };
    const token = await tokenOf(cli, 'bench');
    const places = { gateway: ready.gateways.postgres, web: ready.web, store };
    return new Steno(cli, places, token, child.pid ?? 0);
  }

  /** For sessions under another identity. */
  async endpointOf(identity: string, durability: Durability): Promise<Endpoint> {
    return { ...this.endpoint(durability), password: await tokenOf(this.#cli, identity) };
  }

  /** What a new user calls the api with. */
  async addUser(name: string, role: string): Promise<string> {
    const added = await steno(this.#cli, ['user', 'add', name, '--role', role, '--json']);
    return (JSON.parse(added) as { readonly token: string }).token;
  }

  endpoint(durability: Durability): Endpoint {
    return {
      ...this.#gateway,
      database: targetName(durability),
      username: 'bench',
      password: this.#token,
    };
  }

  /**
   * Waits until the sessions since a time are recorded whole, the store included, and gives the
   * commands of each, oldest session first. Throws when they never are.
   */
  async recorded({ durability, since, sessions }: Expected): Promise<number[]> {
    const deadline = Date.now() + DRAIN_DEADLINE_MS;
    for (;;) {
      const found = await this.#sessions(durability, since);
      const whole = found.filter(({ status }) => status === 'complete');
      if (whole.length === sessions && found.length === sessions) {
        return whole.map(({ commands }) => commands);
      }
      if (Date.now() > deadline) {
        const got = found.map(({ status, commands }) => `${status} with ${commands} commands`);
        throw new Error(`wanted ${sessions} whole sessions, got ${got.join(', ') || 'none'}`);
      }
      await delay(POLL_MS);
    }
  }

  /**
   * Commands since a time that are in the store now, without those of the session in which pgbench
   * looks at its tables. Asked of the store itself: a start of the CLI takes a second.
   */
  async inStore({ durability, since }: Pick<Expected, 'durability' | 'since'>): Promise<number> {
    const sessions = await askStore<{ commands: number }>(
      this.store,
      `SELECT countIf(type = 'command.submitted') AS commands FROM steno.events
       WHERE target = '${targetName(durability)}'
         AND recorded_at >= fromUnixTimestamp64Milli(${since.getTime()})
       GROUP BY session_id ORDER BY min(recorded_at)`,
    );
    return sessions.slice(1).reduce((sum, { commands }) => sum + commands, 0);
  }

  /** Waits until merges and other work behind the recording have ended. False: they have not. */
  async untilQuiet(): Promise<boolean> {
    const deadline = Date.now() + QUIET_DEADLINE_MS;
    for (let before = await this.#cpuSeconds(); Date.now() < deadline;) {
      await delay(QUIET_SAMPLE_MS);
      const now = await this.#cpuSeconds();
      if (now - before < (QUIET_CORES * QUIET_SAMPLE_MS) / 1000) return true;
      before = now;
    }
    return false;
  }

  async #sessions(durability: Durability, since: Date): Promise<Session[]> {
    const filter = ['--target', targetName(durability), '--since', since.toISOString()];
    const listed = await steno(this.#cli, ['sessions', '--json', ...filter]);
    const lines = listed.split('\n').filter((line) => line !== '');
    return lines
      .map((line) => JSON.parse(line) as Session)
      .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  }

  async #cpuSeconds(): Promise<number> {
    const tree = await processTree(this.pid);
    return tree.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  }
}

interface Cli {
  readonly config: string;
  readonly env: Record<string, string>;
}

async function steno({ config, env }: Cli, [verb = '', ...args]: string[]): Promise<string> {
  const all = [COMMAND, verb, '--config', config, ...args];
  const options = { env, maxBuffer: LARGEST_LISTING_BYTES };
  return (await promisify(execFile)(process.execPath, all, options)).stdout;
}

async function tokenOf(cli: Cli, identity: string): Promise<string> {
  return (await steno(cli, ['token', '--identity', identity, '--ttl', '24h'])).trim();
}

function environment(target: Endpoint): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', [PASSWORD_VARIABLE]: target.password };
}

function profiled(directory: string | undefined): Record<string, string> {
  if (directory === undefined) return {};
  return { NODE_OPTIONS: `--import ${PROFILER}`, STENO_BENCH_PROFILE: directory };
}

const targetName = (durability: Durability) => `bench-${durability}`;

function configuration(target: Endpoint, broker: string | undefined) {
  const listen = '127.0.0.1:0';
  return {
    ...(broker === undefined ? {} : { log: { kafka: { brokers: [broker] } } }),
    data: './data',
    web: { listen },
    gateways: { postgres: { listen } },
    targets: DURABILITIES.map((durability) => ({
      name: targetName(durability),
      protocol: 'postgres',
      address: `${target.host}:${target.port}`,
      database: target.database,
      credential: { username: target.username, password: `env:${PASSWORD_VARIABLE}` },
      durability,
    })),
  };
}
