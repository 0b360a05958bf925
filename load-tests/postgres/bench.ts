import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { costOf, costTable } from './costs.js';
import type { Cost } from './costs.js';
import { makeDirectory, say, startPaths } from './environment.js';
import type { Path } from './environment.js';
import { describeMachine, watchStolenTime } from './machine.js';
import { isWhole, MODES, parseOptions, USAGE } from './options.js';
import type { BenchOptions } from './options.js';
import { cpuByPart } from './parts.js';
import { runPgbench } from './pgbench.js';
import type { Load } from './pgbench.js';
import type { Cleanup } from './processes.js';
import { judge, summarise, tables, whole } from './report.js';
import type { Sample } from './report.js';
import { runCommand } from './run-command.js';

// What recording costs: pgbench through Steno and beside it, in one run, with each command
// accounted for.

const RESULTS = { embedded: 'results.txt', kafka: 'results-kafka.txt' };
const LOG_TEXT = {
  embedded: 'steno up with its own log (LMDB) and its own ClickHouse',
  kafka:
    'steno up with a Kafka 4.1 broker and its own ClickHouse, all on this machine; ' +
    'the projector at lower priority',
};
/** Node's and Java's compilers need some seconds of load. */
const WARM_UP_SECONDS = 8;
/**
 * A run in which a hypervisor kept more of the processors' time to itself says little. Each wake of
 * an idle processor of a virtual machine counts as some; a tenth was seen on a quiet one.
 */
const STOLEN_MAX = 0.15;
const ATTEMPTS = 3;
const PAUSE_MS = 10_000;

interface Measured {
  readonly samples: Sample[];
  readonly recorded: number;
  readonly longestDrainSeconds: number;
  /** Most commands that were not in the store when their run ended. */
  readonly longestBacklog: number;
  /** Runs that were made again. */
  readonly disturbed: number;
  readonly costs: readonly Cost[];
}

interface OneRun {
  readonly tps: number;
  readonly p99Ms: number;
  /** Commands that were recorded, which is all of them or none. */
  readonly recorded: number;
  readonly drainSeconds: number;
  /** Of its commands, those that were not in the store when it ended. */
  readonly backlog: number;
  /** Microseconds for each command, by process of Steno. */
  readonly us: ReadonlyMap<string, number> | undefined;
  /** Share of the processors' time that a hypervisor kept from this machine. */
  readonly stolen: number;
}

async function bench(options: BenchOptions, cleanup: Cleanup): Promise<number> {
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  const { paths, notes } = await startPaths(options, directory, cleanup);
  await warmUp(paths, Math.max(...options.clients));
  const measured = await measure(paths, options);
  const summaries = summarise(measured.samples);
  const bars = judge(summaries, options.log);
  const report = [
    'pgbench -S (select-only), one thread, no TLS; ' +
      `medians of ${options.rounds} x ${options.seconds} s, paths in turn\n` +
      LOG_TEXT[options.log],
    [machine, ...notes].join('\n'),
    tables(summaries),
    bars.text,
    ...costTable(measured.costs),
    ...recordedText(measured),
    ...disturbedText(measured),
  ].join('\n\n');
  process.stdout.write(`${report}\n`);
  if (!isWhole(options)) {
    say('A partial or short run: the kept results stay as they are.');
    return 0;
  }
  const file = new URL(`../../postgres/${RESULTS[options.log]}`, import.meta.url);
  await writeFile(fileURLToPath(file), `${report}\n`);
  return bars.missed === 0 ? 0 : 1;
}

function recordedText({ recorded, longestDrainSeconds, longestBacklog }: Measured): string[] {
  if (recorded === 0) return [];
  return [
    `${whole(recorded)} transactions went through Steno; every command was recorded, in sessions ` +
      `without gaps.\nIt took at most ${longestDrainSeconds.toFixed(1)} s after a run until the ` +
      `last was in the store;\nat most ${whole(longestBacklog)} were not there when a run ended.`,
  ];
}

function disturbedText({ disturbed }: Measured): string[] {
  if (disturbed === 0) return [];
  const percent = 100 * STOLEN_MAX;
  return [
    `${whole(disturbed)} runs were made again, since a hypervisor kept more than ${percent} % of ` +
      `the\nprocessors' time from this machine; of ${ATTEMPTS} such, the least disturbed counts.`,
  ];
}

async function warmUp(paths: readonly Path[], clients: number): Promise<void> {
  for (const path of paths) {
    for (const mode of MODES) {
      say(`warm-up: ${path.name}, ${mode}`);
      await runOnce(path, { mode, clients }, WARM_UP_SECONDS);
    }
  }
}

async function measure(paths: readonly Path[], options: BenchOptions): Promise<Measured> {
  const loads = options.clients.flatMap((clients) => MODES.map((mode) => ({ mode, clients })));
  const total = options.rounds * loads.length * paths.length;
  const samples: Sample[] = [];
  const costs: Cost[] = [];
  let [recorded, longestDrainSeconds, longestBacklog, disturbed] = [0, 0, 0, 0];
  for (let round = 0; round < options.rounds; round += 1) {
    // Another order each time, so that none always follows the same.
    const start = round % paths.length;
    const order = [...paths.slice(start), ...paths.slice(0, start)];
    for (const load of loads) {
      for (const path of order) {
        const run = await runUndisturbed(path, load, options.seconds);
        samples.push({ ...load, path: path.name, tps: run.tps, p99Ms: run.p99Ms });
        if (run.us !== undefined) costs.push({ ...load, path: path.name, us: run.us });
        recorded += run.recorded;
        longestDrainSeconds = Math.max(longestDrainSeconds, run.drainSeconds);
        longestBacklog = Math.max(longestBacklog, run.backlog);
        disturbed += run.disturbed;
        say(
          `[${samples.length}/${total}] ${load.mode}, ${load.clients} clients, ` +
            `${path.name}: ${whole(run.tps)} TPS, p99 ${run.p99Ms.toFixed(2)} ms, ` +
            `${whole(run.backlog)} behind, there after ${run.drainSeconds.toFixed(1)} s`,
        );
      }
    }
  }
  return { samples, costs, recorded, longestDrainSeconds, longestBacklog, disturbed };
}

/** Repeats a run that others disturbed, whatever it measured. */
async function runUndisturbed(
  path: Path,
  load: Load,
  seconds: number,
): Promise<OneRun & { readonly disturbed: number }> {
  const runs: OneRun[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const run = await runOnce(path, load, seconds);
    runs.push(run);
    if (run.stolen <= STOLEN_MAX || attempt === ATTEMPTS) break;
    say(`  ${path.name}: ${(100 * run.stolen).toFixed(0)} % of the time was stolen; again`);
    await delay(PAUSE_MS);
  }
  const best = runs.reduce((least, run) => (run.stolen < least.stolen ? run : least));
  const recorded = runs.reduce((sum, run) => sum + run.recorded, 0);
  return { ...best, recorded, disturbed: runs.length - 1 };
}

/** Throws when what Steno recorded is not what pgbench did. */
async function runOnce(path: Path, load: Load, seconds: number): Promise<OneRun> {
  const since = new Date();
  const supervisor = path.recorder?.steno.pid;
  const before = supervisor === undefined ? undefined : await cpuByPart(supervisor);
  const { result, stolen } = await watchStolenTime(() => runPgbench(path.endpoint, load, seconds));
  const { tps, p99Ms, transactions } = result;
  if (path.recorder === undefined || before === undefined) {
    return { tps, p99Ms, stolen, us: undefined, recorded: 0, drainSeconds: 0, backlog: 0 };
  }
  const { steno, durability } = path.recorder;
  const us = costOf(before, await cpuByPart(steno.pid), transactions);
  const ended = Date.now();
  const sessions = load.clients + 1;
  const backlog = transactions - (await steno.inStore({ durability, since }));
  // pgbench looks at its tables in a session of its own before its clients connect.
  const [, ...commands] = await steno.recorded({ durability, since, sessions });
  const drainSeconds = (Date.now() - ended) / 1000;
  const recorded = commands.reduce((sum, each) => sum + each, 0);
  if (recorded !== transactions) {
    throw new Error(
      `${path.name} recorded ${recorded} commands of ${transactions} transactions ` +
        `(${load.mode}, ${load.clients} clients)`,
    );
  }
  if (!(await steno.untilQuiet())) say('Steno is still at work behind the recording; going on.');
  return { tps, p99Ms, stolen, us, recorded, drainSeconds, backlog };
}

await runCommand(USAGE, parseOptions, bench);
