import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { CliError } from '../cli/errors.js';
import type { DataLayout } from '../data-directory/layout.js';

/**
 * Takes a data directory for this process, until it ends however it ends. The locks of the log and of ClickHouse guard the
 * data itself; this one tells the operator early and plainly.
 *
 * @throws CliError `already-running`
 */
export async function lockDataDirectory(layout: DataLayout): Promise<{ release(): void }> {
  const path = join(layout.run, 'up.sock');
  if (await answers(path)) throw new CliError('already-running', `It is ${layout.root}.`);
  rmSync(path, { force: true });
  const server = createServer((socket) => socket.destroy());
  await listen(server, path);
  server.unref();
  return {
    release: () => {
      server.close();
    },
  };
}

function answers(path: string): Promise<boolean> {
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

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
