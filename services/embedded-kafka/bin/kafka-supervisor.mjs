// Keeps one Kafka broker: node kafka-supervisor.mjs '{"args", "env", "lock"}'
// Plain JavaScript, so that it runs as it lies, from the sources and beside a build.
// Java does not notice that its parent died; this process does: its stdin closes.
//   stdout  one line, the process id of the broker
//   SIGTERM a clean shutdown, of a stopped (SIGSTOP) broker too
//   stdin closes: the broker is killed; the next start recovers its log
import { spawn } from 'node:child_process';
import { readlinkSync, rmSync, symlinkSync } from 'node:fs';

/** What the JVM answers to SIGTERM, also when everything was closed in order. */
const ENDED_BY_SIGTERM = 143;

const { args, env, lock } = JSON.parse(process.argv[2] ?? '{}');

if (!takeLock()) {
  process.stderr.write(`directory in use by process ${readlinkSync(lock)}\n`);
  process.exit(1);
}
process.on('exit', () => rmSync(lock, { force: true }));

let wasAskedToEnd = false;
const broker = spawn('java', args, { stdio: ['ignore', 'ignore', 'inherit'], env });

broker.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
broker.on('exit', (code) => {
  process.exit(wasAskedToEnd && code === ENDED_BY_SIGTERM ? 0 : (code ?? 1));
});
if (broker.pid !== undefined) process.stdout.write(`${broker.pid}\n`);

const endAtOnce = () => broker.kill('SIGKILL');
process.stdin.on('end', endAtOnce).on('error', endAtOnce).resume();
process.stdout.on('error', endAtOnce);
process.on('SIGTERM', () => {
  wasAskedToEnd = true;
  broker.kill('SIGTERM');
  broker.kill('SIGCONT');
});

/**
 * Kafka's own lock comes too late: a second controller writes to the metadata of the first before
 * it asks for it, and the first dies of that. Ours is a link to our process id.
 */
function takeLock() {
  for (;;) {
    try {
      symlinkSync(String(process.pid), lock);
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAlive(Number(readlinkSync(lock)))) return false;
    rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
