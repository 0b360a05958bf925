import { execFile } from 'node:child_process';
import { access, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoint } from './pgbench.js';
import { startProcess } from './processes.js';
import type { Cleanup } from './processes.js';

/** Nobody and nogroup. PgBouncer refuses to run as root. */
const NOBODY = 65_534;
const HOST = '127.0.0.1';

/** The installed pgbouncer's path; undefined where there is none. */
export async function findPgbouncer(): Promise<string | undefined> {
  // Debian puts it where only root's PATH leads.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  for (const folder of folders) {
    const file = join(folder, 'pgbouncer');
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

export async function pgbouncerVersion(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ['--version']);
  return stdout.split('\n')[0] ?? '';
}

/** Session pooling, the only one with prepared statements in every version. */
export async function startPgbouncer(
  command: string,
  target: Endpoint,
  cleanup: Cleanup,
): Promise<Endpoint> {
  const isRoot = process.getuid?.() === 0;
  const directory = await mkdtemp(join(tmpdir(), 'steno-pgbouncer-'));
  cleanup.add(() => rm(directory, { recursive: true, force: true }));
  const port = await freePort();
  const userList = join(directory, 'users.txt');
  const config = join(directory, 'pgbouncer.ini');
  await writeFile(userList, `"${target.username}" "${target.password}"\n`);
  await writeFile(config, configText(target, port, userList));
  if (isRoot) for (const path of [directory, userList, config]) await chown(path, NOBODY, NOBODY);
  const { stop } = await startProcess({
    command,
    args: [config],
    options: { cwd: directory, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) },
    ready: /process up/,
  });
  cleanup.add(stop);
  return { ...target, host: HOST, port };
}

function configText(target: Endpoint, port: number, userList: string): string {
  return `[databases]
* = host=${target.host} port=${target.port}
[pgbouncer]
listen_addr = ${HOST}
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${userList}
pool_mode = session
default_pool_size = 64
max_client_conn = 128
log_connections = 0
log_disconnections = 0
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, HOST, settle));
  const address = server.address();
  await new Promise((settle) => server.close(settle));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
