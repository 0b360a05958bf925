import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedStoreError } from './embedded-store-error.js';

/** Where the embedded ClickHouse exists: Node's platform and architecture -> npm package. */
const LIBRARY_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

const LIBRARY_FILE = 'libchdb.so';

/**
 * The path of the ClickHouse library for a platform.
 * Throws EmbeddedStoreError `platform-unsupported` where there is none.
 */
export function findClickHouseLibrary(platform: string, architecture: string): string {
  const here = `${platform}-${architecture}`;
  const packageName = LIBRARY_PACKAGES[here];
  if (packageName === undefined) throw unsupported(`There is none for ${here}.`);
  // It is a dependency of chdb, not ours: look from there, wherever npm put it.
  const require = createRequire(import.meta.url);
  const requireFromChdb = createRequire(require.resolve('chdb/package.json'));
  try {
    return join(dirname(requireFromChdb.resolve(`${packageName}/package.json`)), LIBRARY_FILE);
  } catch (error) {
    const why =
      `Its package ${packageName} is not installed: ` +
      'npm leaves it out with --omit=optional and where the C library is not glibc.';
    throw unsupported(why, error);
  }
}

function unsupported(why: string, cause?: unknown): EmbeddedStoreError {
  const platforms = Object.keys(LIBRARY_PACKAGES).join(', ');
  return new EmbeddedStoreError(
    'platform-unsupported',
    `The embedded ClickHouse cannot run here. ${why} It exists for ${platforms} ` +
      '(on Linux with glibc). Set `store.url` to use a ClickHouse server of your own.',
    { cause },
  );
}
