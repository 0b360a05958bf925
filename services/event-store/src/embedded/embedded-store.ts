import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findClickHouseLibrary } from './clickhouse-library.js';
import { EmbeddedStoreError } from './embedded-store-error.js';
import { STORE_USERNAME, writeServerFiles } from './server-config.js';
import type { ServerFiles } from './server-config.js';

/** Two levels up from src/embedded and from dist/embedded alike. */
const SERVER_ENTRY = fileURLToPath(new URL('../../bin/clickhouse-server.mjs', import.meta.url));

const MEMORY_BYTES_DEFAULT = 2 * 1024 ** 3;
const READY_DEADLINE_MS = 60_000;
const LOCK_DEADLINE_MS = 15_000;
const LOCK_RETRY_MS = 250;
const POLL_MS = 25;
const REQUEST_DEADLINE_MS = 2_000;
const STOP_DEADLINE_MS = 10_000;
const PORT_ATTEMPTS = 3;
const STDERR_TAIL_CHARACTERS = 4_096;

export interface EmbeddedStoreOptions {
  /** Holds the data, the password and the log; made if missing. One server a directory. */
  readonly directory: string;
  /** Of 127.0.0.1; 0 or none: a free one. */
  readonly port?: number | undefined;
  /** The most memory that the server takes for queries, merges and caches. */
  readonly memoryBytes?: number | undefined;
  /** How long the start may take once the directory is ours. */
  readonly readyDeadlineMs?: number | undefined;
  /** How long to wait for a predecessor on the directory that is still dying. */
  readonly lockDeadlineMs?: number | undefined;
}

export interface StoreExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that the server wrote, which say why it ended. */
  readonly stderr: string;
}

export interface EmbeddedStore {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly pid: number;
  /** Settles when the server has ended, asked or not; never rejects. */
  readonly exited: Promise<StoreExit>;
  /** Ends the server: asks first, kills after 10 s. May be called again. */
  stop(): Promise<void>;
}

interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<StoreExit>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly hasExited: () => boolean;
}

/**
 * Starts a ClickHouse server as a child process and waits until it answers queries.
 * It ends with this process, however this process ends, and keeps every acknowledged row.
 * Throws EmbeddedStoreError.
 */
export async function startEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const library = findClickHouseLibrary(process.platform, process.arch);
  const directory = resolve(options.directory);
  const files = await writeServerFiles(directory, options.memoryBytes ?? MEMORY_BYTES_DEFAULT);
  const lockDeadline = Date.now() + (options.lockDeadlineMs ?? LOCK_DEADLINE_MS);
  let portAttempts = 0;
  for (;;) {
    const port = options.port || (await freePort());
    const server = spawnServer([library, String(port), files.dataDirectory, files.configFile]);
    const url = `http://127.0.0.1:${port}`;
    const readyMs = options.readyDeadlineMs ?? READY_DEADLINE_MS;
    const failure = await untilReady(server, url, files, readyMs);
    if (failure === undefined) return embeddedStore(server, url, files.password);
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

function embeddedStore(server: ServerProcess, url: string, password: string): EmbeddedStore {
  return {
    url,
    username: STORE_USERNAME,
    password,
    pid: server.pid,
    exited: server.exited,
    stop: () => stopServer(server),
  };
}

async function stopServer(server: ServerProcess): Promise<void> {
  if (server.hasExited()) return;
  server.kill('SIGTERM');
  const killer = setTimeout(() => server.kill('SIGKILL'), STOP_DEADLINE_MS);
  await server.exited;
  clearTimeout(killer);
}

function spawnServer(args: readonly string[]): ServerProcess {
  const child = spawn(process.execPath, [SERVER_ENTRY, ...args], {
    // A group of its own: a terminal's Ctrl+C is the supervisor's to handle.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    // Not our environment, which may hold secrets. Times are UTC whatever the machine's zone.
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC' },
  });
  // When the server dies first, its stdin breaks; `exited` says it.
  child.stdin.on('error', () => undefined);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARACTERS);
  });
  let ended = false;
  const exited = exitOf(child, () => stderr).finally(() => {
    ended = true;
  });
  return {
    pid: child.pid ?? 0,
    exited,
    kill: (signal) => void child.kill(signal),
    hasExited: () => ended,
  };
}

function exitOf(
  child: ChildProcessByStdio<Writable, null, Readable>,
  stderr: () => string,
): Promise<StoreExit> {
  return new Promise((settle) => {
    child.on('error', (error) => settle({ code: null, signal: null, stderr: error.message }));
    // `close`, not `exit`: only then stderr has been read to its end.
    child.on('close', (code, signal) => settle({ code, signal, stderr: stderr() }));
  });
}

/** Undefined when the server answers a query; otherwise it has ended, and this is why. */
async function untilReady(
  server: ServerProcess,
  url: string,
  files: ServerFiles,
  deadlineMs: number,
): Promise<EmbeddedStoreError | undefined> {
  const deadline = Date.now() + deadlineMs;
  while (!server.hasExited()) {
    if (await answersQueries(url, files.password)) return undefined;
    if (Date.now() >= deadline) {
      server.kill('SIGKILL');
      const { stderr } = await server.exited;
      return new EmbeddedStoreError(
        'start-timed-out',
        `The embedded ClickHouse did not answer at ${url} within ${deadlineMs} ms. ` +
          `Its log is ${files.logFile}. It last said: ${lastWords(stderr)}`,
      );
    }
    await Promise.race([delay(POLL_MS), server.exited]);
  }
  return startFailure(await server.exited, url, files);
}

/** Anybody may answer /ping on this port; only ours accepts the password. */
async function answersQueries(url: string, password: string): Promise<boolean> {
  if ((await statusOf(`${url}/ping`, {})) !== 200) return false;
  const headers = { 'X-ClickHouse-User': STORE_USERNAME, 'X-ClickHouse-Key': password };
  return (await statusOf(`${url}/?query=SELECT+1`, headers)) === 200;
}

/** The HTTP status; undefined while nobody answers. */
async function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  try {
    const signal = AbortSignal.timeout(REQUEST_DEADLINE_MS);
    const response = await fetch(url, { headers, signal });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined; // not listening yet: the caller polls until its deadline
  }
}

function startFailure(exit: StoreExit, url: string, files: ServerFiles): EmbeddedStoreError {
  if (exit.stderr.includes('Another server instance')) {
    return new EmbeddedStoreError(
      'directory-in-use',
      `Another ClickHouse server uses ${files.dataDirectory}; its process id is in the file ` +
        '`status` there. Stop it, or choose another data directory.',
    );
  }
  if (exit.stderr.includes('Address already in use')) {
    return new EmbeddedStoreError(
      'port-in-use',
      `The embedded ClickHouse cannot listen at ${url}: the port is taken. ` +
        'Choose another one, or 0 for any that is free.',
    );
  }
  return new EmbeddedStoreError(
    'start-failed',
    `The embedded ClickHouse ended while it started (${exit.signal ?? `exit ${exit.code}`}). ` +
      `Its log is ${files.logFile}. It last said: ${lastWords(exit.stderr)}`,
  );
}

function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Logging '));
  return lines.slice(-5).join('\n') || '(nothing)';
}

function freePort(): Promise<number> {
  return new Promise((settle, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => settle(port));
    });
  });
}
