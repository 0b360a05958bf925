import { EmbeddedStoreError, makeStoreClient, startEmbeddedStore } from '@steno/event-store';
import type { StoreOptions } from '@steno/event-store';
import { CliError } from '../cli/errors.js';
import type { Config } from '../config/config.js';
import { resolveSecret } from '../config/secret.js';
import { pemOf } from './kafka-options.js';
import { dataLayout } from './layout.js';
import type { DataLayout } from './layout.js';
import { readPrivateFile } from './private-file.js';

const DATABASE = 'steno';
const ANSWER_MS = 2_000;

export interface OpenedStore {
  readonly options: StoreOptions;
  /** A `steno up` has it running, and may be writing to it. */
  readonly isRunning: boolean;
  /** Ends the server if it was started for this. */
  stop(): Promise<void>;
}

/**
 * A ClickHouse that somebody else runs, as configured; undefined for the embedded one.
 *
 * @throws CliError that names a reference that cannot be used
 */
export function remoteStore({ store, baseDirectory }: Config): StoreOptions | undefined {
  if (store === undefined) return undefined;
  const { url, username, password, database, cluster, tls } = store;
  return {
    url,
    username,
    password: password === undefined ? '' : resolveSecret(password, baseDirectory),
    database,
    ...(cluster === undefined ? {} : { cluster }),
    ...(tls === undefined ? {} : { tls: pemOf(tls) }),
  };
}

/**
 * The ClickHouse of an installation: the configured one, or that of the data directory, which
 * `steno up` runs, or which is started for the time being.
 *
 * @throws CliError `store-unavailable`, `key-exposed`, `run-file-damaged`
 */
export async function openStore(config: Config): Promise<OpenedStore> {
  const remote = remoteStore(config);
  if (remote !== undefined) {
    await checkRemote(remote);
    return { options: remote, isRunning: true, stop: () => Promise.resolve() };
  }
  const layout = dataLayout(config);
  const running = readStoreFile(layout);
  if (running !== undefined && (await answers(running))) {
    return { options: running, isRunning: true, stop: () => Promise.resolve() };
  }
  try {
    const store = await startEmbeddedStore({ directory: layout.store });
    const { url, username, password } = store;
    const options = { url, username, password, database: DATABASE };
    return { options, isRunning: false, stop: () => store.stop() };
  } catch (error) {
    if (!(error instanceof EmbeddedStoreError)) throw error;
    throw new CliError('store-unavailable', `${error.code}: ${error.message}`);
  }
}

async function checkRemote(remote: StoreOptions): Promise<void> {
  // The database may not be there yet.
  const client = makeStoreClient({ ...remote, database: 'default' });
  const ping = await client.ping({ select: true });
  await client.close();
  if (!ping.success)
    throw new CliError('store-unavailable', `${remote.url}: ${ping.error.message}`);
}

function readStoreFile({ storeFile }: DataLayout): StoreOptions | undefined {
  const text = readPrivateFile(storeFile);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const { url, username, password, database } = value;
    if (typeof url !== 'string' || !URL.canParse(url)) throw new TypeError('no url');
    if (typeof username !== 'string' || typeof password !== 'string')
      throw new TypeError('no user');
    if (typeof database !== 'string') throw new TypeError('no database');
    return { url, username, password, database };
  } catch {
    // What the parser says would quote the password.
    throw new CliError('run-file-damaged', `It is ${storeFile}.`);
  }
}

/** A file that an earlier `steno up` left may name a port that is somebody else's by now. */
async function answers({ url, username, password }: StoreOptions): Promise<boolean> {
  try {
    const response = await fetch(`${url}/?query=SELECT+1`, {
      headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    return response.ok && text.trim() === '1';
  } catch {
    return false; // nobody listens: it is started
  }
}
