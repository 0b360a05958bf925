// Keeps one Postgres server: node postgres-supervisor.mjs '{"command", "args", "directory", …}'
// Plain JavaScript, so that it runs as it lies, from the sources and beside a build.
// Postgres does not notice that its parent died; this process does: its stdin closes.
//   stdout  one line, the process id of the server
//   SIGTERM a fast shutdown: open transactions are rolled back, data is flushed
//   stdin closes: an immediate shutdown; the next start recovers from the write-ahead log
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const IMMEDIATE_DEADLINE_MS = 5_000;

const { command, args, directory, env, user } = JSON.parse(process.argv[2] ?? '{}');

const server = spawn(command, args, {
  // The directory is descriptor 3, for a user who cannot traverse its parent folders.
  stdio: ['ignore', 'ignore', 'inherit', openSync(directory, 'r')],
  cwd: '/',
  env,
  ...user,
});

server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 1));
if (server.pid !== undefined) process.stdout.write(`${server.pid}\n`);

function endAtOnce() {
  server.kill('SIGQUIT');
  setTimeout(() => server.kill('SIGKILL'), IMMEDIATE_DEADLINE_MS);
}
process.stdin.on('end', endAtOnce).on('error', endAtOnce).resume();
process.stdout.on('error', endAtOnce);
process.on('SIGTERM', () => server.kill('SIGINT'));
