import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

type Manifest = Readonly<Record<string, Chunk>>;

function readManifest(): Manifest {
  const file = `${dist}.vite/manifest.json`;
  if (!existsSync(file))
    throw new Error('The console is not built: npm run build -w @steno/console');
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

/** All that is loaded with a chunk before it runs. */
function closure(manifest: Manifest, entry: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[entry];
  if (chunk === undefined) throw new Error(`${entry} is not in the manifest`);
  if (found.has(entry)) return found;
  found.add(entry);
  for (const name of chunk.imports ?? []) closure(manifest, name, found);
  return found;
}

function kilobytes(manifest: Manifest, entries: Iterable<string>): number {
  const sizes = [...entries].map((entry) => {
    const { file } = manifest[entry] ?? { file: '' };
    return file.endsWith('.js') ? gzipSync(readFileSync(dist + file)).length : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

it('the list loads at most 250 kB of scripts, a session 180 kB more', () => {
  const manifest = readManifest();
  const list = closure(manifest, 'index.html');
  const session = closure(manifest, 'src/session/session-page.tsx');
  expect(kilobytes(manifest, list)).toBeLessThanOrEqual(250);
  const more = [...session].filter((entry) => !list.has(entry));
  expect(more).not.toEqual([]);
  expect(kilobytes(manifest, more)).toBeLessThanOrEqual(180);
});

it('the page itself has nothing inline', () => {
  const html = readFileSync(`${dist}index.html`, 'utf8');
  expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|https?:/);
});
