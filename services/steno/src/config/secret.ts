import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../cli/errors.js';

const MAX_BYTES = 64 * 1024;

/**
 * The secret that `env:NAME` or `file:PATH` refers to. Of a file one line end is cut off.
 *
 * @param baseDirectory what a relative path is relative to
 * @param environment where `env:` looks
 * @throws CliError that names the reference, never the secret
 */
export function resolveSecret(
  reference: string,
  baseDirectory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (reference.startsWith('env:')) return fromEnvironment(reference.slice(4), environment);
  if (reference.startsWith('file:')) return fromFile(resolve(baseDirectory, reference.slice(5)));
  // The text may be a secret that somebody put in the wrong place.
  throw new CliError('secret-unreadable', 'A reference begins with env: or file:.');
}

function fromEnvironment(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new CliError('secret-not-set', `It is ${name}.`);
  return value;
}

function fromFile(path: string): string {
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) throw new Error('it is too long');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('secret-unreadable', `${path}: ${reason}.`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new CliError('secret-unreadable', `${path} is empty.`);
  return secret;
}
