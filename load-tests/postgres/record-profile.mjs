import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename, join } from 'node:path';

// Imported before the program of a process: leaves a CPU profile of it when it ends. Node does not
// take --cpu-prof from NODE_OPTIONS, which is how the children of `steno up` are reached.

const directory = process.env['STENO_BENCH_PROFILE'];
if (directory === undefined) throw new Error('STENO_BENCH_PROFILE must name a folder');

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.start');

// Of a session in the same thread, answers come at once.
process.on('exit', () => {
  session.post('Profiler.stop', (error, { profile }) => {
    if (error) throw error;
    mkdirSync(directory, { recursive: true });
    const name = `${basename(process.argv[1] ?? 'node', '.js')}-${process.pid}.cpuprofile`;
    writeFileSync(join(directory, name), JSON.stringify(profile));
  });
});
