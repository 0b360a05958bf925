import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Mode } from './options.js';

const run = promisify(execFile);

/** Where a client connects, and as whom. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

export interface Load {
  readonly mode: Mode;
  readonly clients: number;
}

export interface PgbenchResult {
  readonly transactions: number;
  /** A second, without the time that connecting took. */
  readonly tps: number;
}

const GRACE_MS = 60_000;

/** Select-only pgbench in one thread. Throws when a transaction or a client failed. */
export async function runPgbench(
  endpoint: Endpoint,
  { mode, clients }: Load,
  seconds: number,
): Promise<PgbenchResult> {
  const args = ['-S', '-n', '-M', mode, '-c', `${clients}`, '-j', '1', '-T', `${seconds}`];
  const options = { env: clientEnvironment(endpoint), timeout: seconds * 1000 + GRACE_MS };
  const { stdout } = await run('pgbench', args, options);
  return parsePgbench(stdout);
}

/** Makes pgbench's tables; scale 1 is 100,000 accounts, 15 MB. */
export async function createTables(endpoint: Endpoint, scale: number): Promise<void> {
  await run('pgbench', ['-i', '-q', '-s', `${scale}`], { env: clientEnvironment(endpoint) });
}

/** What libpq reads; nothing else of ours, which may say otherwise. */
export function clientEnvironment(endpoint: Endpoint): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    PGHOST: endpoint.host,
    PGPORT: `${endpoint.port}`,
    PGDATABASE: endpoint.database,
    PGUSER: endpoint.username,
    PGPASSWORD: endpoint.password,
    PGSSLMODE: 'disable',
    PGGSSENCMODE: 'disable',
  };
}

/** Reads the summary that pgbench 14 and newer print. Throws when it is no whole one. */
export function parsePgbench(output: string): PgbenchResult {
  const find = (pattern: RegExp): number => {
    const [, value] = pattern.exec(output) ?? [];
    if (value !== undefined) return Number(value);
    throw new Error(`pgbench printed nothing like ${pattern.source}:\n${output}`);
  };
  const transactions = find(/^number of transactions actually processed: (\d+)/m);
  const tps = find(/^tps = ([\d.]+) \(without initial connection time\)$/m);
  // A line of pgbench 15 and newer.
  const [, failed = '0'] = /^number of failed transactions: (\d+) /m.exec(output) ?? [];
  if (failed !== '0') throw new Error(`${failed} transactions failed:\n${output}`);
  return { transactions, tps };
}
