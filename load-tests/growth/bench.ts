import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeDirectory, say } from '../postgres/environment.js';
import { describeMachine } from '../postgres/machine.js';
import { Cleanup } from '../postgres/processes.js';
import { runCommand } from '../postgres/run-command.js';
import { growByClients } from './clients.js';
import { growByRows } from './rows.js';

// How cost grows: with the clients that are at work at once, and with what the store holds already.
// It judges nothing; it shows where a curve bends.

const RESULTS = fileURLToPath(new URL('../../growth/results.txt', import.meta.url));
const CLIENTS = [1, 2, 4, 8, 16];
const MILLION = 1_000_000;
const ROWS = [1, 10, 100];
const USAGE = `usage: bench:growth -- [OPTIONS]
  --millions  of rows in the store, growing; default ${ROWS.join(',')}. 100 need 20 GB of disk
  --keep      writes the report to load-tests/growth/results.txt`;

interface Options {
  readonly millions: readonly number[];
  readonly keep: boolean;
}

function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { millions: { type: 'string' }, keep: { type: 'boolean', default: false } },
  });
  const millions = values.millions?.split(',').map(Number) ?? ROWS;
  const isGrowing = millions.every((each, index) => each > (millions[index - 1] ?? 0));
  if (!isGrowing) throw new Error(`--millions must be numbers that grow, not ${values.millions}`);
  return { millions, keep: values.keep };
}

async function bench({ millions, keep }: Options, cleanup: Cleanup): Promise<number> {
  const directory = await makeDirectory(cleanup);
  const machine = await describeMachine(directory);
  // What belongs to the first part is gone before the second is measured.
  const ofClients = new Cleanup();
  cleanup.add(() => ofClients.run());
  const byClients = await growByClients(join(directory, 'clients'), CLIENTS, ofClients);
  await ofClients.run();
  say('» rows in the store');
  const rows = millions.map((each) => each * MILLION);
  const byRows = await growByRows(join(directory, 'rows'), rows, cleanup);
  const report = [
    'How cost grows: Steno with Kafka and its own ClickHouse, all on one machine.',
    machine,
    '',
    byClients,
    '',
    byRows,
  ].join('\n');
  process.stdout.write(`${report}\n`);
  if (keep) await writeFile(RESULTS, `${report}\n`);
  return 0;
}

await runCommand(USAGE, parseOptions, bench);
