import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema, type Seek } from '@steno/proto';
import type { OpenSocket, SocketHandlers, Timers } from '../src/replay-link.js';

type Frame = NonNullable<MessageInitShape<typeof ReplayFrameSchema>['frame']>;

/** The other end of the socket: notes what is asked, and answers as it is told to. */
export class FakeServer {
  readonly seeks: Seek[] = [];
  readonly handlers: SocketHandlers[] = [];
  /** What waits for its time; run() lets it pass. */
  readonly waiting: { readonly milliseconds: number; readonly task: () => void }[] = [];
  closed = 0;

  readonly open: OpenSocket = (handlers) => {
    this.handlers.push(handlers);
    return {
      send: (bytes) => {
        const { seek } = fromBinary(ReplayRequestSchema, bytes);
        if (seek !== undefined) this.seeks.push(seek);
      },
      close: () => {
        this.closed += 1;
      },
    };
  };

  readonly timers: Timers = {
    after: (milliseconds, task) => {
      const entry = { milliseconds, task };
      this.waiting.push(entry);
      return () => void this.waiting.splice(this.waiting.indexOf(entry), 1);
    },
    random: () => 0.5,
  };

  get last(): Seek {
    const seek = this.seeks.at(-1);
    if (seek === undefined) throw new Error('nothing was asked');
    return seek;
  }

  connect(): void {
    this.handlers.at(-1)?.opened();
  }

  drop(): void {
    this.handlers.at(-1)?.closed();
  }

  /** Lets the time of all that waits pass. */
  run(): void {
    for (const { task } of this.waiting.splice(0)) task();
  }

  bytes(bytes: Uint8Array): void {
    this.handlers.at(-1)?.received(bytes);
  }

  send(frame: Frame, request = this.last.request): void {
    this.bytes(toBinary(ReplayFrameSchema, create(ReplayFrameSchema, { request, frame })));
  }

  screen(t: number, position: number, request?: number): void {
    const ansi = encode(`screen at ${position}\r\n`);
    const value = { t: BigInt(t), position: BigInt(position), cols: 120, rows: 36, ansi };
    this.send({ case: 'screen', value }, request);
  }

  chunk(t: number, position: number, text = `${position};`, request?: number): void {
    const value = { t: BigInt(t), position: BigInt(position), ansi: encode(text) };
    this.send({ case: 'chunk', value }, request);
  }

  end(t: number, position: number, reason = 'range', code = ''): void {
    this.send({
      case: 'end',
      value: { t: BigInt(t), position: BigInt(position), reason, code },
    });
  }
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
