import { once } from 'node:events';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema } from '@steno/proto';
import type { Chunk, End, Mark, ReplayFrame, Screen, SeekSchema } from '@steno/proto';
import { WebSocket } from 'ws';
import { TOKEN } from './test-api.js';

export interface Replayed {
  readonly screen: Screen | undefined;
  readonly chunks: readonly Chunk[];
  readonly marks: readonly Mark[];
  readonly end: End;
}

/** A player as simple as can be. */
export class Player {
  readonly frames: ReplayFrame[] = [];
  private request = 0;
  private waiting: (() => void)[] = [];

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(fromBinary(ReplayFrameSchema, data));
      for (const wake of this.waiting.splice(0)) wake();
    });
    socket.on('close', () => {
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  static async open(url: string, sessionId: string): Promise<Player> {
    const player = new Player(connect(url, sessionId, { authorization: `Bearer ${TOKEN}` }));
    await once(player.socket, 'open');
    return player;
  }

  /** The number of the request. */
  ask(seek: MessageInitShape<typeof SeekSchema>): number {
    this.request += 1;
    const message = create(ReplayRequestSchema, { seek: { ...seek, request: this.request } });
    this.socket.send(toBinary(ReplayRequestSchema, message));
    return this.request;
  }

  /** All frames of a Seek, up to an End with one of these reasons. */
  async seek(
    seek: MessageInitShape<typeof SeekSchema>,
    reasons = ['range', 'closed', 'failed'],
  ): Promise<Replayed> {
    const request = this.ask(seek);
    return this.replayed(request, reasons);
  }

  async replayed(request: number, reasons: readonly string[]): Promise<Replayed> {
    const own = () => this.frames.filter((frame) => frame.request === request);
    const end = () =>
      own()
        .flatMap(({ frame }) => (frame.case === 'end' ? [frame.value] : []))
        .find(({ reason }) => reasons.includes(reason));
    await this.until(() => end() !== undefined);
    const ended = end();
    if (ended === undefined) throw new Error('the socket was closed before the end');
    const frames = own().map(({ frame }) => frame);
    return {
      screen: frames.flatMap((frame) => (frame.case === 'screen' ? [frame.value] : []))[0],
      chunks: frames.flatMap((frame) => (frame.case === 'chunk' ? [frame.value] : [])),
      marks: frames.flatMap((frame) => (frame.case === 'mark' ? [frame.value] : [])),
      end: ended,
    };
  }

  /** Waits for frames until it holds, or the socket is closed. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && this.socket.readyState === WebSocket.OPEN) {
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await once(this.socket, 'close');
  }
}

export function connect(
  url: string,
  sessionId: string,
  headers: Record<string, string>,
  protocols: string[] = ['steno.replay.v1'],
): WebSocket {
  const address = `${url.replace(/^http/, 'ws')}/api/sessions/${sessionId}/replay`;
  return new WebSocket(address, protocols, { headers, perMessageDeflate: false });
}

/** The status with which a WebSocket is refused; 101 where it is not. */
export async function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

export function text(parts: readonly { readonly ansi: Uint8Array }[]): string {
  return parts.map(({ ansi }) => Buffer.from(ansi).toString()).join('');
}
