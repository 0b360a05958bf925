import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, install, nodeIsRecentEnough } from './prepare.mjs';
import { say } from './steps.mjs';

// npm start: makes the repository ready and becomes `steno up --demo`. The command runs in this
// very process, so that signals, exit code and terminal are its own.
const command = new URL('../services/steno/bin/steno.mjs', import.meta.url);

const ready = nodeIsRecentEnough() && (await install()) && (await build());
if (!ready) process.exit(1);
if (!existsSync(command)) {
  say('services/steno/bin/steno.mjs is missing; this checkout is incomplete.');
  process.exit(1);
}
process.argv = [process.execPath, fileURLToPath(command), 'up', '--demo', ...process.argv.slice(2)];
await import(command.href);
