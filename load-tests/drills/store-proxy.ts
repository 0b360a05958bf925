import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What befalls an insert on its way to ClickHouse. */
export type Mischief =
  | 'none'
  /** It comes late. */
  | 'delay'
  /** ClickHouse takes it, and the answer says that it did not. */
  | 'fail-after'
  /** ClickHouse never hears of it. */
  | 'fail-before'
  /** ClickHouse takes it, and no answer comes. */
  | 'cut-after';

const DELAY_MS = 2_000;
const TOLD: Readonly<Record<Mischief, number>> = {
  none: 0,
  delay: 0,
  'fail-after': 0,
  'fail-before': 0,
  'cut-after': 0,
};

/** HTTP between a projector and ClickHouse, which can do mischief to inserts. */
export class StoreProxy {
  /** Chooses for each insert. */
  mischief: () => Mischief = () => 'none';
  /** How often each was done. */
  readonly done: Record<Mischief, number> = { ...TOLD };

  private constructor(
    private readonly server: Server,
    private readonly upstream: URL,
  ) {}

  static async start(upstream: string): Promise<StoreProxy> {
    const server = createServer();
    const proxy = new StoreProxy(server, new URL(upstream));
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      // What a broken connection leaves open ends with it; the projector tries again.
      proxy.pass(asked, answer).catch(() => answer.destroy());
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const address = this.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => void this.server.close(resolve));
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bytesOf(asked);
    const query = new URL(asked.url ?? '/', this.upstream).searchParams.get('query') ?? '';
    const isInsert =
      /^\s*insert\b/i.test(query) || /^\s*insert\b/i.test(body.toString('latin1', 0, 64));
    const mischief = isInsert ? this.mischief() : 'none';
    this.done[mischief] += 1;
    if (mischief === 'fail-before') return fail(answer);
    if (mischief === 'delay') await delay(DELAY_MS);
    const taken = await this.forward(asked, body);
    if (mischief === 'fail-after') {
      await bytesOf(taken);
      fail(answer);
    } else if (mischief === 'cut-after') {
      await bytesOf(taken);
      answer.destroy();
    } else {
      answer.writeHead(taken.statusCode ?? 502, taken.headers);
      taken.pipe(answer);
    }
  }

  private forward(asked: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method = 'GET', url = '/' } = asked;
    const { hostname, port } = this.upstream;
    const headers = { ...asked.headers };
    delete headers['transfer-encoding'];
    return new Promise((resolve, reject) => {
      const options = { hostname, port, method, path: url };
      const length = { 'content-length': String(body.length), host: `${hostname}:${port}` };
      const forwarded = request({ ...options, headers: { ...headers, ...length } }, resolve);
      forwarded.on('error', reject);
      forwarded.end(body);
    });
  }
}

function fail(answer: ServerResponse): void {
  answer.writeHead(500, { 'content-type': 'text/plain' });
  answer.end('Code: 999. DB::Exception: a drill says so. (DRILL)\n');
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
