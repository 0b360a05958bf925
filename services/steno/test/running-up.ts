import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventView, SessionView } from '@steno/proto';
import pg from 'pg';
import { lines, steno } from './command-line.js';
import type { Ran } from './command-line.js';
import { descendantsOf, isAlive, until } from './processes.js';
import type { ProcessInfo } from './processes.js';
import { SpawnedSteno } from './spawned-steno.js';
import type { Ended } from './spawned-steno.js';

export interface ReadyLine {
  readonly ready: true;
  readonly web: string;
  readonly signIn: string;
  readonly gateways: { readonly postgres: string };
  readonly log: string;
  readonly store: string;
}

export interface UpSettings {
  /** Holds steno.yaml and the data. */
  readonly folder: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** None: defaults, with the folder as the working directory. */
  readonly config?: 'steno.yaml' | undefined;
}

/** A steno.yaml with one target, and what else a test wants in it. */
export function writeConfig(
  folder: string,
  target: { readonly port: number; readonly username: string },
  more = '',
): void {
  const text = `data: ./data
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
targets:
  - name: orders
    protocol: postgres
    address: 127.0.0.1:${target.port}
    database: postgres
    credential: { username: ${target.username}, password: env:ORDERS_PASSWORD }
    durability: strict
    capture: { output: all }
${more}`;
  writeFileSync(join(folder, 'steno.yaml'), text);
}

/** A `steno up` that a test spawned. */
export class RunningUp extends SpawnedSteno<ReadyLine> {
  readonly #folder: string;

  constructor(settings: UpSettings) {
    const { folder, args = ['--json'], env = {} } = settings;
    const config = 'config' in settings ? [] : ['--config', 'steno.yaml'];
    super(folder, ['up', ...config, ...args], env);
    this.#folder = folder;
  }

  /** Spawns it and waits for its ready line. */
  static async start(settings: UpSettings): Promise<RunningUp> {
    const up = new RunningUp(settings);
    await up.untilReady();
    return up;
  }

  get data(): string {
    return join(this.#folder, 'data');
  }

  /** The processes that it started, and those that they started. */
  descendants(): readonly ProcessInfo[] {
    return descendantsOf(this.pid);
  }

  /** The process id of one of them, by a part of its command line. */
  processOf(part: string): number {
    const found = this.descendants().find(({ command }) => command.includes(part));
    if (found === undefined) throw new Error(`no process has ${part} in its command line`);
    return found.pid;
  }

  /** Runs a verb of the command on this installation. */
  verb(...args: readonly string[]): Promise<Ran> {
    return steno([...args, '--config', join(this.#folder, 'steno.yaml')]);
  }

  /** The objects that a verb prints with --json; it must succeed. */
  async json<T>(...args: readonly string[]): Promise<readonly T[]> {
    const { code, out, err } = await this.verb(...args, '--json');
    if (code !== 0) throw new Error(`steno ${args.join(' ')} ended with ${code}: ${err}`);
    return lines(out) as T[];
  }

  async token(identity: string): Promise<string> {
    const [made] = await this.json<{ token: string }>('token', '--identity', identity);
    return made?.token ?? '';
  }

  /** A client of a target, through the gateway; connected. */
  async connect(identity = 'ci/deploy', target = 'orders'): Promise<pg.Client> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: this.gatewayPort,
      database: target,
      user: 'anything',
      password: await this.token(identity),
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => undefined); // a test that ends sessions looks at their queries
    await client.connect();
    return client;
  }

  /** The newest session of an identity, once it can be queried and is `open`, or has ended. */
  session(identity: string, state: 'open' | 'ended'): Promise<SessionView> {
    return until(`a session of ${identity} is seen to be ${state}`, async () => {
      const [newest] = await this.json<SessionView>('sessions', '--identity', identity);
      const isOpen = newest?.endedAt === null;
      return (state === 'open') === isOpen ? newest : undefined;
    });
  }

  /** The events of a session that has ended, to its last one; a session is seen before them. */
  eventsOf(sessionId: string): Promise<readonly EventView[]> {
    return until(`all events of ${sessionId} are seen`, async () => {
      const events = await this.json<EventView>('events', sessionId, '--raw');
      return events.at(-1)?.type === 'session.closed' ? events : undefined;
    });
  }

  get gatewayPort(): number {
    return Number(this.ready.gateways.postgres.split(':').at(-1));
  }

  /** Asks its ClickHouse; lines of JSON. */
  async store<T>(query: string): Promise<readonly T[]> {
    const file = join(this.data, 'run', 'store.json');
    return askStore<T>(JSON.parse(readFileSync(file, 'utf8')) as StoreLogin, query);
  }
}

export interface StoreLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export async function askStore<T>(
  { url, username, password }: StoreLogin,
  query: string,
): Promise<readonly T[]> {
  const response = await fetch(`${url}/?database=steno`, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
    body: `${query} FORMAT JSONEachRow`,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return lines(text) as T[];
}

/** Runs `up` where it must not start, and gives how it ended, nothing of it being left. */
export async function refusedUp(settings: UpSettings): Promise<Ended & { err: string }> {
  const up = new RunningUp(settings);
  const seen = new Set<number>();
  const look = setInterval(() => {
    for (const { pid } of up.descendants()) seen.add(pid);
  }, 50);
  const ended = await up.exited;
  clearInterval(look);
  if (up.out !== '') throw new Error(`it printed ${up.out}`);
  await until('nothing is left of it', () => ![...seen].some(isAlive));
  return { ...ended, err: up.err };
}

/** The error that a command with --json ended with: the last line it printed. */
export function errorOf(err: string): { code: string; message: string; hint: string } {
  const last = lines(err).at(-1) as { error: { code: string; message: string; hint: string } };
  return last.error;
}

export function runFiles(folder: string): readonly string[] {
  return ['api.json', 'store.json'].filter((name) => existsSync(join(folder, 'data/run', name)));
}

/** Kills what tests left running, and waits until nothing of it writes any more. */
export async function killAll(ups: readonly RunningUp[]): Promise<void> {
  const running = ups.filter((up) => up.isRunning);
  const left = running.flatMap((up) => [up.pid, ...up.descendants().map(({ pid }) => pid)]);
  for (const pid of left) end(pid);
  await until('nothing is left of them', () => !left.some(isAlive));
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended by itself
  }
}
