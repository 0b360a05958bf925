import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

export interface Measurement extends PgbenchResult {
  /** 99 of 100 transactions took at most so long, in milliseconds. */
  readonly p99Ms: number;
}

/** Of each transaction's time, every tenth is noted: enough for a p99, and next to no work. */
const SAMPLING_RATE = 0.1;
const GRACE_MS = 60_000;

/**
 * Select-only pgbench in one thread, as fast as it goes or so many transactions a second. Throws
 * when a transaction or a client failed.
 */
export async function runPgbench(
  endpoint: Endpoint,
  { mode, clients }: Load,
  seconds: number,
  perSecond?: number,
): Promise<Measurement> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-pgbench-'));
  try {
    const load = ['-S', '-n', '-M', mode, '-c', `${clients}`, '-j', '1', '-T', `${seconds}`];
    const log = ['--log', `--log-prefix=${join(directory, 'log')}`];
    const rate = perSecond === undefined ? [] : [`--rate=${perSecond}`];
    const args = [...load, ...rate, ...log, `--sampling-rate=${SAMPLING_RATE}`];
    const options = { env: clientEnvironment(endpoint), timeout: seconds * 1000 + GRACE_MS };
    const { stdout } = await run('pgbench', args, options);
    const texts = (await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8'));
    return {
      ...parsePgbench(stdout),
      p99Ms: percentile((await Promise.all(texts)).join(''), 0.99),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Of the latencies in pgbench's log (its manual, "Per-Transaction Logging"), in milliseconds. */
export function percentile(log: string, share: number): number {
  const lines = log.split('\n').filter((line) => line !== '');
  const sorted = lines.map((line) => Number(line.split(' ')[2])).sort((a, b) => a - b);
  const value = sorted[Math.ceil(sorted.length * share) - 1];
  if (value === undefined || Number.isNaN(value)) throw new Error('pgbench noted no latencies');
  return value / 1_000;
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
