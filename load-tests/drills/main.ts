import { writeFile } from 'node:fs/promises';
import { makeDirectory, say } from '../postgres/environment.js';
import type { Cleanup } from '../postgres/processes.js';
import { runCommand } from '../postgres/run-command.js';
import { LONG, SHORT } from './drill.js';
import { DRILLS } from './drills.js';
import { Installation } from './installation.js';
import { parseOptions, USAGE } from './options.js';
import type { DrillOptions } from './options.js';
import { RESULTS } from './places.js';
import { hasPassed, table, verdictOf } from './report.js';
import type { Result } from './report.js';
import { DrillRunner } from './run-drill.js';

const NAMES = DRILLS.map(({ name }) => name);

async function body(options: DrillOptions, cleanup: Cleanup): Promise<number> {
  const { only, seed, long } = options;
  const drills = DRILLS.filter(({ name }) => only?.includes(name) ?? true);
  if (options.list) {
    for (const { name, does, allows } of drills) {
      process.stdout.write(`${name}: ${does}. Allowed: ${allows}.\n`);
    }
    return 0;
  }
  const startedAt = Date.now();
  say(`» seed ${seed}; Kafka, ClickHouse, Postgres, two captures, projector, api`);
  const site = await Installation.start(await makeDirectory(cleanup), cleanup);
  const runner = await DrillRunner.prepare({ site, seed, scale: long ? LONG : SHORT });
  const results: Result[] = [];
  for (const drill of drills) {
    say(`» ${drill.name}: ${drill.does}`);
    const result = await runner.do(drill);
    results.push(result);
    say(`  ${verdictOf(result)} (${result.took})`);
  }
  const set = long ? 'long' : 'short';
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  const text = `${table(results)}\n\n${set} set, seed ${seed}, ${minutes} minutes\n`;
  process.stdout.write(text);
  if (options.keep) await writeFile(RESULTS, text);
  return results.every(hasPassed) ? 0 : 1;
}

await runCommand(USAGE, (args) => parseOptions(args, NAMES), body);
