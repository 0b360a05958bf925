import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'steno', secret: 'of-the-client-for-this-test-alone' };

/** A person of the provider; their name is what they type to sign in there. */
export interface Account {
  readonly email: string;
  readonly groups: readonly string[];
}

const PAGE = (uid: string) => `<!doctype html><title>Provider</title>
<form method="post" action="/interaction/${uid}">
<label>Name <input name="login"></label><button>Continue</button></form>`;

/** A certified OpenID provider that runs: its own pages, codes, PKCE and keys. */
export class IdentityProvider {
  readonly accounts = new Map<string, Account>();
  private server: Server | undefined;
  private port = 0;
  private handler: ReturnType<Provider['callback']> | undefined;
  private provider: Provider | undefined;

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param redirectUrl known once the api listens */
  async start(): Promise<void> {
    await this.listen();
  }

  async configure(redirectUrl: string, more: object = {}): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    this.provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [redirectUrl],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      cookies: { keys: ['for-this-test-alone'] },
      jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', kid: 'k1' }] },
      pkce: { required: () => true },
      claims: { openid: ['sub'], email: ['email'], profile: ['groups'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, ...this.accounts.get(id) }),
      }),
      loadExistingGrant: async ({ oidc }) => {
        const { Grant } = oidc.provider;
        const accountId = oidc.session?.accountId ?? '';
        const grant = new Grant({ clientId: oidc.client?.clientId ?? '', accountId });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
      ...more,
    });
    this.handler = this.provider.callback();
  }

  /** Nobody answers there any more, until it is started again. */
  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    if (this.server !== undefined) await new Promise((done) => this.server?.close(done));
    this.server = undefined;
  }

  private async listen(): Promise<void> {
    this.server = createServer((request, response) => {
      const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '')?.[1];
      if (uid === undefined) void this.handler?.(request, response);
      else if (request.method === 'GET') {
        response.setHeader('content-type', 'text/html').end(PAGE(uid));
      } else {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          const accountId = new URLSearchParams(body).get('login') ?? '';
          void this.provider?.interactionFinished(request, response, { login: { accountId } });
        });
      }
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }
}

/** A browser as far as redirects and cookies go; sites are told apart by their port. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  cookie(url: string, name: string): string | undefined {
    return this.cookies.get(`${new URL(url).host} ${name}`);
  }

  set(url: string, name: string, value: string): void {
    this.cookies.set(`${new URL(url).host} ${name}`, value);
  }

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const cookie = [...this.cookies]
      .filter(([key]) => key.startsWith(`${host} `))
      .map(([key, value]) => `${key.slice(host.length + 1)}=${value}`)
      .join('; ');
    const headers = { ...(init.headers as Record<string, string>), cookie };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      if (value === '') this.cookies.delete(`${host} ${name}`);
      else this.set(url, name, value);
    }
    return answer;
  }

  /** Follows redirects until one leads to `stopAt`, or there are none; signs in where asked. */
  async follow(url: string, login: string, stopAt: string): Promise<string> {
    let next = url;
    for (let hop = 0; hop < 20 && !next.startsWith(stopAt); hop += 1) {
      let answer = await this.fetch(next);
      if (answer.status === 200 && next.includes('/interaction/')) {
        const body = new URLSearchParams({ login });
        answer = await this.fetch(next, { method: 'POST', body });
      }
      const location = answer.headers.get('location');
      if (location === null) return next;
      next = new URL(location, next).href;
    }
    return next;
  }
}
