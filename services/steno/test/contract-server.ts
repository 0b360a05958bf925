import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema } from '@steno/proto';
import type { ReplayFrame, Seek } from '@steno/proto';
import { WebSocketServer } from 'ws';

const TOKEN = 'local-admin';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  /** The connection ends within the body. */
  readonly breaksOff?: boolean;
}

export type Frames = AsyncIterable<ReplayFrame['frame']> | Iterable<ReplayFrame['frame']>;

/** A real HTTP and WebSocket server that says what a test tells it to, at the api's own paths. */
export class ContractServer {
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => Answer = () => ({ status: 404 });
  replay: (seek: Seek, path: string) => Frames = () => [];
  readonly #http: Server = createServer(
    (request, response) => void this.#handle(request, response),
  );
  readonly #sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('steno.replay.v1') ? 'steno.replay.v1' : false),
  });

  async start(): Promise<void> {
    this.#http.on('upgrade', (request, socket, head) => {
      if (!isAuthorized(request)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('message', (data: Buffer) => {
          const { seek } = fromBinary(ReplayRequestSchema, data);
          if (seek !== undefined) void this.#send(seek, request.url ?? '', client);
        });
      });
    });
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** What a command line needs to reach it. */
  get env(): { STENO_URL: string; STENO_TOKEN: string } {
    return { STENO_URL: this.url, STENO_TOKEN: TOKEN };
  }

  stop(): void {
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const method = request.method ?? '';
    const asked = { method, path: pathname, query: searchParams, body };
    this.asked.push(asked);
    const unauthorized = { status: 401, body: problem('STENO-3001', 'Not signed in') };
    const isOpen = !pathname.startsWith('/api/') || isAuthorized(request);
    const answer: Answer = isOpen ? this.answer(asked) : unauthorized;
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    const text = isText ? answer.body : JSON.stringify(answer.body);
    if (answer.breaksOff === true) response.write(text, () => response.destroy());
    else response.end(text);
  }

  async #send(
    seek: Seek,
    path: string,
    client: { send: (data: Uint8Array) => void; close(): void },
  ) {
    for await (const frame of this.replay(seek, path)) {
      const message = create(ReplayFrameSchema, { request: seek.request, frame });
      client.send(toBinary(ReplayFrameSchema, message));
    }
    client.close();
  }
}

export function problem(code: string, title: string, detail = '') {
  return { type: 'about:blank', title, status: 0, detail, code };
}

/** Items from behind the cursor, as many as are asked for; the cursor is an index. */
export function page(items: readonly unknown[], { query }: Asked, cursorName = 'cursor'): Answer {
  const start = Number(query.get(cursorName) ?? '0');
  const end = start + Number(query.get('limit'));
  const nextCursor = end < items.length ? String(end) : null;
  return { body: { items: items.slice(start, end), nextCursor } };
}

const isAuthorized = ({ headers }: IncomingMessage): boolean =>
  headers.authorization === `Bearer ${TOKEN}`;
