#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Committed as it is, so that npm links it before anything is built.
const main = new URL('../dist/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('steno: it is not built yet. Run `npm run build` first.\n');
  process.exitCode = 3;
}
