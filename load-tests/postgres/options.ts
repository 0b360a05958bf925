import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The ways to the database that are compared. */
export const PATHS = ['direct', 'pgbouncer', 'relay', 'steno-fast', 'steno-strict'] as const;
export type PathName = (typeof PATHS)[number];

/** The first is the rival that the bars name. */
export const REFERENCES = ['pgbouncer', 'direct', 'relay'] as const satisfies readonly PathName[];

export const MODES = ['simple', 'prepared'] as const;
export type Mode = (typeof MODES)[number];

/** Where Steno keeps its events: in the log that it brings, or in Kafka behind a spool. */
export const LOGS = ['embedded', 'kafka'] as const;
export type LogKind = (typeof LOGS)[number];

export interface BenchOptions {
  readonly log: LogKind;
  readonly rounds: number;
  /** Of one pgbench run. */
  readonly seconds: number;
  readonly paths: readonly PathName[];
  readonly clients: readonly number[];
  /** Where the processes of Steno leave CPU profiles; undefined: they make none. */
  readonly profile: string | undefined;
}

export const DEFAULTS: BenchOptions = {
  log: 'embedded',
  rounds: 5,
  seconds: 5,
  paths: PATHS,
  clients: [1, 8],
  profile: undefined,
};

/** Of fewer, a median says little. */
const KEPT_ROUNDS = 3;

export const USAGE = `usage: bench:postgres -- [OPTIONS]
  --log      of ${LOGS.join(',')}; default ${DEFAULTS.log}
  --rounds   how often each path is measured; default ${DEFAULTS.rounds}
  --seconds  how long each time; default ${DEFAULTS.seconds}
  --paths    of ${PATHS.join(',')}
  --clients  default ${DEFAULTS.clients.join(',')}
  --profile  a folder for CPU profiles of Steno's processes (npm -w load-tests run profile -- FILE)
Only a run of all paths and clients, of ${KEPT_ROUNDS} rounds or more as long as the default, is
kept: as results.txt, or results-kafka.txt.`;

const MOST = 10_000;

/** Throws an Error that says what is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { log: text, rounds: text, seconds: text, paths: text, clients: text, profile: text },
  });
  const { log, rounds, seconds, paths, clients, profile } = values;
  return {
    log: log === undefined ? DEFAULTS.log : oneOf('--log', LOGS, log),
    rounds: rounds === undefined ? DEFAULTS.rounds : count('--rounds', rounds),
    seconds: seconds === undefined ? DEFAULTS.seconds : count('--seconds', seconds),
    paths:
      paths === undefined
        ? DEFAULTS.paths
        : paths.split(',').map((each) => oneOf('--paths', PATHS, each)),
    clients:
      clients === undefined
        ? DEFAULTS.clients
        : clients.split(',').map((each) => count('--clients', each)),
    profile: profile === undefined ? undefined : resolve(profile),
  };
}

/** Whether a run with these options says enough to be kept. */
export function isWhole({ rounds, seconds, paths, clients, profile }: BenchOptions): boolean {
  return (
    profile === undefined &&
    rounds >= KEPT_ROUNDS &&
    seconds >= DEFAULTS.seconds &&
    DEFAULTS.paths.every((path) => paths.includes(path)) &&
    DEFAULTS.clients.every((each) => clients.includes(each))
  );
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw new Error(`${option} must be a whole number from 1 to ${MOST}, not '${text}'`);
}

function oneOf<T extends string>(option: string, known: readonly T[], text: string): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new Error(`${option} knows ${known.join(', ')}, not '${text}'`);
  return found;
}
