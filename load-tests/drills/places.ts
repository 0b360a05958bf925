import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Found by name, since this runs from sources and from dist. */
const PACKAGE = dirname(createRequire(import.meta.url).resolve('@steno/load-tests/package.json'));

/** The command, as users run it. */
export const STENO = join(PACKAGE, '..', 'services', 'steno', 'bin', 'steno.mjs');
export const SHIFTED_CLOCK = join(PACKAGE, 'drills', 'faults', 'shifted-clock.mjs');
export const RESULTS = join(PACKAGE, 'drills', 'results.txt');
