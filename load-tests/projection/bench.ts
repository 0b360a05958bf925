import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDirectory, say } from '../postgres/environment.js';
import { describeMachine } from '../postgres/machine.js';
import type { Cleanup } from '../postgres/processes.js';
import { runCommand } from '../postgres/run-command.js';
import { catchUp } from './catch-up.js';
import { measureFreshness } from './freshness.js';
import { feedPrepared } from './prepared.js';
import { LOGS, startSides } from './sides.js';
import type { LogKind } from './sides.js';
import { measureStages } from './stages.js';
import { Workload } from './workload.js';

// How fast the projector puts a log into ClickHouse that is there already, beside ClickHouse alone
// that is fed the same rows; and how soon after its commit an event can be queried.

const RESULTS = { embedded: 'results.txt', kafka: 'results-kafka.txt' };
const EVENTS = 400_000;
const STAGE_EVENTS = 20_000;
const COMMANDS_PER_COMMIT = 25;
const BARS = { eventsPerSecond: 100_000, ofPrepared: 0.5, p95Ms: 1_500 };
const USAGE = `usage: bench:projection -- [OPTIONS]
  --log   of ${LOGS.join(',')}; default embedded
  --keep  writes the report to load-tests/projection`;

interface Options {
  readonly log: LogKind;
  readonly keep: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { log: { type: 'string', default: 'embedded' }, keep: { type: 'boolean' } },
  });
  const log = LOGS.find((kind) => kind === values.log);
  if (log === undefined) throw new Error(`--log knows ${LOGS.join(', ')}, not '${values.log}'`);
  return { log, keep: values.keep ?? false };
}

async function bench({ log, keep }: Options, cleanup: Cleanup): Promise<number> {
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  say(`» ${log} log, ClickHouse`);
  const sides = await startSides(log, directory, cleanup);
  const workload = new Workload('a000');
  const count = EVENTS / (2 * COMMANDS_PER_COMMIT);
  const batches = Array.from({ length: count }, () => workload.commands(COMMANDS_PER_COMMIT));
  say('» ClickHouse alone');
  const prepared = await feedPrepared(sides, batches, EVENTS);
  say('» catching up');
  const caughtUp = await catchUp(sides, batches, EVENTS);
  say('» from commit to query');
  const p95Ms: number[] = [];
  const fresh: string[] = [];
  for (const perSecond of [500, 5_000]) {
    const measured = await measureFreshness(sides, perSecond);
    p95Ms.push(measured.p95Ms);
    fresh.push(measured.text);
  }
  const verdicts = [
    verdict(`${whole(caughtUp.perSecond)} events/s`, BARS.eventsPerSecond, caughtUp.perSecond),
    verdict('of ClickHouse alone', BARS.ofPrepared, caughtUp.perSecond / prepared),
    verdict('p95 at 5,000 events/s, ms', -BARS.p95Ms, -(p95Ms.at(-1) ?? Infinity)),
  ];
  const report = [
    `The projector between ${log === 'kafka' ? 'Kafka' : 'an embedded log'} and an embedded ` +
      'ClickHouse, all on one machine.',
    machine,
    '',
    `catch-up, ${whole(EVENTS)} events with as many pieces of content:`,
    `  ${whole(caughtUp.perSecond)} events/s`,
    `  processor, projector and reading: ${caughtUp.ownUs.toFixed(1)} us an event`,
    `  processor, ClickHouse: ${caughtUp.serverUs.toFixed(1)} us an event, merges included`,
    `  ClickHouse alone, the same rows prepared: ${whole(prepared)} events/s`,
    ...stages(),
    '',
    ...fresh,
    '',
    ...verdicts.map(({ text }) => text),
  ].join('\n');
  process.stdout.write(`${report}\n`);
  const file = fileURLToPath(new URL(`../../projection/${RESULTS[log]}`, import.meta.url));
  if (keep) await writeFile(file, `${report}\n`);
  return verdicts.every(({ isReached }) => isReached) ? 0 : 1;
}

function stages(): string[] {
  const workload = new Workload('c000');
  const count = STAGE_EVENTS / (2 * COMMANDS_PER_COMMIT);
  const batches = Array.from({ length: count }, () => workload.commands(COMMANDS_PER_COMMIT));
  const { batch, columns, hash, rows } = measureStages(batches, STAGE_EVENTS);
  const line = (name: string, value: number): string =>
    `  ${name.padEnd(29)}${value.toFixed(1).padStart(5)}`;
  return [
    'of which, us an event:',
    line('records of a batch', batch),
    line('columns of the envelope', columns),
    line('rows', rows),
    line('(a hash, where one is needed)', hash),
  ];
}

function verdict(what: string, bar: number, reached: number) {
  const isReached = reached >= bar;
  const text = `${what}: ${format(reached)}, bar ${format(bar)}: ${isReached ? 'PASS' : 'MISSED'}`;
  return { text, isReached };
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');

function format(value: number): string {
  const size = Math.abs(value);
  return size < 10 ? size.toFixed(2) : whole(size);
}

await runCommand(USAGE, parseOptions, bench);
