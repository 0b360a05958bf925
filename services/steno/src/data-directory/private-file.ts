import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../cli/errors.js';

const PRIVATE_FILE = 0o600;

/**
 * The text of a file that only its owner may read; undefined where there is none.
 *
 * @throws CliError where others can read it
 */
export function readPrivateFile(path: string): string | undefined {
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new CliError('key-exposed', `It is ${path}.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file that appears whole or not at all, in the place of an earlier one. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = write(path, text);
  renameSync(temporary, path);
  syncFolder(path);
}

/** Like `writePrivateFile`, but leaves an earlier file alone; false where there is one. */
export function createPrivateFile(path: string, text: string): boolean {
  const temporary = write(path, text);
  try {
    linkSync(temporary, path);
    syncFolder(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function write(path: string, text: string): string {
  const temporary = `${path}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', PRIVATE_FILE);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
