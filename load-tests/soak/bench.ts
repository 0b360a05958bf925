import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDirectory, SCALE, say, startBroker, startDatabase } from '../postgres/environment.js';
import { describeMachine } from '../postgres/machine.js';
import { createTables, runPgbench } from '../postgres/pgbench.js';
import type { Cleanup } from '../postgres/processes.js';
import { whole } from '../postgres/report.js';
import { runCommand } from '../postgres/run-command.js';
import { DURABILITIES, Steno } from '../postgres/steno.js';
import type { Durability } from '../postgres/steno.js';
import { MemoryWatch } from './memory-watch.js';
import type { MemoryCourse } from './memory-watch.js';

// Many sessions at once on one capture, for a while: nothing may be missing, no memory may grow.

const RESULTS = fileURLToPath(new URL('../../soak/results.txt', import.meta.url));
const DEFAULTS = { minutes: 20, sessions: 1_000, perSecond: 500 };
const GROWTH_MAX = 0.05;
const SAMPLE_MS = 10_000;
/** For those whose connections are not sessions of the load. */
const SPARE_CONNECTIONS = 100;
const USAGE = `usage: bench:soak -- [OPTIONS]
  --minutes     default ${DEFAULTS.minutes}
  --sessions    at the same time, one half strict, one half fast; default ${DEFAULTS.sessions}
  --per-second  commands of all of them; default ${DEFAULTS.perSecond}
  --keep        writes the report to load-tests/soak/results.txt`;

interface Options {
  readonly minutes: number;
  readonly sessions: number;
  readonly perSecond: number;
  readonly keep: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: text,
      sessions: text,
      'per-second': text,
      keep: { type: 'boolean', default: false },
    },
  });
  const positive = (name: string, given: string | undefined, fallback: number): number => {
    const value = Number(given ?? fallback);
    if (Number.isInteger(value) && value >= 1) return value;
    throw new Error(`--${name} must be a whole number above 0, not '${given}'`);
  };
  return {
    minutes: positive('minutes', values.minutes, DEFAULTS.minutes),
    sessions: positive('sessions', values.sessions, DEFAULTS.sessions),
    perSecond: positive('per-second', values['per-second'], DEFAULTS.perSecond),
    keep: values.keep,
  };
}

async function bench(options: Options, cleanup: Cleanup): Promise<number> {
  const { minutes, sessions, perSecond, keep } = options;
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  const connections = sessions + SPARE_CONNECTIONS;
  const target = await startDatabase(directory, cleanup, connections);
  await createTables(target, SCALE);
  const broker = await startBroker('kafka', directory, cleanup);
  say('» steno up');
  const steno = await Steno.start(join(directory, 'steno'), { target, broker }, cleanup);
  say(`» ${sessions} sessions, ${perSecond} commands/s, ${minutes} minutes`);
  const watch = new MemoryWatch(steno.pid, SAMPLE_MS);
  const halves = await Promise.all(DURABILITIES.map((each) => half(steno, each, options)));
  const memory = watch.stop();
  const grown = memory.filter(({ growth }) => !(growth <= GROWTH_MAX));
  const report = [
    `${whole(sessions)} sessions at once on one capture, ${minutes} minutes, ${perSecond} ` +
      'commands/s; Kafka and ClickHouse on the same machine.',
    machine,
    '',
    ...halves,
    '',
    'memory of its own, mean of the second quarter of the time and of the last, MB:',
    ...memory.map(memoryLine),
  ].join('\n');
  process.stdout.write(`${report}\n`);
  if (keep) await writeFile(RESULTS, `${report}\n`);
  return grown.length === 0 ? 0 : 1;
}

function memoryLine({ name, before, after, growth }: MemoryCourse): string {
  const sizes = [before, after].map((bytes) => (bytes / 1e6).toFixed(1).padStart(9)).join('');
  const verdict = growth <= GROWTH_MAX ? 'PASS' : 'MISSED';
  const percent = (100 * growth).toFixed(1).padStart(8);
  return `${name.padEnd(12)}${sizes}${percent} %   bar ${100 * GROWTH_MAX} %: ${verdict}`;
}

/** Throws when what was recorded is not what was done. */
async function half(
  steno: Steno,
  durability: Durability,
  { minutes, sessions, perSecond }: Options,
): Promise<string> {
  const clients = Math.ceil(sessions / 2);
  const since = new Date();
  const load = { mode: 'simple', clients } as const;
  const endpoint = steno.endpoint(durability);
  const run = await runPgbench(endpoint, load, 60 * minutes, Math.ceil(perSecond / 2));
  // pgbench looks at its tables in a session of its own before its clients connect.
  const [, ...commands] = await steno.recorded({ durability, since, sessions: clients + 1 });
  const recorded = commands.reduce((sum, each) => sum + each, 0);
  if (recorded !== run.transactions) {
    throw new Error(`${durability}: recorded ${recorded} of ${run.transactions} commands`);
  }
  const counted = `${whole(clients)} sessions, all complete; ${whole(recorded)} commands`;
  return `${durability.padEnd(8)}${counted}, each recorded once; p99 ${run.p99Ms.toFixed(1)} ms`;
}

await runCommand(USAGE, parseOptions, bench);
