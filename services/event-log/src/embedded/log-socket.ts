import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { COMMITTER_LIMITS } from '../committer.js';
import { LogConflict, LogUnavailable } from '../port.js';

/**
 * A request: Int32 length, one byte for the topic, the batch. An answer: Int32 length, one byte for
 * the outcome, a text.
 */
const LENGTH_BYTES = 4;
/** What a committer may gather while the owner is away goes through when it is back. */
export const REQUEST_BYTES_MAX = 2 * COMMITTER_LIMITS.pendingBytesMax;
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
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      // The call binds at once, so that the mask holds for no file but the socket.
      const before = process.umask(0o177);
      try {
        this.server.listen(this.path, resolve);
      } finally {
        process.umask(before);
      }
    });
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
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes that must be there before anything can be cut: a long frame is joined once. */
  private wanted = LENGTH_BYTES;

  read(chunk: Buffer): Buffer[] | undefined {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.wanted) return [];
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const frames: Buffer[] = [];
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt32BE(0);
      if (length === 0 || length > REQUEST_BYTES_MAX) return undefined;
      this.wanted = LENGTH_BYTES + length;
      if (rest.length < this.wanted) break;
      frames.push(rest.subarray(LENGTH_BYTES, this.wanted));
      rest = rest.subarray(this.wanted);
      this.wanted = LENGTH_BYTES;
    }
    this.chunks = [rest];
    this.size = rest.length;
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
      if (1 + batch.bytes.length > REQUEST_BYTES_MAX) {
        reject(new LogUnavailable(`a batch of ${batch.bytes.length} bytes is too long to share`));
        return;
      }
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
    // What an old connection still has to say does not concern the appends on the next one.
    const lost = (why: string): void => {
      if (this.socket === socket) this.lost(why);
    };
    socket.on('data', (chunk: Buffer) => {
      const replies = frames.read(chunk);
      if (replies === undefined) lost('the owner of the log answered what is no answer');
      else for (const reply of replies) this.settle(reply);
    });
    socket.on('error', (error) => {
      lost(error.message);
    });
    socket.on('close', () => {
      lost('the owner of the log went away');
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
