import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { PolicyFile, Rulebook } from '@steno/policy';
import { rulebookOf } from '../../back-test/rulebook-of.js';
import { formatProblem } from '../../config/problem.js';
import { CliError } from '../errors.js';

/** The policies of files, and of all `.cedar` files of folders. Throws CliError. */
export function readPolicyFiles(directory: string, paths: readonly string[]): PolicyFile[] {
  const files = paths.flatMap((path) => cedarFiles(resolve(directory, path)));
  if (files.length === 0)
    throw new CliError('usage', `There is no .cedar file in ${paths[0] ?? ''}.`);
  return files.map((path) => ({ name: basename(path), text: readFileSync(path, 'utf8') }));
}

/** Ready to be asked. Throws CliError that says which line is wrong. */
export async function rulebookOfFiles(files: readonly PolicyFile[]): Promise<Rulebook> {
  const book = await rulebookOf(files);
  if (!('problems' in book)) return book;
  const lines = book.problems.map(({ file, line = 1, message }) =>
    formatProblem({ file, line, column: 1, key: '', message }),
  );
  throw new CliError('config', `\n  ${lines.join('\n  ')}`);
}

function cedarFiles(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.cedar'));
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `The policies cannot be read: ${reason}.`);
  }
}
