import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';

// node --conditions=development --import ./run-typescript.mjs FILE.ts
// Runs sources of this repository in a process that a test may kill. What was translated is kept
// by the hash of its source, so that the next process starts at once.

if (isMainThread) register(import.meta.url);

const kept = fileURLToPath(new URL('../../../node_modules/.cache/translated', import.meta.url));

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    if (existsSync(source)) return next(source.href, context);
  }
  return next(specifier, context);
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const file = join(kept, `${createHash('sha256').update(source).digest('hex')}.js`);
  if (!existsSync(file)) {
    const { default: ts } = await import('typescript');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    const half = `${file}.${process.pid}.${threadId}`;
    writeFileSync(half, outputText);
    renameSync(half, file);
  }
  return { format: 'module', source: readFileSync(file), shortCircuit: true };
}
