import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startKafka } from '@steno/embedded-kafka';
import { startPostgres } from '@steno/embedded-postgres';
import type { BenchOptions, LogKind, PathName } from './options.js';
import { createTables } from './pgbench.js';
import type { Endpoint } from './pgbench.js';
import { findPgbouncer, pgbouncerVersion, startPgbouncer } from './pgbouncer.js';
import { startProcess } from './processes.js';
import type { Cleanup } from './processes.js';
import { DURABILITIES, Steno } from './steno.js';
import type { Durability } from './steno.js';

/** A way to the database that can be measured. */
export interface Path {
  readonly name: PathName;
  readonly endpoint: Endpoint;
  /** Who records what goes this way. */
  readonly recorder?: { readonly steno: Steno; readonly durability: Durability };
}

const RELAY = fileURLToPath(new URL('../../postgres/bare-relay.mjs', import.meta.url));
const HOST = '127.0.0.1';

export const say = (text: string) => void process.stderr.write(`${text}\n`);

/** A folder for everything that a run writes. */
export async function makeDirectory(cleanup: Cleanup): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-load-'));
  cleanup.add(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function startDatabase(
  directory: string,
  cleanup: Cleanup,
  connectionsMax = 700,
): Promise<Endpoint> {
  say('» Postgres 18');
  const server = await startPostgres({
    directory: join(directory, 'postgres'),
    superuser: 'bench',
    password: 'not a secret',
    settings: { max_connections: `${connectionsMax}`, shared_buffers: '256MB', autovacuum: 'off' },
  });
  cleanup.add(() => server.stop());
  const { host, port, username, password } = server;
  return { host, port, username, password, database: 'postgres' };
}

/** Everything between pgbench and the database that `names` asks for and that is there. */
export async function startPaths(
  { paths: names, log, profile }: Pick<BenchOptions, 'paths' | 'log' | 'profile'>,
  directory: string,
  cleanup: Cleanup,
): Promise<{ paths: Path[]; notes: string[] }> {
  const database = await startDatabase(directory, cleanup);
  say(`» pgbench tables of scale ${SCALE}`);
  await createTables(database, SCALE);
  const paths: Path[] = [];
  const notes: string[] = [];
  if (names.includes('direct')) paths.push({ name: 'direct', endpoint: database });
  if (names.includes('pgbouncer')) {
    const command = await findPgbouncer();
    if (command === undefined) {
      notes.push('pgbouncer is not installed: its path is left out, the bars are not judged.');
    } else {
      const endpoint = await startPgbouncer(command, database, cleanup);
      paths.push({ name: 'pgbouncer', endpoint });
      notes.push(`${await pgbouncerVersion(command)}, session pooling`);
    }
  }
  if (names.includes('relay')) {
    paths.push({ name: 'relay', endpoint: await startRelay(database, cleanup) });
  }
  const durabilities = DURABILITIES.filter((each) => names.includes(`steno-${each}`));
  if (durabilities.length > 0) {
    const broker = await startBroker(log, directory, cleanup);
    say('» steno up');
    const sides = { target: database, broker, profile };
    const steno = await Steno.start(join(directory, 'steno'), sides, cleanup);
    for (const durability of durabilities) {
      const recorder = { steno, durability };
      paths.push({ name: `steno-${durability}`, endpoint: steno.endpoint(durability), recorder });
    }
  }
  for (const note of notes) say(note);
  return { paths, notes };
}

/** About 150 MB, which stay in Postgres's buffers. */
export const SCALE = 10;

async function startRelay(target: Endpoint, cleanup: Cleanup): Promise<Endpoint> {
  const { match, stop } = await startProcess({
    command: process.execPath,
    args: [RELAY, `${target.port}`],
    ready: /^(\d+)\n/,
  });
  cleanup.add(stop);
  return { ...target, host: HOST, port: Number(match[1]) };
}

export async function startBroker(
  log: LogKind,
  directory: string,
  cleanup: Cleanup,
): Promise<string | undefined> {
  if (log === 'embedded') return undefined;
  say('» Kafka');
  const broker = await startKafka({ directory: join(directory, 'kafka'), forSpeed: true });
  cleanup.add(() => broker.stop());
  return broker.brokers[0];
}
