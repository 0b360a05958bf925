import { Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  MessageScanner,
  decodeBackendKeyData,
  decodeErrorFields,
  encodePassword,
  encodeStartup,
  fieldText,
  isMalformed,
  withHeader,
} from '@steno/wire-postgres';
import type { BackendKey } from '@steno/wire-postgres';
import type { Login } from './rig.js';

export interface ServerMessage {
  /** Its letter. */
  readonly type: string;
  readonly body: Buffer;
}

/** A client that sends what it is told, byte by byte if need be, and keeps all that it gets. */
export class RawClient {
  readonly messages: ServerMessage[] = [];
  bytesReceived = 0;
  private read = 0;
  private ended = false;
  private wake: () => void = () => undefined;
  private readonly scanner = new MessageScanner({
    side: 'backend',
    maxMessageBytes: 0x3fff_ffff,
    wholeMessageBytes: 0x3fff_ffff,
  });

  private constructor(readonly socket: Duplex) {
    socket.on('data', (chunk: Buffer) => {
      this.bytesReceived += chunk.length;
      const malformed = this.scanner.scan(chunk, {
        message: (type, body) => {
          const whole = Buffer.from(withHeader(body));
          this.messages.push({ type: String.fromCharCode(type), body: whole.subarray(5) });
        },
        begin: () => undefined,
        part: () => undefined,
        end: () => undefined,
      });
      if (malformed !== undefined) socket.destroy(new Error(malformed.detail));
      this.wake();
    });
    const end = () => {
      this.ended = true;
      this.wake();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }

  /** A connection on which nothing was said yet. */
  static over(socket: Duplex): RawClient {
    return new RawClient(socket);
  }

  static connect(at: { host: string; port: number }): RawClient {
    return new RawClient(connect({ ...at, noDelay: true, allowHalfOpen: true }));
  }

  /** Connects and logs in; resolves at the first ReadyForQuery, or at the error in its place. */
  static async login(
    login: Login,
    startup: { minor?: number; settings?: Record<string, string> } = {},
  ): Promise<RawClient> {
    const client = RawClient.connect(login);
    await client.login(login, startup);
    return client;
  }

  async login(
    login: Login,
    startup: { minor?: number; settings?: Record<string, string> } = {},
  ): Promise<void> {
    this.startup(login, startup);
    await this.until('R', 'E');
    this.send(encodePassword(login.password));
    await this.until('Z', 'E');
  }

  startup(
    login: Pick<Login, 'user' | 'database'>,
    { minor = 0, settings = {} }: { minor?: number; settings?: Record<string, string> } = {},
  ): void {
    const { user, database } = login;
    const parameters = new Map(Object.entries({ user, database, ...settings }));
    this.send(encodeStartup({ minor, parameters, protocolOptions: new Map() }));
  }

  send(...messages: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(messages));
  }

  /** The messages up to and with the next one of these types. */
  async until(...types: readonly string[]): Promise<ServerMessage[]> {
    const from = this.read;
    for (;;) {
      while (this.read < this.messages.length) {
        const message = this.messages[this.read];
        this.read += 1;
        if (message !== undefined && types.includes(message.type)) {
          return this.messages.slice(from, this.read);
        }
      }
      if (this.ended) {
        const got = this.messages.slice(from).map(({ type }) => type);
        throw new Error(`the connection ended before ${types.join(' or ')}, after ${got.join('')}`);
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Sends and gives the answer up to ReadyForQuery. */
  ask(...messages: readonly Buffer[]): Promise<ServerMessage[]> {
    this.send(...messages);
    return this.until('Z');
  }

  /** All that comes until the other side ends. */
  async rest(): Promise<ServerMessage[]> {
    while (!this.ended) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const from = this.read;
    this.read = this.messages.length;
    return this.messages.slice(from);
  }

  close(): void {
    this.socket.end(Buffer.from('X\0\0\0\x04', 'latin1'));
  }

  /** Ends without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Ends as when its machine forgot the connection. */
  reset(): void {
    if (this.socket instanceof Socket) this.socket.resetAndDestroy();
  }
}

/** Letters of what a server said, in order. */
export function letters(messages: readonly ServerMessage[]): string {
  return messages.map(({ type }) => type).join('');
}

/** Bodies of DataRow and CopyData: what `sha256` and `bytes` of a response cover. */
export function dataBytes(messages: readonly ServerMessage[]): Buffer {
  const covered = messages.filter(({ type }) => type === 'D' || type === 'd');
  return Buffer.concat(covered.map(({ body }) => body));
}

/** What is kept of a response: the messages of its output in full framing. */
export function outputBytes(messages: readonly ServerMessage[]): Buffer {
  const kept = messages.filter(({ type }) => 'TDHdV'.includes(type));
  return Buffer.concat(kept.flatMap(({ type, body }) => [frame(type, body.length), body]));
}

function frame(type: string, bodyLength: number): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, 'latin1');
  header.writeInt32BE(bodyLength + 4, 1);
  return header;
}

/** SQLSTATE, message and hint of an ErrorResponse. */
export function errorOf(message: ServerMessage | undefined) {
  if (message?.type !== 'E') throw new Error(`no error but ${message?.type ?? 'nothing'}`);
  const fields = decodeErrorFields(message.body);
  if (isMalformed(fields)) throw new Error(fields.detail);
  const text = (letter: string): string => fieldText(fields, letter) ?? '';
  return { severity: text('V'), sqlstate: text('C'), message: text('M'), hint: text('H') };
}

/** What a client that logged in may ask with for its command to be given up. */
export function cancelKey({ messages }: RawClient): BackendKey {
  const body = messages.find(({ type }) => type === 'K')?.body ?? Buffer.alloc(0);
  const key = decodeBackendKeyData(body);
  if (isMalformed(key)) throw new Error(key.detail);
  return key;
}
