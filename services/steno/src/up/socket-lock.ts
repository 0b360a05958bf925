import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli/errors.js';
import type { DataLayout } from '../data-directory/layout.js';

const DYING_DEADLINE_MS = 15_000;
const RETRY_MS = 50;

export interface SocketLock {
  release(): void;
}

/**
 * Takes a data directory for this process, until it ends however it ends. The locks of the log and
 * of ClickHouse guard the data itself; this one tells the operator early and plainly.
 *
 * @throws CliError `already-running`
 */
export async function lockDataDirectory(layout: DataLayout): Promise<SocketLock> {
  const lock = await takeSocketLock(layout.run, 'up');
  if (lock === undefined) throw new CliError('already-running', `It is ${layout.root}.`);
  return lock;
}

/**
 * Takes what lies in a data directory for one instance, its spool above all; waits for a
 * predecessor that is still dying.
 *
 * @throws CliError `instance-running`
 */
export async function lockInstance(layout: DataLayout, instance: string): Promise<SocketLock> {
  // Short, for the paths of sockets are.
  const name = createHash('sha256').update(instance).digest('hex').slice(0, 8);
  const deadline = Date.now() + DYING_DEADLINE_MS;
  mkdirSync(layout.run, { recursive: true, mode: 0o700 });
  for (;;) {
    const lock = await takeSocketLock(layout.run, name);
    if (lock !== undefined) return lock;
    if (Date.now() > deadline) throw new CliError('instance-running', `It is ${instance}.`);
    await delay(RETRY_MS);
  }
}

/**
 * The lock is a socket that its holder answers on. Whoever wants it makes one of the next number,
 * answers on it, and only then looks at all others: of two at the same time at least one sees the
 * other and gives way. What a killed holder left is removed by the next one. Undefined where
 * another process holds it.
 */
async function takeSocketLock(folder: string, name: string): Promise<SocketLock | undefined> {
  const pattern = new RegExp(`^${name}-(\\d{1,9})\\.sock$`);
  const path = (number: number): string => join(folder, `${name}-${number}.sock`);
  const numbers = (): readonly number[] =>
    readdirSync(folder).flatMap((file) => {
      const number = pattern.exec(file)?.[1];
      return number === undefined ? [] : [Number(number)];
    });
  const someAnswer = async (all: readonly number[]): Promise<boolean> => {
    const answers = await Promise.all(all.map((number) => answersAt(path(number))));
    return answers.includes(true);
  };
  for (;;) {
    const found = numbers();
    if (await someAnswer(found)) return undefined;
    const own = Math.max(0, ...found) + 1;
    const server = createServer((socket) => socket.destroy());
    if (!(await listen(server, path(own)))) continue;
    const others = numbers().filter((number) => number !== own);
    if (await someAnswer(others)) {
      server.close();
      return undefined;
    }
    for (const number of others) if (number < own) rmSync(path(number), { force: true });
    server.unref();
    return {
      release: () => {
        server.close();
      },
    };
  }
}

/** Whether a process listens on this socket. */
export function answersAt(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** False where the socket is there already. */
function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(path, () => {
      resolve(true);
    });
  });
}
