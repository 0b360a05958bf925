import type {
  CommandView,
  MeView,
  Page,
  PipelineView,
  ProblemView,
  SessionView,
  SignInView,
} from '@steno/proto';
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { HeldCommands } from './held-commands.js';
import { Inventory } from './inventory.js';
import { KeyRing } from './key-ring.js';
import type { Recording } from './recording.js';
import { quietPipeline } from './pipelines.js';
import { PolicyBook } from './policy-book.js';
import { ReplayAnswers } from './replay-answers.js';

/** What the console is served with; nothing inline is allowed. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export const SIGN_IN_CODE = 'first-code';

export const LOCAL_ADMIN: MeView = { actor: 'local-admin', roles: ['admin'], groups: [] };

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Serves the built console and answers from recordings, as the contract of the api says. */
export class StandIn {
  readonly recordings: Recording[] = [];
  older: SessionView[] = [];
  lagMs = 420;
  pipeline: PipelineView = quietPipeline();
  broken = false;
  me: MeView = LOCAL_ADMIN;
  signInWays: SignInView = { provider: null, failure: null };
  readonly held = new HeldCommands();
  readonly policies = new PolicyBook();
  readonly inventory = new Inventory();
  readonly keys = new KeyRing();
  /** Of whoever is to be declared lost. */
  isHeardAgain = false;
  readonly terminations: { readonly sessionId: string; readonly reason: string }[] = [];
  readonly lost: { readonly boot: string; readonly reason: string }[] = [];
  readonly #sockets = new Map<WebSocket, ReplayAnswers>();
  readonly #webSockets = new WebSocketServer({ noServer: true });
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #codes = new Set([SIGN_IN_CODE]);
  readonly #cookies = new Set<string>();

  constructor(private readonly folder: string) {
    this.#server.on('upgrade', (request, socket, head) => {
      const id = /^\/api\/sessions\/([^/]+)\/replay$/.exec(request.url ?? '')?.[1];
      const recording = this.#recording(id);
      if (recording === undefined || !this.#signedIn(request)) {
        socket.destroy();
        return;
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const answers = new ReplayAnswers(recording, (bytes) => webSocket.send(bytes));
        this.#sockets.set(webSocket, answers);
        webSocket.on('message', (data) => answers.receive(data as Buffer));
        webSocket.on('close', () => this.#sockets.delete(webSocket));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.dropConnections();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addCode(code: string): void {
    this.#codes.add(code);
  }

  /** What was recorded since is told to those who follow. */
  tellFollowers(): void {
    for (const answers of this.#sockets.values()) answers.tellNew();
  }

  dropConnections(): void {
    for (const webSocket of this.#sockets.keys()) webSocket.terminate();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (!url.pathname.startsWith('/api/')) {
      this.#serveFile(url.pathname, response);
      return;
    }
    const body = await readBody(request);
    if (url.pathname === '/api/policies/dry-run' && this.#signedIn(request)) {
      this.policies.dryRun(body, response);
      return;
    }
    const { status, body: answer, headers = {} } = this.#answer(request, url, body);
    const isProblem = status >= 400;
    response.writeHead(status, {
      'content-type': isProblem ? 'application/problem+json' : 'application/json',
      ...headers,
    });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  }

  #answer(request: IncomingMessage, url: URL, body: string): Answer {
    const path = url.pathname.slice('/api'.length);
    if (this.broken) return problem(503, 'store-unavailable', 'ClickHouse does not answer');
    if (path === '/sign-in') {
      return request.method === 'GET' ? ok(this.signInWays) : this.#signIn(body);
    }
    if (!this.#signedIn(request)) return problem(401, 'not-signed-in', 'Sign in first');
    if (path === '/me') return ok(this.me);
    if (path === '/status') return ok(this.#status());
    if (path.startsWith('/approvals')) return this.#aboutApprovals(path, url.searchParams, body);
    if (this.me.roles.every((role) => role === 'approver')) {
      return problem(403, 'STENO-3003', 'Not allowed');
    }
    if (path === '/pipeline') return ok(this.pipeline);
    if (path.startsWith('/policies')) return this.#aboutPolicies(path, url.searchParams);
    const lost = /^\/instances\/([^/]+)\/lost$/.exec(path)?.[1];
    if (lost !== undefined) return this.#declareLost(lost, body);
    if (path.startsWith('/identities')) return this.#aboutIdentities(path, url.searchParams, body);
    if (path.startsWith('/keys')) return this.#aboutKeys(path, url.searchParams, body);
    if (path === '/facets') return ok(this.#facets());
    if (path === '/sessions') return ok(this.#list(url.searchParams));
    const [, id, part] = /^\/sessions\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    const recording = this.#recording(id);
    if (recording === undefined) return problem(404, 'session-unknown', 'There is no such session');
    return this.#aboutSession(recording, part ?? 'detail', { query: url.searchParams, body });
  }

  #aboutSession(
    recording: Recording,
    part: string,
    { query, body }: { readonly query: URLSearchParams; readonly body: string },
  ): Answer {
    const detail = recording.detail();
    const after = Number(query.get('after') ?? -1);
    const limit = Number(query.get('limit') ?? 200);
    switch (part) {
      case 'detail':
        return ok(detail);
      case 'chain':
        return ok({
          state: detail.status === 'gapped' ? 'gapped' : 'whole',
          events: detail.events,
          head: detail.head.hash,
          checkedAt: new Date().toISOString(),
          ...(detail.status === 'gapped' && { problem: { position: 4, what: 'missing' } }),
        });
      case 'timeline':
        return ok(recording.timeline(Number(query.get('slices') ?? 400), nowNs(recording)));
      case 'commands':
        return ok(
          page(
            recording.commands.filter((one) => one.position > after),
            limit,
          ),
        );
      case 'events': {
        const event = recording.event(after + 1);
        return ok({ items: event === undefined ? [] : [event], nextCursor: null });
      }
      case 'terminate':
        this.terminations.push({
          sessionId: detail.sessionId,
          ...(JSON.parse(body) as { reason: string }),
        });
        return { status: 202 };
      default:
        return problem(404, 'not-found', 'There is nothing here');
    }
  }

  #aboutPolicies(path: string, query: URLSearchParams): Answer {
    const found = this.policies.answer(path, query);
    return found === undefined ? problem(404, 'STENO-3070', 'There is no such version') : ok(found);
  }

  #aboutApprovals(path: string, query: URLSearchParams, body: string): Answer {
    const [, id, verb] = /^\/approvals\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (id === undefined) return ok(this.held.list(query.get('all') === 'true'));
    const answer =
      verb === undefined
        ? this.held.detail(id, query.get('link'))
        : this.held.answer({ id, verb, body, by: this.me });
    return 'code' in answer ? { status: answer.status, body: answer } : ok(answer);
  }

  #aboutIdentities(path: string, query: URLSearchParams, body: string): Answer {
    const [, name, verb] = /^\/identities\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (name === undefined) return ok(this.inventory.list(query));
    const of = decodeURIComponent(name);
    const answer =
      verb === undefined
        ? this.inventory.detail(of, query.get('zone') ?? 'UTC')
        : this.inventory.say({ name: of, verb, body, by: this.me });
    return 'code' in answer && 'status' in answer
      ? { status: Number(answer.status), body: answer }
      : ok(answer);
  }

  #aboutKeys(path: string, query: URLSearchParams, body: string): Answer {
    const answer = body === '' ? this.keys.list(query) : this.keys.change(path, body, this.me);
    return 'code' in answer && 'status' in answer
      ? { status: Number(answer.status), body: answer }
      : ok(answer);
  }

  #declareLost(boot: string, body: string): Answer {
    if (this.isHeardAgain) return problem(409, 'STENO-3018', 'The instance is not silent');
    this.lost.push({ boot, ...(JSON.parse(body) as { reason: string }) });
    return { status: 202 };
  }

  #signIn(body: string): Answer {
    const { code } = JSON.parse(body) as { code: string };
    if (!this.#codes.delete(code)) {
      return problem(401, 'sign-in-code-used', 'The code was used already or is too old');
    }
    const cookie = randomUUID();
    this.#cookies.add(cookie);
    const headers = { 'set-cookie': `steno_session=${cookie}; HttpOnly; SameSite=Strict; Path=/` };
    return { status: 204, headers };
  }

  #signedIn({ headers }: IncomingMessage): boolean {
    const cookie = /steno_session=([\w-]+)/.exec(headers.cookie ?? '')?.[1];
    return cookie !== undefined && this.#cookies.has(cookie);
  }

  #sessions(): SessionView[] {
    const all = [...this.recordings.map((recording) => recording.detail()), ...this.older];
    return all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  #list(query: URLSearchParams): Page<SessionView> {
    const isOneOf = (name: string, value: string): boolean =>
      !query.has(name) || query.getAll(name).includes(value);
    const text = query.get('text')?.toLowerCase();
    const hasText = (session: SessionView): boolean =>
      text === undefined ||
      this.#recording(session.sessionId)?.commands.some((command) =>
        command.text?.toLowerCase().includes(text),
      ) === true;
    const matching = this.#sessions().filter(
      (session) =>
        isOneOf('identity', session.identity) &&
        isOneOf('target', session.target) &&
        isOneOf('status', session.status) &&
        this.#hasClaims(session, query.getAll('claim')) &&
        session.startedAt >= (query.get('from') ?? '') &&
        hasText(session),
    );
    const start = Number(query.get('cursor') ?? 0);
    const end = start + Number(query.get('limit') ?? 50);
    const nextCursor = end < matching.length ? String(end) : null;
    return { items: matching.slice(start, end), nextCursor };
  }

  #hasClaims({ sessionId }: SessionView, asked: readonly string[]): boolean {
    const { claims = {} } = this.#recording(sessionId)?.facts ?? {};
    const had = Object.entries(claims).map(([name, value]) => `${name}=${value}`);
    return asked.every((claim) => had.includes(claim));
  }

  #status(): object {
    return {
      version: '0.1.0',
      installation: 'test',
      log: 'embedded',
      openSessions: 1,
      projectorLagMs: this.lagMs,
      issuers: [{ issuer: 'steno:development', development: true }],
      gateways: { postgres: { host: '0.0.0.0', port: 15_432, tls: false } },
    };
  }

  #facets(): object {
    const sessions = this.#sessions();
    return {
      identities: [...new Set(sessions.map(({ identity }) => identity))].sort(),
      targets: [...new Set(sessions.map(({ target }) => target))].sort(),
    };
  }

  #recording(id: string | undefined): Recording | undefined {
    return this.recordings.find(({ facts }) => facts.sessionId === id);
  }

  #serveFile(path: string, response: ServerResponse): void {
    const file = join(this.folder, normalize(path));
    const found = existsSync(file) && statSync(file).isFile();
    const served = found ? file : join(this.folder, 'index.html');
    response.writeHead(200, {
      'content-type': mediaTypes[extname(served)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
    });
    createReadStream(served).pipe(response);
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body });

function problem(status: number, code: string, title: string): Answer {
  const body: ProblemView = { type: 'about:blank', title, status, detail: '', code };
  return { status, body };
}

function page(items: readonly CommandView[], limit: number): Page<CommandView> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  const more = items.length > shown.length && last !== undefined;
  return { items: shown, nextCursor: more ? String(last.position) : null };
}

export const nowNs = ({ facts }: Recording): number =>
  (Date.now() - Date.parse(facts.startedAt)) * 1e6;

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
