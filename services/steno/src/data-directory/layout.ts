import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli/errors.js';

const PRIVATE_DIRECTORY = 0o700;

/** Where things lie in a data directory; docs/data.md says what they hold. */
export interface DataLayout {
  readonly root: string;
  /** The embedded event log. */
  readonly log: string;
  /** The embedded ClickHouse. */
  readonly store: string;
  readonly keys: string;
  /** The keys of the installation, which may lie elsewhere. */
  readonly rootKeys: string;
  /** With Kafka: what was recorded and not shipped, a folder for each instance. */
  readonly spool: string;
  /** What a running `steno up` leaves for others: addresses, tokens, sockets. */
  readonly run: string;
  readonly demo: string;
  readonly apiFile: string;
  readonly storeFile: string;
  readonly logSocket: string;
  readonly projectorSocket: string;
}

/**
 * What the name of a socket may take up, with the zero at its end, on the systems that Steno runs
 * on.
 */
const SOCKET_PATH_BYTES_MAX = 103;
const LONGEST_SOCKET = 'up-999999999.sock';

export function dataLayout({
  data: root,
  rootKeys,
}: {
  readonly data: string;
  readonly rootKeys?: string | undefined;
}): DataLayout {
  const run = join(root, 'run');
  const keys = join(root, 'keys');
  return {
    root,
    log: join(root, 'log'),
    store: join(root, 'store'),
    keys,
    rootKeys: rootKeys ?? join(keys, 'installation.json'),
    spool: join(root, 'spool'),
    run,
    demo: join(root, 'demo'),
    apiFile: join(run, 'api.json'),
    storeFile: join(run, 'store.json'),
    logSocket: join(run, 'log.sock'),
    projectorSocket: join(run, 'projector.sock'),
  };
}

/**
 * Makes the folders, for their owner alone.
 *
 * @throws CliError `data-unusable`
 */
export function makeFolders(layout: DataLayout): void {
  const tooLong = Buffer.byteLength(join(layout.run, LONGEST_SOCKET)) - SOCKET_PATH_BYTES_MAX;
  if (tooLong > 0) {
    const reason = `its path is ${tooLong} bytes too long for the sockets in it`;
    throw new CliError('data-unusable', `${layout.root}: ${reason}.`);
  }
  try {
    make(layout);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('data-unusable', `${layout.root}: ${reason}.`);
  }
}

function make(layout: DataLayout): void {
  // What is there already, and may hold other things, keeps its mode; the folders in it are ours.
  mkdirSync(layout.root, { recursive: true, mode: PRIVATE_DIRECTORY });
  for (const folder of [layout.log, layout.store, layout.keys, layout.run, layout.demo]) {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_DIRECTORY });
    chmodSync(folder, PRIVATE_DIRECTORY);
  }
}
