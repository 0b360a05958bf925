import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { LogConflict, LogUnavailable } from '../port.js';

/**
 * A request: Int32 length, one byte for the topic, the batch. An answer: Int32 length, one byte for
 * the outcome, a text.
 */
const LENGTH_BYTES = 4;
const REQUEST_BYTES_MAX = 8 * 1024 * 1024;
const OUTCOMES = ['appended', 'conflict', 'unavailable'] as const;
const ANSWER_TIMEOUT_MS = 10_000;

type Append = (topic: Topic, bytes: Buffer) => Promise<void>;

/**
 * Takes the appends of the other processes of an installation, for the process that owns the
 * embedded log.
 */
export class LogSocketServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly path: string,
    append: Append,
  ) {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy()); // the client sees the end and tries again
      socket.once('close', () => this.sockets.delete(socket));
      serve(socket, append);
    });
  }

  /** The caller owns the log, so a socket file that is there is a dead owner's. */
  async listen(): Promise<void> {
    rmSync(this.path, { force: true });
    const before = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.server.once('error', reject);
        this.server.listen(this.path, resolve);
      });
    } finally {
      process.umask(before);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }
}

function serve(socket: Socket, append: Append): void {
  const frames = new FrameReader();
  let turn = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    const requests = frames.read(chunk);
    if (requests === undefined) {
      socket.destroy();
      return;
    }
    for (const request of requests) {
      turn = turn.then(async () => {
        socket.write(await answer(request, append));
      });
    }
  });
}

async function answer(request: Buffer, append: Append): Promise<Buffer> {
  const topic = TOPICS[request[0] ?? TOPICS.length];
  if (topic === undefined) return frame(OUTCOMES.indexOf('unavailable'), 'no such topic');
  try {
    await append(topic, request.subarray(1));
    return frame(OUTCOMES.indexOf('appended'), '');
  } catch (error) {
    const outcome = error instanceof LogConflict ? 'conflict' : 'unavailable';
    return frame(OUTCOMES.indexOf(outcome), error instanceof Error ? error.message : '');
  }
}

function frame(code: number, text: string | Buffer): Buffer {
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + 1 + body.length);
  framed.writeUInt32BE(1 + body.length, 0);
  framed[LENGTH_BYTES] = code;
  body.copy(framed, LENGTH_BYTES + 1);
  return framed;
}

/** Cuts a byte stream into frames; undefined for a length that none has. */
class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): Buffer[] | undefined {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const frames: Buffer[] = [];
    while (this.rest.length >= LENGTH_BYTES) {
      const length = this.rest.readUInt32BE(0);
      if (length === 0 || length > REQUEST_BYTES_MAX) return undefined;
      if (this.rest.length < LENGTH_BYTES + length) break;
      frames.push(this.rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
      this.rest = this.rest.subarray(LENGTH_BYTES + length);
    }
    return frames;
  }
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends through the owner's socket; connects anew after a failure, one append at a time in the
 * order of the calls.
 */
export class LogSocketClient {
  private socket: Socket | undefined;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly path: string) {}

  /** Rejects with LogUnavailable (nothing is known of the batch) or LogConflict. */
  append(topic: Topic, batch: EncodedBatch): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.lost('no answer in time');
      }, ANSWER_TIMEOUT_MS);
      this.waiting.push({
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.connected().write(frame(TOPICS.indexOf(topic), batch.bytes));
    });
  }

  close(): void {
    this.lost('the client was closed');
  }

  private connected(): Socket {
    if (this.socket !== undefined) return this.socket;
    const socket = connect(this.path);
    const frames = new FrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const reply of frames.read(chunk) ?? []) this.settle(reply);
    });
    socket.on('error', (error) => {
      this.lost(error.message);
    });
    socket.on('close', () => {
      this.lost('the owner of the log went away');
    });
    socket.unref();
    this.socket = socket;
    return socket;
  }

  private settle(reply: Buffer): void {
    const waiting = this.waiting.shift();
    const outcome = OUTCOMES[reply[0] ?? OUTCOMES.length];
    const text = reply.toString('utf8', 1);
    if (outcome === 'appended') waiting?.resolve();
    else waiting?.reject(outcome === 'conflict' ? new LogConflict(text) : new LogUnavailable(text));
  }

  private lost(why: string): void {
    this.socket?.destroy();
    this.socket = undefined;
    for (const { reject } of this.waiting.splice(0)) reject(new LogUnavailable(why));
  }
}
