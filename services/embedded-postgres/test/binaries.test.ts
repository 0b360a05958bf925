import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgresPackage, readyBinaries } from '../src/binaries.js';

const run = promisify(execFile);
const LIBPQ = /^libpq\.(so|5\.dylib|dylib)/;

let folder: string;
let temporary: string;
let temporaryBefore: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steno-binaries-'));
  temporary = join(folder, 'tmp');
  await mkdir(temporary);
  temporaryBefore = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
});

afterEach(async () => {
  if (temporaryBefore === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporaryBefore;
  await rm(folder, { recursive: true });
});

/** As npm leaves it when it runs no install scripts: without links. */
async function freshPackage(): Promise<string> {
  const original = findPostgresPackage(process.platform, process.arch);
  const copy = join(folder, 'package');
  await cp(original, copy, { recursive: true, verbatimSymlinks: true });
  const libraries = join(copy, 'native', 'lib');
  for (const entry of await readdir(libraries, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) await rm(join(libraries, entry.name));
  }
  return copy;
}

async function version(binDirectory: string): Promise<string> {
  return (await run(join(binDirectory, 'postgres'), ['--version'])).stdout;
}

describe('the binaries', () => {
  it('run where npm put them, once the missing links are made', async () => {
    const packageFolder = await freshPackage();
    const bin = await readyBinaries(packageFolder, false);
    expect(bin).toBe(join(packageFolder, 'native', 'bin'));
    expect(await version(bin)).toContain('PostgreSQL');
    const libraries = await readdir(join(packageFolder, 'native', 'lib'));
    expect(libraries.filter((name) => LIBPQ.test(name)).length).toBeGreaterThan(1);
  });

  it('are copied for somebody who cannot reach them, and the copy is used again', async () => {
    const packageFolder = await freshPackage();
    await chmod(packageFolder, 0o700);
    await chmod(folder, 0o755);
    const bin = await readyBinaries(packageFolder, true);
    expect(bin.startsWith(temporary)).toBe(true);
    expect(await version(bin)).toContain('PostgreSQL');
    const { ino } = await stat(join(bin, 'postgres'));
    expect(await readyBinaries(packageFolder, true)).toBe(bin);
    expect((await stat(join(bin, 'postgres'))).ino).toBe(ino);
    expect((await readdir(temporary)).length).toBe(1);
  });

  it('are copied again when the copy is not whole', async () => {
    const packageFolder = await freshPackage();
    await chmod(packageFolder, 0o700);
    await chmod(folder, 0o755);
    const damaged = await readyBinaries(packageFolder, true);
    await rm(join(damaged, 'postgres'));
    expect(await version(await readyBinaries(packageFolder, true))).toContain('PostgreSQL');
  });

  it('are not taken from a folder that others may write to', async () => {
    const packageFolder = await freshPackage();
    await chmod(packageFolder, 0o700);
    await chmod(folder, 0o755);
    const bin = await readyBinaries(packageFolder, true);
    const copy = join(bin, '..', '..');
    await chmod(copy, 0o777);
    const other = await readyBinaries(packageFolder, true);
    expect(basename(join(other, '..', '..'))).not.toBe(basename(copy));
  });

  it('are refused to somebody who cannot reach the copy either', async () => {
    const packageFolder = await freshPackage();
    await chmod(folder, 0o700);
    await expect(readyBinaries(packageFolder, true)).rejects.toMatchObject({
      reason: 'binaries-unreachable',
    });
  });

  it('do not exist everywhere', () => {
    expect(() => findPostgresPackage('aix', 'ppc64')).toThrow(/aix-ppc64.*linux-x64.*darwin/s);
    const foreign = process.platform === 'darwin' ? 'linux' : 'darwin';
    expect(() => findPostgresPackage(foreign, 'arm64')).toThrow('not installed');
  });
});
