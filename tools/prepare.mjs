import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { root, say, step, tool } from './steps.mjs';

const oldestNode = [20, 19];
const stamp = `${root}.cache/built`;
const sourceFolders = ['proto', 'services', 'web', 'load-tests'];
const rootInputs = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'nx.json'];
const compiling = 'tsc -b tsconfig.json';
const notSources = new Set(['node_modules', 'dist', 'test', 'fixtures', 'test-artefacts']);

/** Whether this Node can run Steno; says so if not. */
export function nodeIsRecentEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return true;
  say(`Steno needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  return false;
}

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [link]
 * @property {boolean} [optional]
 * @property {boolean} [devOptional]
 * @property {boolean} [peer]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */

/**
 * Installs what is missing or out of date; silent when nothing is.
 *
 * @returns {Promise<boolean>} false when a step failed, which it has then said
 */
export async function install() {
  if (missingPackages().length === 0) return true;
  const { passed } = await step('installing packages', ['npm', 'ci', '--no-audit', '--no-fund']);
  if (!passed) return false;
  const missing = missingPackages();
  if (missing.length === 0) return true;
  // npm reports success even where an optional package for this platform could not be fetched.
  say(`npm left out ${missing.join(', ')}; check the network and run this again.`);
  return false;
}

/** What the lock file asks for on this platform and node_modules does not hold. */
function missingPackages() {
  const wanted = readLock(`${root}package-lock.json`);
  const present = readLock(`${root}node_modules/.package-lock.json`);
  return Object.entries(wanted)
    .filter(([path, entry]) => {
      if (!path.startsWith('node_modules/') || !isForThisPlatform(entry)) return false;
      const installed = present[path];
      return installed?.version !== entry.version || (!entry.link && !existsSync(root + path));
    })
    .map(([path]) => path.slice('node_modules/'.length));
}

/**
 * @param {string} file
 * @returns {Record<string, LockEntry>}
 */
function readLock(file) {
  if (!existsSync(file)) return {};
  const lock = /** @type {{ packages: Record<string, LockEntry> }} */ (
    JSON.parse(readFileSync(file, 'utf8'))
  );
  return lock.packages;
}

/** @param {LockEntry} entry */
function isForThisPlatform({ optional, devOptional, peer, os, cpu, libc }) {
  const mayBeAbsent = optional === true || devOptional === true || peer === true;
  if (!mayBeAbsent) return true;
  // Without os and cpu an optional package hangs on one that has them, or on a wish.
  if (os === undefined || cpu === undefined) return false;
  return (
    os.includes(process.platform) &&
    cpu.includes(process.arch) &&
    (libc === undefined || libc.includes(ownLibc()))
  );
}

function ownLibc() {
  const report = /** @type {{ header: Record<string, unknown> }} */ (process.report.getReport());
  return report.header['glibcVersionRuntime'] === undefined ? 'musl' : 'glibc';
}

/**
 * Builds when a source is newer than what is built; silent when none is.
 *
 * @returns {Promise<boolean>} false when the build failed, which it has then said
 */
export async function build() {
  const fingerprint = sourceFingerprint();
  const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (built === fingerprint && everythingIsBuilt()) return true;
  const packages = buildable();
  const compiled = packages.filter(({ script }) => script === compiling);
  const others = packages.filter(({ script }) => script !== compiling);
  const names = others.map(({ name }) => name).join(',');
  // As `npm run build` does, but all that is only compiled in one process: a process for each reads
  // what they have in common again.
  const isBuilt =
    (await step('compiling', [tool('tsc'), '-b', ...compiled.map(({ folder }) => folder)]))
      .passed &&
    (await step('building pages', [tool('nx'), 'run-many', '-t', 'build', '-p', names])).passed;
  if (!isBuilt) return false;
  mkdirSync(`${root}.cache`, { recursive: true });
  writeFileSync(stamp, fingerprint);
  return true;
}

/** Changes when a source file appears, goes, or is written; costs a stat per file. */
function sourceFingerprint() {
  const hash = createHash('sha256');
  for (const file of rootInputs) addFile(hash, file);
  for (const folder of sourceFolders) addFolder(hash, folder);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} folder
 */
function addFolder(hash, folder) {
  if (!existsSync(root + folder)) return;
  const entries = readdirSync(root + folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (notSources.has(entry.name) || entry.name.includes('.test.')) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) addFolder(hash, path);
    else addFile(hash, path);
  }
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} file
 */
function addFile(hash, file) {
  const { mtimeMs, size } = statSync(root + file);
  hash.update(`${file} ${mtimeMs} ${size}\n`);
}

/** Whether each package that has something to build has built it. */
function everythingIsBuilt() {
  return buildable().every(({ folder }) => existsSync(`${root}${folder}/dist`));
}

/** The packages that have something to build, and by which script. */
function buildable() {
  return sourceFolders
    .flatMap((folder) => {
      if (existsSync(`${root}${folder}/package.json`)) return [folder];
      if (!existsSync(root + folder)) return [];
      return readdirSync(root + folder).map((name) => `${folder}/${name}`);
    })
    .filter((folder) => existsSync(`${root}${folder}/package.json`))
    .flatMap((folder) => {
      const { name, scripts } = /** @type {{ name: string, scripts?: Record<string, string> }} */ (
        JSON.parse(readFileSync(`${root}${folder}/package.json`, 'utf8'))
      );
      const script = scripts?.['build'];
      return script === undefined ? [] : [{ folder, name, script }];
    });
}
