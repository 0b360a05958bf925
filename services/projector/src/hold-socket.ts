import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import type { RunningProjector } from './start-projector.js';

const HELD = 'held\n';

/** Lets another process hold the projector: for as long as its connection is open. */
export async function serveHolds(
  projector: RunningProjector,
  path: string,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((socket) => {
    let release: (() => void) | undefined;
    let gone = false;
    socket.on('error', () => socket.destroy()); // its close releases the hold
    socket.once('close', () => {
      gone = true;
      release?.();
    });
    socket.resume();
    void projector.hold().then((released) => {
      release = released;
      if (gone) released();
      else socket.write(HELD);
    });
  });
  rmSync(path, { force: true });
  const before = process.umask(0o177);
  try {
    await listen(server, path);
  } finally {
    process.umask(before);
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

/** Holds the projector that serves this path until the function given is called; at once where none does. */
export function holdProjector(path: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const nobody = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(() => undefined);
      else reject(error);
    };
    socket.once('error', nobody);
    socket.once('data', () => {
      resolve(() => {
        socket.destroy();
      });
    });
    socket.once('close', () => {
      reject(new Error('the projector went away before it stood still'));
    });
  });
}
