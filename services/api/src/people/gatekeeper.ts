import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiProblem } from '../errors.js';
import type { Addresses } from './addresses.js';
import { COOKIE } from './cookies.js';
import { LOCAL_PERSON } from './person.js';
import type { Person } from './person.js';
import type { Holder, People } from './people.js';
import type { PersonSessions } from './person-sessions.js';
import type { RateLimit } from './rate-limit.js';
import { ROUTE_ACCESS } from './roles.js';

/**
 * Asked by what finds this server by its address: probes and Prometheus. They name no secret, so
 * it does not matter which page reads them.
 */
const FOR_ANY_HOST: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** What the gatekeeper must know of the server it stands before. */
export interface Gate {
  /** Known once it listens. */
  readonly addresses: () => Addresses;
  readonly scheme: 'http' | 'https';
  readonly localToken: string;
}

/**
 * Decides for HTTP requests and WebSockets alike: is it meant for us, who asks, may they. Throws
 * ApiProblem where not.
 */
export class Gatekeeper {
  private readonly asking = new WeakMap<IncomingMessage, Person>();
  private readonly tokenDigest: Buffer;

  constructor(
    private readonly gate: Gate,
    private readonly sessions: PersonSessions<Holder>,
    private readonly people: People,
    private readonly strangers: RateLimit,
  ) {
    this.tokenDigest = hash('sha256', gate.localToken, 'buffer');
  }

  get isTls(): boolean {
    return this.gate.scheme === 'https';
  }

  /** Before anything else: the host, and who asks. Strangers are counted. */
  receive(request: IncomingMessage): void {
    // A page of another name that resolves to us (DNS rebinding) must not talk to us.
    const { host = '' } = request.headers;
    if (!this.gate.addresses().includes(host) && !FOR_ANY_HOST.has(pathOf(request))) {
      throw new ApiProblem('wrongHost');
    }
    const person = this.identify(request);
    if (person !== undefined) this.asking.set(request, person);
    else if (!this.strangers.allows(sourceOf(request))) throw new ApiProblem('tooManyRequests');
  }

  /** Whether the one who asks may use a route, which is `METHOD /path` as in ROUTE_ACCESS. */
  admit(request: IncomingMessage, route: string): void {
    const access = ROUTE_ACCESS[route];
    const person = this.personOf(request);
    if (access === undefined) throw new ApiProblem('forbidden', `Nobody may use ${route}.`);
    if (access !== 'open') {
      if (person === undefined) throw new ApiProblem('notSignedIn');
      if (access !== 'person' && !access.some((role) => person.roles.includes(role))) {
        throw new ApiProblem('forbidden', `This takes the role ${access.join(' or ')}.`);
      }
    }
    if (!isSafe(request)) this.checkChange(request, person);
  }

  /** Browsers do not keep WebSockets to their own origin, so it is always checked. */
  checkSocketOrigin(request: IncomingMessage): void {
    this.checkOrigin(request, this.personOf(request)?.by === 'cookie');
  }

  personOf(request: IncomingMessage): Person | undefined {
    return this.asking.get(request);
  }

  /** Whether the sign-in that a request came with is still good. */
  isStillSignedIn(request: IncomingMessage): boolean {
    return this.identify(request) !== undefined;
  }

  private checkChange(request: IncomingMessage, person: Person | undefined): void {
    const isByCookie = person?.by === 'cookie';
    this.checkOrigin(request, isByCookie);
    if (isByCookie && request.headers['x-steno-csrf'] !== '1') throw new ApiProblem('missingCsrf');
  }

  private checkOrigin(request: IncomingMessage, isRequired: boolean): void {
    const { host = '', origin } = request.headers;
    if (origin === undefined && !isRequired) return;
    if (origin === undefined || !this.gate.addresses().isOwnOrigin(origin, host)) {
      throw new ApiProblem('wrongOrigin');
    }
  }

  private identify(request: IncomingMessage): Person | undefined {
    const { authorization } = request.headers;
    if (authorization === undefined) {
      const cookie = cookieOf(request);
      const holder = cookie === undefined ? undefined : this.sessions.find(cookie);
      return holder === undefined ? undefined : this.people.holding(holder);
    }
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
    const digest = hash('sha256', token, 'buffer');
    if (timingSafeEqual(digest, this.tokenDigest)) return { ...LOCAL_PERSON, by: 'token' };
    return this.people.withToken(digest);
  }
}

/** Address of the one who asks. */
export function sourceOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

/** The value of our cookie, or of another one; undefined where there is none. */
export function cookieOf(request: IncomingMessage, wanted = COOKIE): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name = '', value] = pair.trim().split('=');
    if (name === wanted) return value;
  }
  return undefined;
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] ?? '';
}

function isSafe({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}
