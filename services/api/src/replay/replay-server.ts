import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Seek } from '@steno/proto';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { API_ERRORS, ApiProblem } from '../errors.js';
import { problemOf, problemView } from '../http/problem.js';
import { LIMITS } from '../limits.js';
import type { Parts } from '../parts.js';
import { sourceOf } from '../people/gatekeeper.js';
import { REPLAY_ROUTE } from '../people/roles.js';
import { ReplayConnection } from './replay-connection.js';

const PROTOCOL = 'steno.replay.v1';
const PATH = /^\/api\/sessions\/([\w-]{1,64})\/replay$/;

interface Open {
  readonly connection: ReplayConnection;
  readonly actor: string;
  readonly request: IncomingMessage;
  isAlive: boolean;
}

/** The WebSockets of replays, beside the HTTP framework but behind the same gatekeeper. */
export class ReplayServer {
  private readonly open = new Map<WebSocket, Open>();
  private readonly pings: NodeJS.Timeout;
  private isStopping = false;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.socketMessageBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });

  constructor(private readonly parts: Parts) {
    this.pings = setInterval(() => this.checkAll(), LIMITS.pingMs).unref();
  }

  /** For the `upgrade` event of the HTTP server. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Until ws takes over; afterwards it has its own.
    const onError = () => socket.destroy();
    socket.on('error', onError);
    let sessionId: string;
    try {
      sessionId = this.admit(request);
    } catch (error) {
      this.refuse(request, socket, error);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', onError);
      this.begin(webSocket, request, sessionId);
    });
  };

  /** Ends all replays. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.pings);
    const all = [...this.open];
    for (const [webSocket] of all) webSocket.close(1001, 'Steno stops');
    await Promise.all(all.map(([, { connection }]) => connection.settled()));
    for (const [webSocket] of all) webSocket.terminate();
  }

  private admit(request: IncomingMessage): string {
    const { gatekeeper } = this.parts;
    gatekeeper.receive(request);
    const sessionId = PATH.exec((request.url ?? '').split('?')[0] ?? '')?.[1];
    if (sessionId === undefined) throw new ApiProblem('notFound');
    gatekeeper.admit(request, REPLAY_ROUTE);
    gatekeeper.checkSocketOrigin(request);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/ *, */);
    if (!offered.includes(PROTOCOL)) {
      throw new ApiProblem('invalidRequest', `The subprotocol is ${PROTOCOL}.`);
    }
    const actor = gatekeeper.personOf(request)?.actor ?? '';
    const ofActor = [...this.open.values()].filter((one) => one.actor === actor).length;
    const isFull = this.open.size >= LIMITS.sockets || ofActor >= LIMITS.socketsPerActor;
    if (isFull || this.isStopping) throw new ApiProblem('tooBusy');
    return sessionId;
  }

  private refuse(request: IncomingMessage, socket: Duplex, error: unknown): void {
    const { problem, isExpected } = problemOf(error);
    if (!isExpected) this.parts.options.onError(error, 'opening a replay');
    const view = problemView(problem);
    if (view.status === 401 || view.status === 403) {
      const actor = this.parts.gatekeeper.personOf(request)?.actor ?? '';
      void this.parts.accessLog.tryToRecord({
        type: 'access.refused',
        actor,
        route: REPLAY_ROUTE,
        code: API_ERRORS[problem.problem].code,
        source: sourceOf(request),
      });
    }
    const body = JSON.stringify(view);
    const head = [
      `HTTP/1.1 ${view.status} ${STATUS_CODES[view.status] ?? ''}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  }

  private begin(webSocket: WebSocket, request: IncomingMessage, sessionId: string): void {
    const { gatekeeper, reader, options, metrics } = this.parts;
    const connection = new ReplayConnection(webSocket, {
      reader,
      sessionId,
      onSeek: (seek) => this.record(request, sessionId, seek),
      onError: options.onError,
    });
    const actor = gatekeeper.personOf(request)?.actor ?? '';
    const open: Open = { connection, actor, request, isAlive: true };
    this.open.set(webSocket, open);
    metrics.openReplays.set(this.open.size);
    webSocket.on('pong', () => {
      open.isAlive = true;
    });
    webSocket.on('close', () => {
      this.open.delete(webSocket);
      metrics.openReplays.set(this.open.size);
    });
  }

  private async record(
    request: IncomingMessage,
    sessionId: string,
    { follow }: Seek,
  ): Promise<void> {
    await this.parts.accessLog.record({
      type: 'access.viewed',
      actor: this.parts.gatekeeper.personOf(request)?.actor ?? '',
      action: follow ? 'tail' : 'replay',
      object: 'session',
      objectId: sessionId,
      query: '',
      source: sourceOf(request),
    });
  }

  /** Who does not answer is gone; who is no longer signed in must not go on watching. */
  private checkAll(): void {
    for (const [webSocket, open] of this.open) {
      if (!open.isAlive) webSocket.terminate();
      else if (!this.parts.gatekeeper.isStillSignedIn(open.request)) {
        webSocket.close(4401, API_ERRORS.notSignedIn.title);
      } else {
        open.isAlive = false;
        webSocket.ping();
      }
    }
  }
}
