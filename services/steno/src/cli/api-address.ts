import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { loadConfig } from './verb.js';
import type { SharedOptions } from './verb.js';

/** Where the api is and what opens it. */
export interface ApiAddress {
  readonly url: string;
  readonly token: string;
}

/**
 * The api of STENO_URL and STENO_TOKEN, or of the `steno up` that runs on the data directory.
 *
 * @throws CliError `not-running`
 */
export function findApi(context: Context, options: SharedOptions): ApiAddress {
  const { STENO_URL: url, STENO_TOKEN: token } = context.environment;
  if (url) {
    if (!token) throw new CliError('usage', 'STENO_URL needs STENO_TOKEN beside it.');
    if (!URL.canParse(url)) throw new CliError('usage', 'STENO_URL is not a URL.');
    return { url: url.replace(/\/+$/, ''), token };
  }
  const found = readApiFile(loadConfig(context, options).data);
  if (found === undefined) throw new CliError('not-running');
  return { ...found, ...(token ? { token } : {}) };
}

/**
 * What `steno up` left in the data directory for the command line; undefined where none has run.
 *
 * @throws CliError `too-open`, `run-file-damaged`
 */
export function readApiFile(dataDirectory: string): ApiAddress | undefined {
  const path = join(dataDirectory, 'run', 'api.json');
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new CliError('too-open', `It is ${path}.`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    if (error instanceof CliError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('run-file-damaged', `${path}: ${reason}.`);
  }
  return parseAddress(text, path);
}

function parseAddress(text: string, path: string): ApiAddress {
  const damaged = new CliError('run-file-damaged', `It is ${path}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the token.
    throw damaged;
  }
  if (typeof value !== 'object' || value === null) throw damaged;
  const { url, token } = value as Record<string, unknown>;
  if (typeof url !== 'string' || typeof token !== 'string' || !URL.canParse(url)) throw damaged;
  return { url: url.replace(/\/+$/, ''), token };
}
