import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface DrillOptions {
  readonly long: boolean;
  /** Undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly list: boolean;
  /** Keeps the table as results.txt. */
  readonly keep: boolean;
  readonly seed: number;
}

export const USAGE = `usage: npm run drills -- [OPTIONS]
  --long    more kills, longer absences, a full disk
  --only    names of drills, with commas between them
  --list    says what there is, and does nothing
  --seed    a number, for the same moments as in another run
  --keep    writes the table to load-tests/drills/results.txt`;

const SEED_MAX = 2 ** 31;

/** Throws an Error that says what is wrong. */
export function parseOptions(args: readonly string[], names: readonly string[]): DrillOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean', default: false },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      seed: { type: 'string' },
    },
  });
  const only = values.only?.split(',');
  for (const name of only ?? []) {
    if (!names.includes(name)) throw new Error(`--only knows ${names.join(', ')}, not '${name}'`);
  }
  const seed = values.seed === undefined ? randomInt(SEED_MAX) : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) {
    throw new Error(`--seed must be a whole number up to ${SEED_MAX}, not '${values.seed}'`);
  }
  const { long, list, keep } = values;
  return { long, only, list, keep, seed };
}
