import { makeContext } from './cli/context.js';
import { runSteno } from './cli/run-steno.js';

process.exitCode = await runSteno(process.argv.slice(2), makeContext(process));
