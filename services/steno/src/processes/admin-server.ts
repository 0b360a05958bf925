import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { CliError } from '../cli/errors.js';
import { formatAddress } from '../config/address.js';
import type { Address } from '../config/address.js';
import { isListenError } from './listen-error.js';

/** Whoever asks is near and quick; others shall not hold up anything. */
const CONNECTIONS_MAX = 64;
/** The usual reason on one machine. */
const OTHER_PART = 'Where another part of Steno has it, give this one its own: --admin HOST:PORT.';
const LIMITS = { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 8 * 1024 };

export interface AdminOptions {
  readonly listen: Address;
  /** Why the process should be given no work for now; none: it is ready. */
  readonly unready: () => readonly string[];
  readonly onError: (error: unknown) => void;
}

/** What a process says of itself to those who run it: nothing secret, to anybody who asks. */
export class AdminServer {
  readonly registry = new Registry();
  private readonly server: Server;

  private constructor(private readonly options: AdminOptions) {
    collectDefaultMetrics({ register: this.registry });
    this.server = createServer(LIMITS, (request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        options.onError(error);
        answerJson(response, 500, { status: 'failed' });
      });
    });
    this.server.maxConnections = CONNECTIONS_MAX;
  }

  /** @throws CliError where the address is taken */
  static async start(options: AdminOptions): Promise<AdminServer> {
    const admin = new AdminServer(options);
    await admin.listen();
    return admin;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${formatAddress({ host: this.options.listen.host, port })}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private listen(): Promise<void> {
    const { host, port } = this.options.listen;
    return new Promise((resolve, reject) => {
      this.server.once('error', (error) => {
        const isTaken = isListenError(error);
        const detail = `admin.listen: ${error.message}. ${OTHER_PART}`;
        reject(isTaken ? new CliError('address-taken', detail) : error);
      });
      this.server.listen(port, host, resolve);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      answerJson(response, 405, { status: 'method-not-allowed' });
      return;
    }
    switch (url?.split('?')[0]) {
      case '/healthz':
        answerJson(response, 200, { status: 'ok' });
        break;
      case '/readyz': {
        const reasons = this.options.unready();
        if (reasons.length === 0) answerJson(response, 200, { status: 'ok' });
        else answerJson(response, 503, { status: 'unready', reasons });
        break;
      }
      case '/metrics': {
        const text = await this.registry.metrics();
        response.writeHead(200, { 'content-type': this.registry.contentType }).end(text);
        break;
      }
      default:
        answerJson(response, 404, { status: 'not-found' });
    }
  }
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
