import { readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { CliError } from '../cli/errors.js';
import type { DataLayout } from '../data-directory/layout.js';

const NAME = /^up-(\d{1,9})\.sock$/;

/**
 * Takes a data directory for this process, until it ends however it ends. The locks of the log and
 * of ClickHouse guard the data itself; this one tells the operator early and plainly.
 *
 * The lock is a socket that its holder answers on. Whoever wants it makes one of the next number,
 * answers on it, and only then looks at all others: of two at the same time at least one sees the
 * other and gives way. What a killed holder left is removed by the next one.
 *
 * @throws CliError `already-running`
 */
export async function lockDataDirectory(layout: DataLayout): Promise<{ release(): void }> {
  const refusal = new CliError('already-running', `It is ${layout.root}.`);
  for (;;) {
    const found = numbers(layout);
    if (await someAnswer(layout, found)) throw refusal;
    const own = Math.max(0, ...found) + 1;
    const server = createServer((socket) => socket.destroy());
    if (!(await listen(server, socketPath(layout, own)))) continue;
    const others = numbers(layout).filter((number) => number !== own);
    if (await someAnswer(layout, others)) {
      server.close();
      throw refusal;
    }
    for (const number of others) {
      if (number < own) rmSync(socketPath(layout, number), { force: true });
    }
    server.unref();
    return {
      release: () => {
        server.close();
      },
    };
  }
}

function socketPath(layout: DataLayout, number: number): string {
  return join(layout.run, `up-${number}.sock`);
}

function numbers(layout: DataLayout): readonly number[] {
  return readdirSync(layout.run).flatMap((name) => {
    const number = NAME.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function someAnswer(layout: DataLayout, all: readonly number[]): Promise<boolean> {
  const answers = await Promise.all(all.map((number) => answersAt(socketPath(layout, number))));
  return answers.includes(true);
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
