import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDirectory, say, SCALE, startDatabase } from '../postgres/environment.js';
import { describeMachine } from '../postgres/machine.js';
import { createTables, runPgbench } from '../postgres/pgbench.js';
import type { Endpoint } from '../postgres/pgbench.js';
import type { Cleanup } from '../postgres/processes.js';
import { median } from '../postgres/report.js';
import { runCommand } from '../postgres/run-command.js';
import { Steno } from '../postgres/steno.js';
import { makePeople, readPeople } from './people.js';

// What the gate costs, each against Steno without it in the same run: 100 policies under pgbench,
// and masking of a result of ten columns, by rules for three of them and by all detectors.

const RESULTS = fileURLToPath(new URL('../../gate/results.txt', import.meta.url));
const SHIPPED = new URL('../../../deploy/policies/', import.meta.url);
const RULES = 99;
const CLIENTS = 8;
const USAGE = `usage: bench:gate -- [OPTIONS]
  --rounds   how often each is measured; default 5
  --seconds  of each run of pgbench; default 5
  --rows     of the result that is masked; default 100000
  --keep     writes the report to load-tests/gate/results.txt`;

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: number;
  readonly keep: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      rows: { type: 'string', default: '100000' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [rounds, seconds, rows] = [values.rounds, values.seconds, values.rows].map((text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new Error(`not a whole number: ${text}`);
    return value;
  });
  return { rounds: rounds ?? 1, seconds: seconds ?? 1, rows: rows ?? 1, keep: values.keep };
}

/** What is measured: more is better. */
type Measure = (endpoint: Endpoint) => Promise<number>;

interface Case {
  readonly name: string;
  readonly measure: Measure;
  readonly without: Endpoint;
  readonly with: Endpoint;
  /** Least ratio. */
  readonly bar: number;
}

async function bench(options: Options, cleanup: Cleanup): Promise<number> {
  const { rounds, seconds, rows, keep } = options;
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  const target = await startDatabase(directory, cleanup);
  await createTables(target, SCALE);
  await makePeople(target, rows);
  const start = async (name: string, files: Readonly<Record<string, string>>) => {
    const own = join(directory, name);
    await mkdir(own, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(own, file), text);
    const sides = { target, broker: undefined, policies: Object.keys(files) };
    return (await Steno.start(own, sides, cleanup)).endpoint('fast');
  };
  say('» starting Steno five times, each by other policies');
  const none = await start('none', {});
  const many = await start('many', { 'many.cedar': await manyRules() });
  const open = await start('open', { 'open.cedar': PERMIT });
  const columns = await start('columns', { 'columns.cedar': `${BY_COLUMN}\n${PERMIT}` });
  const shipped = await readFile(new URL('mask-pii.cedar', SHIPPED), 'utf8');
  const values = await start('values', { 'mask-pii.cedar': shipped });
  const pgbench =
    (mode: 'simple' | 'prepared'): Measure =>
    async (endpoint) =>
      (await runPgbench(endpoint, { mode, clients: CLIENTS }, seconds)).tps;
  const reading: Measure = (endpoint) => readPeople(endpoint, rows);
  const cases: readonly Case[] = [
    {
      name: '100 policies, simple',
      measure: pgbench('simple'),
      without: none,
      with: many,
      bar: 0.9,
    },
    {
      ...{ name: '100 policies, prepared', measure: pgbench('prepared') },
      ...{ without: none, with: many, bar: 0.9 },
    },
    { name: 'masked by column', measure: reading, without: open, with: columns, bar: 0.85 },
    { name: 'masked by value', measure: reading, without: open, with: values, bar: 0.5 },
  ];
  const lines: string[] = [];
  let missed = 0;
  for (const each of cases) {
    say(`» ${each.name}`);
    const ratio = await ratioOf(each, rounds);
    const isReached = ratio >= each.bar;
    missed += isReached ? 0 : 1;
    const verdict = isReached ? 'PASS' : 'MISSED';
    lines.push(`${each.name.padEnd(26)}${ratio.toFixed(2)}   bar ${each.bar}: ${verdict}`);
  }
  const report = [
    'What the gate costs: throughput with, over throughput without, Steno fast, medians.',
    `pgbench -S with ${CLIENTS} clients; psql reading ${rows} rows of ten columns.`,
    machine,
    '',
    ...lines,
  ].join('\n');
  process.stdout.write(`${report}\n`);
  if (keep) await writeFile(RESULTS, `${report}\n`);
  return Math.min(missed, 1);
}

/** Both sides by turns, so that what else the machine does falls on both. */
async function ratioOf({ measure, ...sides }: Case, rounds: number): Promise<number> {
  const measured = { without: [] as number[], with: [] as number[] };
  await measure(sides.without);
  await measure(sides.with);
  for (let round = 0; round < rounds; round += 1) {
    measured.without.push(await measure(sides.without));
    measured.with.push(await measure(sides.with));
  }
  return median(measured.with) / median(measured.without);
}

const PERMIT = '@id("all") permit (principal, action, resource);';
const BY_COLUMN = `@id("columns") @mask("columns=people.email,people.phone,people.card")
permit (principal, action, resource);`;

async function manyRules(): Promise<string> {
  const shipped = await readFile(new URL('read-only.cedar', SHIPPED), 'utf8');
  const rules = Array.from({ length: RULES }, (_, n) => {
    return `@id("r${n}") forbid (principal in Group::"g${n}", action == Action::"select", resource)
      when { context.environment == "e${n}" };`;
  });
  return [shipped, ...rules].join('\n');
}

await runCommand(USAGE, parseOptions, bench);
