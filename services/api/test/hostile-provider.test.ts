import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import type { JWTPayload } from 'jose';
import type { SignInView } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.js';
import { CookieJar } from './identity-provider.js';
import { startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

// A provider that answers what no certified one would.

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let test: TestApi;
let server: Server;
let issuer: string;
let keys: Keys;
let others: Keys;
/** Answers of the provider at a path, in place of the usual ones. */
const instead = new Map<string, (response: ServerResponse, request: IncomingMessage) => void>();
let makeIdToken: (claims: JWTPayload) => Promise<string>;
let nonce: string;
let userInfo: object;

const CLIENT_ID = 'steno';

const sign = (claims: JWTPayload, { privateKey }: Keys = keys) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);

const usual = (): JWTPayload => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: 'ann', aud: CLIENT_ID, iat: now, exp: now + 300, nonce };
  return { ...claims, groups: ['admins'], email: 'ann@acme.test' };
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  const given = instead.get(path);
  if (given !== undefined) return given(response, request);
  const bodies: Record<string, () => object | Promise<object>> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/jwks': async () => ({
      keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' }],
    }),
    '/token': async () => ({
      access_token: 'opaque',
      token_type: 'bearer',
      id_token: await makeIdToken(usual()),
    }),
    '/userinfo': () => userInfo,
  };
  const body = await bodies[path]?.();
  response.statusCode = body === undefined ? 404 : 200;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body ?? {}));
}

beforeAll(async () => {
  [keys, others] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256'),
  ]);
  server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  test = await startTestApi({
    provider: {
      issuer,
      clientId: CLIENT_ID,
      clientSecret: undefined,
      scopes: ['openid'],
      groups: 'groups',
      roles: { admin: ['admins'] },
      name: '${email}',
      sessionMs: 3_600_000,
    },
  });
});
afterAll(async () => {
  await test.stop();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  // What the provider says of itself is read anew.
  test.clock.now += LIMITS.providerMetadataMs;
  instead.clear();
  makeIdToken = sign;
  userInfo = { sub: 'ann' };
});

/** Goes there and back at once; what of it the browser is told. */
async function signIn() {
  const jar = new CookieJar();
  const there = await jar.fetch(`${test.api.url}/api/sign-in/oidc`);
  const location = there.headers.get('location') ?? '';
  if (location !== '/sign-in') {
    const asked = new URL(location).searchParams;
    nonce = asked.get('nonce') ?? '';
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.search = new URLSearchParams({ code: 'c', state: asked.get('state') ?? '' }).toString();
    await jar.fetch(back.href);
  }
  const ways = await jar.fetch(`${test.api.url}/api/sign-in`);
  const me = await jar.fetch(`${test.api.url}/api/me`);
  const code = ((await ways.json()) as SignInView).failure?.code;
  return { code, status: me.status, me: (await me.json()) as object };
}

const IN = { code: undefined, status: 200 };
const REFUSED = { code: 'STENO-3031', status: 401 };
const AWAY = { code: 'STENO-3030', status: 401 };

describe('an ID token', () => {
  it('of the usual kind leads in', async () => {
    expect(await signIn()).toMatchObject({ ...IN, me: { actor: `${issuer}#ann` } });
  });

  const changed: readonly (readonly [string, (claims: JWTPayload) => JWTPayload])[] = [
    ['another nonce', (claims) => ({ ...claims, nonce: 'x'.repeat(43) })],
    ['no nonce', ({ nonce: _, ...claims }) => claims],
    ['another client', (claims) => ({ ...claims, aud: 'wiki' })],
    ['another client as well', (claims) => ({ ...claims, aud: [CLIENT_ID, 'wiki'], azp: 'wiki' })],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://evil.test' })],
    ['a time that is over', (claims) => ({ ...claims, exp: 1_700_000_000 })],
    ['no subject', ({ sub: _, ...claims }) => claims],
  ];
  it.each(changed)('with %s does not', async (_, change) => {
    makeIdToken = (claims) => sign(change(claims));
    expect(await signIn()).toMatchObject(REFUSED);
  });

  it('that another key signed does not, nor one that none did', async () => {
    makeIdToken = (claims) => sign(claims, others);
    expect(await signIn()).toMatchObject(REFUSED);
    makeIdToken = (claims) => Promise.resolve(new UnsecuredJWT(claims).encode());
    expect(await signIn()).toMatchObject(REFUSED);
  });
});

describe('what an ID token does not say', () => {
  beforeEach(() => {
    makeIdToken = ({ groups: _, ...claims }) => sign(claims);
  });

  it('is asked for, of the same person', async () => {
    userInfo = { sub: 'ann', groups: ['admins'], email: 'other@acme.test' };
    expect(await signIn()).toMatchObject({ ...IN, me: { name: 'ann@acme.test' } });
    userInfo = { sub: 'root', groups: ['admins'] };
    expect(await signIn()).toMatchObject(REFUSED);
  });

  it.each([{}, { groups: [] }, { groups: [7, null, 'x'.repeat(200)] }, { groups: { a: 1 } }])(
    'is no role: %j',
    async (claims) => {
      userInfo = { sub: 'ann', ...claims };
      expect(await signIn()).toMatchObject({ code: 'STENO-3032', status: 401 });
    },
  );

  it('is no name of its own: what is unseen in it is left out', async () => {
    userInfo = { sub: 'ann', groups: 'admins' };
    makeIdToken = ({ groups: _, ...claims }) => sign({ ...claims, email: 'a\u202e\nb' });
    expect(await signIn()).toMatchObject({ ...IN, me: { name: 'ab' } });
    makeIdToken = ({ groups: _, email: __, ...claims }) => sign(claims);
    expect(await signIn()).toMatchObject({ ...IN, me: { name: 'ann' } });
  });
});

describe('a provider', () => {
  it('that fails, hangs or says too much is as good as away', async () => {
    instead.set('/token', (response) => void response.writeHead(502).end('oops'));
    expect(await signIn()).toMatchObject(AWAY);
    instead.set('/token', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"x":"${'x'.repeat(LIMITS.providerAnswerBytes)}"}`);
    });
    expect(await signIn()).toMatchObject(AWAY);
    instead.set('/token', (response) => void response.writeHead(200).write('{'));
    expect(await signIn()).toMatchObject(AWAY);
  });

  it('is not followed elsewhere', async () => {
    let asked = 0;
    instead.set('/elsewhere', (response) => {
      asked += 1;
      response.end('{}');
    });
    for (const path of ['/token', '/jwks']) {
      instead.set(path, (response) => {
        response.writeHead(307, { location: `${issuer}/elsewhere` }).end();
      });
      expect((await signIn()).status, path).toBe(401);
      instead.delete(path);
    }
    expect(asked).toBe(0);
  });

  it('must be who it is asked as', async () => {
    const described = { issuer: 'https://evil.test', authorization_endpoint: `${issuer}/auth` };
    instead.set('/.well-known/openid-configuration', (response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(described));
    });
    expect(await signIn()).toMatchObject(REFUSED);
  });
});
