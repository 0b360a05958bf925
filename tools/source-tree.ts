import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A file of the repository; `path` is relative to its root, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

const binary = /\.(?:png|jpe?g|gif|ico|webp|woff2?|bin|binpb|gz|zip)$/;

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, lines: text.replace(/\n$/, '').split('\n') };
}

/** What git tracks or would track, so that build output and local data are left out. */
export function listPaths(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();
}

/** The text files of the repository. */
export function readTree(): SourceFile[] {
  return listPaths()
    .filter((path) => !binary.test(path))
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}
