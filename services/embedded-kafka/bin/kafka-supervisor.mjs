// Keeps one Kafka broker: node kafka-supervisor.mjs '{"args", "env"}'
// Plain JavaScript, so that it runs as it lies, from the sources and beside a build.
// Java does not notice that its parent died; this process does: its stdin closes.
//   stdout  one line, the process id of the broker
//   SIGTERM a clean shutdown, of a stopped (SIGSTOP) broker too
//   stdin closes: the broker is killed; the next start recovers its log
import { spawn } from 'node:child_process';

/** What the JVM answers to SIGTERM, also when everything was closed in order. */
const ENDED_BY_SIGTERM = 143;

const { args, env } = JSON.parse(process.argv[2] ?? '{}');

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
