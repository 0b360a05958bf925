import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const PRIVATE_DIRECTORY = 0o700;

/** Where things lie in a data directory; docs/data.md says what they hold. */
export interface DataLayout {
  readonly root: string;
  /** The embedded event log. */
  readonly log: string;
  /** The embedded ClickHouse. */
  readonly store: string;
  readonly keys: string;
  /** What a running `steno up` leaves for others: addresses, tokens, sockets. */
  readonly run: string;
  readonly demo: string;
  readonly apiFile: string;
  readonly storeFile: string;
  readonly logSocket: string;
  readonly projectorSocket: string;
}

export function dataLayout(root: string): DataLayout {
  const run = join(root, 'run');
  return {
    root,
    log: join(root, 'log'),
    store: join(root, 'store'),
    keys: join(root, 'keys'),
    run,
    demo: join(root, 'demo'),
    apiFile: join(run, 'api.json'),
    storeFile: join(run, 'store.json'),
    logSocket: join(run, 'log.sock'),
    projectorSocket: join(run, 'projector.sock'),
  };
}

/** Makes the folders, for their owner alone. */
export function makeFolders(layout: DataLayout): void {
  for (const folder of [layout.root, layout.log, layout.store, layout.keys, layout.run]) {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_DIRECTORY });
    chmodSync(folder, PRIVATE_DIRECTORY);
  }
}
