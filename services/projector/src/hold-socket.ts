import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { RunningProjector } from './start-projector.js';

const HELD = 'held\n';

/** A projector that stands still. */
export interface Hold {
  /** Aborts when it may be at work again before it was released. */
  readonly lost: AbortSignal;
  release(): void;
}

/** Lets other processes hold the projector: each for as long as its connection is open. */
export async function serveHolds(
  projector: RunningProjector,
  path: string,
): Promise<{ close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let release: (() => void) | undefined;
    socket.on('error', () => socket.destroy()); // its close releases the hold
    socket.once('close', () => {
      open.delete(socket);
      release?.();
    });
    socket.resume();
    void projector.hold().then((released) => {
      release = released;
      if (socket.destroyed) released();
      else socket.write(HELD);
    });
  });
  rmSync(path, { force: true });
  await listen(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // The socket is made within the call, so nothing else is made under this mask.
    const before = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(before);
  });
}

/** Holds the projector that serves this path. Where none does, nothing needs to be held. */
export function holdProjector(path: string): Promise<Hold> {
  return new Promise((resolve, reject) => {
    const lost = new AbortController();
    const socket = connect(path);
    const held = { lost: lost.signal, release: () => void socket.destroy() };
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isServed = error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED';
      if (isServed) return; // its close says the rest
      socket.removeAllListeners('close');
      resolve(held);
    });
    socket.once('data', () => {
      resolve(held);
    });
    socket.once('close', () => {
      const error = new Error('the projector went away while it was to stand still');
      reject(error);
      lost.abort(error);
    });
  });
}
