import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { Config } from '../config/config.js';
import { formatProblem } from '../config/problem.js';
import { parseDuration } from '../config/quantity.js';
import { readConfig } from '../config/read-config.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import type { ExitCode } from './exit-codes.js';

/** Options that every verb takes. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly config?: string;
}

/**
 * Adds a verb to the command. `finish` takes what the verb's action found out; an action that
 * throws ends the command with the code of its CliError, or 3.
 */
export type DefineVerb = (program: Command, context: Context, finish: Finish) => void;
export type Finish = (code: ExitCode) => void;

/** A new verb with the options that all have. */
export function addVerb(program: Command, usage: string, summary: string): Command {
  return program
    .command(usage)
    .description(summary)
    .option('--config <file>', 'the configuration (default: ./steno.yaml if it is there)')
    .option('--json', 'print one JSON object a line');
}

/**
 * The configuration of `--config`, of ./steno.yaml if there is one, or the defaults.
 *
 * @throws CliError that lists what is wrong with the file
 */
export function loadConfig({ directory }: Context, { config }: SharedOptions): Config {
  const usual = resolve(directory, 'steno.yaml');
  const chosen = config === undefined ? usual : resolve(directory, config);
  const path = config === undefined && !existsSync(usual) ? undefined : chosen;
  const result = readConfig(path);
  if (!Array.isArray(result)) return result;
  throw new CliError(
    'config',
    `\n${result.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
  );
}

/** For `--limit`. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,15}$/.test(text) && count > 0) return count;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

/** For numbers that may be 0. */
export function parseWhole(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** For lengths of time; gives seconds. */
export function parseSeconds(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= 1000) return Math.floor(milliseconds / 1000);
  throw new InvalidArgumentError('It must be a length of time such as 30m or 4h.');
}

/** For options that may be repeated. */
export function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** For `--since`: a time, or how long ago; gives RFC 3339. */
export function parseMoment(text: string): string {
  const ago = parseDuration(text);
  if (ago !== undefined) return new Date(Date.now() - ago).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new InvalidArgumentError('It must be a time like 2026-11-22T12:00:00Z or an age like 2h.');
}
