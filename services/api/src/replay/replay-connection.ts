import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema } from '@steno/proto';
import type { Seek } from '@steno/proto';
import type { WebSocket } from 'ws';
import { API_ERRORS, ApiProblem } from '../errors.js';
import { problemOf } from '../http/problem.js';
import { LIMITS } from '../limits.js';
import { answerSeek } from './answer.js';
import type { Asked, Frame } from './answer.js';

export interface ConnectionUse {
  readonly reader: Asked['reader'];
  readonly sessionId: string;
  /** Told before a Seek is answered; rejects with ApiProblem where it must not be. */
  readonly onSeek: (seek: Seek) => Promise<void>;
  readonly onError: (error: unknown, where: string) => void;
}

/** One player: answers its newest request, and ends the older one. */
export class ReplayConnection {
  private current = new AbortController();
  private answering: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly use: ConnectionUse,
  ) {
    socket.on('message', (data: Buffer) => this.receive(data));
    socket.on('close', () => this.current.abort());
    // The end of the connection follows, which is all there is to do.
    socket.on('error', () => this.current.abort());
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    this.current.abort();
    await this.answering;
  }

  private receive(data: Buffer): void {
    const seek = decodeSeek(data);
    this.current.abort();
    const { signal } = (this.current = new AbortController());
    const before = this.answering;
    this.answering = (async () => {
      await before;
      if (!signal.aborted) await this.answer(seek, signal);
    })();
  }

  private async answer(seek: Seek | undefined, signal: AbortSignal): Promise<void> {
    const request = seek?.request ?? 0;
    try {
      if (seek === undefined) throw new ApiProblem('invalidRequest');
      await this.use.onSeek(seek);
      const reader = { ...this.use.reader, signal };
      const asked = { reader, signal, sessionId: this.use.sessionId };
      for await (const frame of answerSeek(asked, seek)) {
        if (signal.aborted) return;
        await this.send(request, frame);
      }
    } catch (error) {
      // A newer request, or the player has gone.
      if (signal.aborted) return;
      await this.fail(request, error);
    }
  }

  private async fail(request: number, error: unknown): Promise<void> {
    const { problem, isExpected } = problemOf(error);
    if (!isExpected) this.use.onError(error, 'a replay');
    const { code } = API_ERRORS[problem.problem];
    await this.send(request, { case: 'end', value: { reason: 'failed', code } });
  }

  /** Waits while the player is slow; gives up silently when it is gone. */
  private async send(request: number, frame: Frame): Promise<void> {
    const { socket } = this;
    const bytes = toBinary(ReplayFrameSchema, create(ReplayFrameSchema, { request, frame }));
    const sent = new Promise<void>((resolve) => socket.send(bytes, () => resolve()));
    if (socket.bufferedAmount > LIMITS.socketBufferedBytes) await sent;
  }
}

function decodeSeek(data: Buffer): Seek | undefined {
  try {
    return fromBinary(ReplayRequestSchema, data).seek;
  } catch {
    return undefined; // answered as an invalid request
  }
}
