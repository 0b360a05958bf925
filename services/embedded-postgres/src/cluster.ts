import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresError } from './postgres-error.js';
import { statIfThere } from './server-user.js';
import type { ServerUser } from './server-user.js';

export type AuthMethod = 'scram-sha-256' | 'md5' | 'password' | 'trust';

export interface Cluster {
  readonly binDirectory: string;
  readonly dataDirectory: string;
  readonly user: ServerUser | undefined;
}

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly auth: AuthMethod;
}

/** PEM texts, and whether connections without TLS are refused. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly required?: boolean | undefined;
}

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;
const OUTPUT_TAIL_CHARACTERS = 4_096;
const MAJOR_VERSION = '18';

/** Nothing from our environment, which may hold secrets. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * How a child finds descriptor `number`, which we opened for it. An unprivileged user may not be
 * able to traverse the folders above; Linux lets it open what it holds already.
 */
export function inheritedPath(cluster: Cluster, number: number, path: string): string {
  const isNeeded = cluster.user !== undefined && process.platform === 'linux';
  return isNeeded ? `/proc/self/fd/${number}` : path;
}

/** Creates the cluster at the first start, whole or not at all. */
export async function createCluster(cluster: Cluster, login: Login): Promise<void> {
  const version = join(cluster.dataDirectory, 'PG_VERSION');
  if ((await statIfThere(version)) !== undefined) {
    const major = (await fs.readFile(version, 'utf8')).trim();
    if (major === MAJOR_VERSION) return;
    throw new PostgresError(
      'directory-unusable',
      `${cluster.dataDirectory} was made by Postgres ${major}; this is ${MAJOR_VERSION}. ` +
        'Remove it, or choose another directory.',
    );
  }
  const fresh = `${cluster.dataDirectory}.new`;
  const passwordFile = `${cluster.dataDirectory}.password`;
  await fs.rm(fresh, { recursive: true, force: true });
  await fs.rm(passwordFile, { force: true });
  await fs.mkdir(fresh, { mode: PRIVATE_DIRECTORY });
  await own(cluster, fresh);
  try {
    await fs.writeFile(passwordFile, login.password, { mode: PRIVATE_FILE });
    await own(cluster, passwordFile);
    await initdb({ ...cluster, dataDirectory: fresh }, login, passwordFile);
  } finally {
    await fs.rm(passwordFile, { force: true });
  }
  await fs.rename(fresh, cluster.dataDirectory);
}

async function initdb(cluster: Cluster, login: Login, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${inheritedPath(cluster, 3, cluster.dataDirectory)}`,
    `--pwfile=${inheritedPath(cluster, 4, passwordFile)}`,
    `--username=${login.username}`,
    '--auth=reject', // writeAccessRules says who may
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    `--set=password_encryption=${login.auth === 'md5' ? 'md5' : 'scram-sha-256'}`,
    // Seconds on a slow disk, for a cluster that holds nothing yet. If the machine itself crashes
    // before the system has written it back, the directory has to be removed.
    '--no-sync',
    '--no-instructions',
  ];
  const directory = await fs.open(cluster.dataDirectory, 'r');
  const password = await fs.open(passwordFile, 'r');
  try {
    await runToEnd(join(cluster.binDirectory, 'initdb'), args, cluster.user, [
      directory.fd,
      password.fd,
    ]);
  } finally {
    await directory.close();
    await password.close();
  }
}

function runToEnd(
  command: string,
  args: readonly string[],
  user: ServerUser | undefined,
  descriptors: readonly number[],
): Promise<void> {
  const stdio = ['ignore', 'ignore', 'pipe', ...descriptors] as const;
  const child = spawn(command, args, {
    stdio: [...stdio],
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    ...user,
  });
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-OUTPUT_TAIL_CHARACTERS);
  });
  return new Promise((settle, fail) => {
    const failed = (why: string) =>
      fail(new PostgresError('start-failed', `initdb failed: ${why}`));
    child.on('error', (error) => failed(error.message));
    child.on('close', (code) => (code === 0 ? settle() : failed(output.trim())));
  });
}

/** pg_hba.conf and the TLS files, anew at each start: they follow the options. */
export async function writeAccessRules(
  cluster: Cluster,
  auth: AuthMethod,
  tls: ServerTls | undefined,
): Promise<void> {
  const connection = tls?.required === true ? 'hostssl' : 'host';
  const rules = `${connection} all all 127.0.0.1/32 ${auth}\n`;
  await writeOwned(cluster, 'pg_hba.conf', rules);
  if (tls === undefined) return;
  await writeOwned(cluster, 'server.crt', tls.cert);
  await writeOwned(cluster, 'server.key', tls.key);
}

async function writeOwned(cluster: Cluster, name: string, text: string): Promise<void> {
  const file = join(cluster.dataDirectory, name);
  const fresh = `${file}.${randomUUID()}.new`;
  await fs.writeFile(fresh, text, { mode: PRIVATE_FILE, flag: 'wx' });
  await own(cluster, fresh);
  await fs.rename(fresh, file);
}

async function own(cluster: Cluster, path: string): Promise<void> {
  if (cluster.user === undefined) return;
  await fs.lchown(path, cluster.user.uid, cluster.user.gid);
}
