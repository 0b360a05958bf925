import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findPostgresPackage, readyBinaries } from './binaries.js';
import { createCluster, inheritedPath, SERVER_ENVIRONMENT, writeAccessRules } from './cluster.js';
import type { AuthMethod, Cluster, ServerTls } from './cluster.js';
import { PostgresError } from './postgres-error.js';
import { serverUser } from './server-user.js';

const SUPERVISOR = fileURLToPath(new URL('../bin/postgres-supervisor.mjs', import.meta.url));

const HOST = '127.0.0.1';
const READY_DEADLINE_MS = 30_000;
const LOCK_DEADLINE_MS = 10_000;
const LOCK_RETRY_MS = 250;
const POLL_MS = 20;
const STOP_DEADLINE_MS = 10_000;
const PORT_ATTEMPTS = 3;
const STDERR_TAIL_CHARACTERS = 4_096;

export interface PostgresOptions {
  /** Holds the cluster in its folder `data`; made if missing. One server a directory. */
  readonly directory: string;
  /** Of 127.0.0.1; 0 or none: a free one. */
  readonly port?: number | undefined;
  /** Name and password are settled at the first start on a directory. */
  readonly superuser: string;
  readonly password: string;
  /** How clients prove the password; default scram-sha-256. `md5` must be so from the start on. */
  readonly auth?: AuthMethod | undefined;
  readonly tls?: ServerTls | undefined;
  /** Server parameters, which win over ours: { log_statement: 'all' }. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** How long to wait for a predecessor on the directory that is still dying. */
  readonly lockDeadlineMs?: number | undefined;
}

export interface PostgresExit {
  readonly code: number | null;
  /** The last lines that the server wrote. */
  readonly stderr: string;
}

export interface EmbeddedPostgres {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Of the postmaster. */
  readonly pid: number;
  /** Where postgres, initdb and pg_ctl lie. */
  readonly binDirectory: string;
  /** Settles when the server has ended, asked or not; never rejects. */
  readonly exited: Promise<PostgresExit>;
  /** Ends the server: rolls open transactions back and flushes. May be called again. */
  stop(): Promise<void>;
}

interface Supervised {
  readonly exited: Promise<PostgresExit>;
  readonly hasExited: () => boolean;
  /** Undefined until the postmaster was spawned. */
  readonly postmaster: () => number | undefined;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly abandon: () => void;
}

/**
 * Starts a Postgres 18 server, creating its cluster at the first start, and waits until it accepts
 * connections. It ends with this process, however this process ends. As root it runs as an
 * unprivileged user, who needs no access to the folders above `directory`.
 * Throws PostgresError.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(options);
  const lockDeadline = Date.now() + (options.lockDeadlineMs ?? LOCK_DEADLINE_MS);
  let portAttempts = 0;
  for (;;) {
    const port = options.port || (await freePort());
    const server = superviseServer(cluster, serverSettings(options, port));
    const failure = await untilReady(server, cluster, port);
    if (failure === undefined) return embeddedPostgres(server, cluster, options, port);
    switch (failure.reason) {
      case 'directory-in-use':
        if (Date.now() >= lockDeadline) throw failure;
        await delay(LOCK_RETRY_MS);
        break;
      case 'port-in-use':
        // Somebody took the free port between our look and the server's bind.
        portAttempts += 1;
        if (options.port || portAttempts >= PORT_ATTEMPTS) throw failure;
        break;
      default:
        throw failure;
    }
  }
}

async function prepareCluster(options: PostgresOptions): Promise<Cluster> {
  const packageFolder = findPostgresPackage(process.platform, process.arch);
  const dataDirectory = join(resolve(options.directory), 'data');
  await mkdir(resolve(options.directory), { recursive: true });
  const user = await serverUser(dataDirectory);
  const binDirectory = await readyBinaries(packageFolder, user !== undefined);
  const cluster = { binDirectory, dataDirectory, user };
  const auth = options.auth ?? 'scram-sha-256';
  const login = { username: options.superuser, password: options.password, auth };
  await createCluster(cluster, login);
  await writeAccessRules(cluster, auth, options.tls);
  return cluster;
}

function serverSettings(options: PostgresOptions, port: number): string[] {
  const settings: Record<string, string> = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: '', // their paths are short, ours may be long
    timezone: 'UTC',
    log_timezone: 'UTC',
    shared_buffers: '64MB',
    ssl: options.tls === undefined ? 'off' : 'on',
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function superviseServer(cluster: Cluster, settings: readonly string[]): Supervised {
  const plan = {
    command: join(cluster.binDirectory, 'postgres'),
    args: ['-D', inheritedPath(cluster, 3, cluster.dataDirectory), ...settings],
    directory: cluster.dataDirectory,
    env: SERVER_ENVIRONMENT,
    user: cluster.user,
  };
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=32', SUPERVISOR, JSON.stringify(plan)],
    {
      // A group of its own: a terminal's Ctrl+C is our caller's to handle.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: SERVER_ENVIRONMENT,
    },
  );
  // When the supervisor dies first, its stdin breaks; `exited` says it.
  child.stdin.on('error', () => undefined);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  let ended = false;
  const exited = new Promise<PostgresExit>((settle) => {
    child.on('error', (error) => settle({ code: null, stderr: error.message }));
    // `close`, not `exit`: only then stderr has been read to its end.
    child.on('close', (code) => settle({ code, stderr }));
  }).finally(() => (ended = true));
  return {
    exited,
    hasExited: () => ended,
    postmaster: () => (stdout.endsWith('\n') ? Number(stdout) : undefined),
    kill: (signal) => void child.kill(signal),
    abandon: () => child.stdin.end(),
  };
}

function embeddedPostgres(
  server: Supervised,
  cluster: Cluster,
  options: PostgresOptions,
  port: number,
): EmbeddedPostgres {
  return {
    host: HOST,
    port,
    username: options.superuser,
    password: options.password,
    pid: server.postmaster() ?? 0,
    binDirectory: cluster.binDirectory,
    exited: server.exited,
    stop: () => stopServer(server),
  };
}

async function stopServer(server: Supervised): Promise<void> {
  if (server.hasExited()) return;
  server.kill('SIGTERM');
  const impatience = setTimeout(() => server.abandon(), STOP_DEADLINE_MS);
  await server.exited;
  clearTimeout(impatience);
}

/** Undefined when the server accepts connections; otherwise it has ended, and this is why. */
async function untilReady(
  server: Supervised,
  cluster: Cluster,
  port: number,
): Promise<PostgresError | undefined> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (!server.hasExited()) {
    if (await acceptsConnections(server, cluster)) return undefined;
    if (Date.now() >= deadline) {
      server.abandon();
      const { stderr } = await server.exited;
      return new PostgresError(
        'start-timed-out',
        `Postgres was not ready within ${READY_DEADLINE_MS} ms. It last said: ${stderr.trim()}`,
      );
    }
    await Promise.race([delay(POLL_MS), server.exited]);
  }
  return startFailure(await server.exited, cluster, port);
}

/** As pg_ctl does: the first line of the lock file is the process id, the eighth its state. */
async function acceptsConnections(server: Supervised, cluster: Cluster): Promise<boolean> {
  const pid = server.postmaster();
  if (pid === undefined) return false;
  const lockFile = join(cluster.dataDirectory, 'postmaster.pid');
  const lines = await readFile(lockFile, 'utf8').then(
    (text) => text.split('\n'),
    () => [], // not written yet: the caller polls until its deadline
  );
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

function startFailure(exit: PostgresExit, cluster: Cluster, port: number): PostgresError {
  if (exit.stderr.includes('"postmaster.pid" already exists')) {
    return new PostgresError(
      'directory-in-use',
      `Another Postgres server uses ${cluster.dataDirectory}; its process id is in the file ` +
        'postmaster.pid there. Stop it, or choose another directory.',
    );
  }
  if (exit.stderr.includes('Address already in use')) {
    return new PostgresError(
      'port-in-use',
      `Postgres cannot listen at ${HOST}:${port}: the port is taken. ` +
        'Choose another one, or 0 for any that is free.',
    );
  }
  return new PostgresError(
    'start-failed',
    `Postgres ended while it started (exit ${exit.code}). It last said: ${exit.stderr.trim()}`,
  );
}

function freePort(): Promise<number> {
  return new Promise((settle, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, HOST, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => settle(port));
    });
  });
}
