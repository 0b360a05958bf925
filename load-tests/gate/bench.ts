import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDirectory, say, SCALE, startDatabase } from '../postgres/environment.js';
import { describeMachine } from '../postgres/machine.js';
import { createTables, runPgbench } from '../postgres/pgbench.js';
import type { Endpoint } from '../postgres/pgbench.js';
import { Cleanup } from '../postgres/processes.js';
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
  --only     measures what has this in its name
  --keep     writes the report to load-tests/gate/results.txt`;

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: number;
  readonly only: string;
  readonly keep: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      rows: { type: 'string', default: '100000' },
      only: { type: 'string', default: '' },
      keep: { type: 'boolean', default: false },
    },
  });
  const [rounds, seconds, rows] = [values.rounds, values.seconds, values.rows].map((text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new Error(`not a whole number: ${text}`);
    return value;
  });
  const { only, keep } = values;
  if (keep && only !== '') throw new Error('what is kept is all of it: --keep without --only');
  return { rounds: rounds ?? 1, seconds: seconds ?? 1, rows: rows ?? 1, only, keep };
}

/** What is measured: more is better. */
type Measure = (endpoint: Endpoint) => Promise<number>;

/** Files of policies, by name. */
type Policies = Readonly<Record<string, string>>;

interface Case {
  readonly name: string;
  readonly measure: Measure;
  readonly without: Policies;
  readonly with: Policies;
  /** Least ratio. */
  readonly bar: number;
}

async function bench(options: Options, cleanup: Cleanup): Promise<number> {
  const { rounds, rows, only, keep } = options;
  const wanted = (await casesOf(options)).filter(({ name }) => name.includes(only));
  if (wanted.length === 0) throw new Error(`nothing that is measured has "${only}" in its name`);
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  const target = await startDatabase(directory, cleanup);
  await createTables(target, SCALE);
  await makePeople(target, rows);
  const lines: string[] = [];
  let missed = 0;
  for (const each of wanted) {
    say(`» ${each.name}`);
    // The two that are compared alone: one that idles takes a twentieth of a processor.
    const own = new Cleanup();
    cleanup.add(() => own.run());
    const start = (name: string, files: Policies) =>
      startWith(files, { directory: join(directory, `${each.name}, ${name}`), target }, own);
    const sides = {
      without: await start('without', each.without),
      with: await start('with', each.with),
    };
    const ratio = await ratioOf(each.measure, sides, rounds);
    await own.run();
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

async function casesOf({ seconds, rows }: Options): Promise<readonly Case[]> {
  const pgbench =
    (mode: 'simple' | 'prepared'): Measure =>
    async (endpoint) =>
      (await runPgbench(endpoint, { mode, clients: CLIENTS }, seconds)).tps;
  const reading: Measure = (endpoint) => readPeople(endpoint, rows);
  const many = { 'many.cedar': await manyRules() };
  const open = { 'open.cedar': PERMIT };
  const columns = { 'columns.cedar': `${BY_COLUMN}\n${PERMIT}` };
  const values = { 'mask-pii.cedar': await readFile(new URL('mask-pii.cedar', SHIPPED), 'utf8') };
  const policies = { without: {}, with: many, bar: 0.9 };
  return [
    { name: '100 policies, simple', measure: pgbench('simple'), ...policies },
    { name: '100 policies, prepared', measure: pgbench('prepared'), ...policies },
    { name: 'masked by column', measure: reading, without: open, with: columns, bar: 0.85 },
    { name: 'masked by value', measure: reading, without: open, with: values, bar: 0.5 },
  ];
}

async function startWith(
  policies: Policies,
  { directory, target }: { readonly directory: string; readonly target: Endpoint },
  cleanup: Cleanup,
): Promise<Steno> {
  await mkdir(directory, { recursive: true });
  for (const [file, text] of Object.entries(policies)) await writeFile(join(directory, file), text);
  const sides = { target, broker: undefined, policies: Object.keys(policies) };
  return Steno.start(directory, sides, cleanup);
}

/** Both sides by turns, so that what else the machine does falls on both. */
async function ratioOf(
  measure: Measure,
  sides: { readonly without: Steno; readonly with: Steno },
  rounds: number,
): Promise<number> {
  const measured = async (steno: Steno) => {
    const found = await measure(steno.endpoint('fast'));
    // What one leaves to be projected is not to be a burden of the other.
    if (!(await steno.untilQuiet())) throw new Error('what was recorded is projected still');
    return found;
  };
  await measured(sides.without);
  await measured(sides.with);
  const all = { without: [] as number[], with: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const without = await measured(sides.without);
    const gated = await measured(sides.with);
    say(`  ${gated.toFixed(0)} over ${without.toFixed(0)}: ${(gated / without).toFixed(2)}`);
    all.without.push(without);
    all.with.push(gated);
  }
  return median(all.with) / median(all.without);
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
