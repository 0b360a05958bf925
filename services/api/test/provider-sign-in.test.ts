import type { MeView, SignInView } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.js';
import { CLIENT, CookieJar, IdentityProvider } from './identity-provider.js';
import { TOKEN, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const idp = new IdentityProvider();
let test: TestApi;
let callback: string;

const SESSION_MS = 60 * 60_000;

beforeAll(async () => {
  await idp.start();
  test = await startTestApi({
    provider: {
      issuer: idp.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scopes: ['openid', 'profile', 'email'],
      groups: 'groups',
      roles: { approver: ['oncall'], auditor: ['audit', 'oncall'] },
      name: '${email}',
      sessionMs: SESSION_MS,
    },
  });
  callback = `${test.api.url}/api/sign-in/oidc/callback`;
  await idp.configure(callback);
  idp.accounts.set('00u1', { email: 'ann@acme.test', groups: ['oncall', 'dba'] });
  idp.accounts.set('00u2', { email: 'bob@acme.test', groups: ['sales', 'a "b"'] });
  idp.accounts.set('00u3', { email: 'eve@acme.test', groups: ['approvers', 'audit'] });
});
afterAll(async () => {
  await test.stop();
  await idp.stop();
});
beforeEach(() => {
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.errors.length = 0;
  test.log.isAway = false;
});

const begin = (next = '') => `${test.api.url}/api/sign-in/oidc${next && `?next=${next}`}`;

/** Where the provider sends a browser back to, with the code; not visited yet. */
const comeBack = (jar: CookieJar, login: string, next = '') =>
  jar.follow(begin(next), login, callback);

const me = async (jar: CookieJar) => jar.fetch(`${test.api.url}/api/me`);

const failureOf = async (jar: CookieJar) => {
  const answer = await jar.fetch(`${test.api.url}/api/sign-in`);
  return ((await answer.json()) as SignInView).failure;
};

/** Visits where the provider sent the browser; what became of it. */
async function arrive(jar: CookieJar, url: string) {
  const answer = await jar.fetch(url);
  const location = answer.headers.get('location');
  const code = location === '/sign-in' ? (await failureOf(jar))?.code : undefined;
  return { status: answer.status, location, code };
}

const REFUSED = { status: 303, location: '/sign-in', code: 'STENO-3031' };

describe('a sign-in at the provider', () => {
  it('leads in, with the roles and groups of then', async () => {
    const jar = new CookieJar();
    const answer = await arrive(jar, await comeBack(jar, '00u1', '/approvals%3Fshow=all'));
    expect(answer).toEqual({ status: 303, location: '/approvals?show=all', code: undefined });
    const actor = `${idp.issuer}#00u1`;
    const view = (await (await me(jar)).json()) as MeView;
    const groups = ['oncall', 'dba', 'approvers'];
    const roles = ['approver', 'auditor'];
    expect(view).toEqual({ actor, name: 'ann@acme.test', roles, groups });
    const signedIn = { type: 'access.signed-in', actor, method: 'oidc', source: '127.0.0.1' };
    expect(test.accesses).toEqual([{ ...signedIn, name: 'ann@acme.test', roles, groups }]);
    expect(jar.cookie(callback, 'steno_sign_in')).toBeUndefined();
  });

  it('sets cookies that no script reads and no other site has sent', async () => {
    const jar = new CookieJar();
    const there = await jar.fetch(begin());
    expect(there.status).toBe(302);
    expect(there.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^steno_sign_in=[\w-]+; Max-Age=600; Path=\/api\/sign-in; .*; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    const query = new URL(there.headers.get('location') ?? '').searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('redirect_uri')).toBe(callback);
    const back = await jar.fetch(await comeBack(jar, '00u1'));
    expect(back.headers.getSetCookie().at(-1)).toMatch(
      /^steno_session=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('ends by signing out, and after its time', async () => {
    const jar = new CookieJar();
    await arrive(jar, await comeBack(jar, '00u1'));
    for (let passed = 0; passed < SESSION_MS; passed += LIMITS.personIdleMs / 2) {
      expect((await me(jar)).status).toBe(200);
      test.clock.now += LIMITS.personIdleMs / 2;
    }
    expect((await me(jar)).status).toBe(401);
    await arrive(jar, await comeBack(jar, '00u1'));
    const headers = { 'x-steno-csrf': '1', origin: test.api.url };
    const cookie = jar.cookie(callback, 'steno_session') ?? '';
    const out = await jar.fetch(`${test.api.url}/api/sign-out`, { method: 'POST', headers });
    expect(out.status).toBe(204);
    jar.set(callback, 'steno_session', cookie);
    expect((await me(jar)).status).toBe(401);
  });

  it('of somebody without a role is refused, with the groups that were seen', async () => {
    const jar = new CookieJar();
    const answer = await arrive(jar, await comeBack(jar, '00u2'));
    expect(answer).toEqual({ status: 303, location: '/sign-in', code: 'STENO-3032' });
    expect((await failureOf(jar))?.detail).toContain(
      'Of bob@acme.test the claim groups names "sales", "a \\"b\\"".',
    );
    expect((await me(jar)).status).toBe(401);
    const actor = `${idp.issuer}#00u2`;
    const route = 'GET /api/sign-in/oidc/callback';
    expect(test.accesses[0]).toMatchObject({ actor, route, code: 'STENO-3032' });
  });

  it('does not make an approver by the name of a group', async () => {
    const jar = new CookieJar();
    await arrive(jar, await comeBack(jar, '00u3'));
    expect(await (await me(jar)).json()).toMatchObject({ roles: ['auditor'], groups: ['audit'] });
  });

  it('leaves one-time links to whoever runs Steno', async () => {
    const jar = new CookieJar();
    await arrive(jar, await comeBack(jar, '00u1'));
    const codes = `${test.api.url}/api/sign-in-codes`;
    const headers = { 'x-steno-csrf': '1', origin: test.api.url };
    expect((await jar.fetch(codes, { method: 'POST', headers })).status).toBe(403);
    const local = { authorization: `Bearer ${TOKEN}` };
    expect((await fetch(codes, { method: 'POST', headers: local })).status).toBe(201);
  });

  it('is not done unrecorded', async () => {
    const jar = new CookieJar();
    const url = await comeBack(jar, '00u1');
    test.log.isAway = true;
    expect((await arrive(jar, url)).code).toBe('STENO-3009');
    expect(jar.cookie(callback, 'steno_session')).toBeUndefined();
  });
});

describe('what came back is refused', () => {
  const refusals = () => test.accesses.filter(({ type }) => type === 'access.refused');

  it('with another state', async () => {
    const jar = new CookieJar();
    const url = new URL(await comeBack(jar, '00u1'));
    url.searchParams.set('state', 'another');
    expect(await arrive(jar, url.href)).toEqual(REFUSED);
    expect(refusals()).toMatchObject([{ actor: '', code: 'STENO-3031' }]);
  });

  it('in another browser than the one that began', async () => {
    const victim = new CookieJar();
    await victim.fetch(begin());
    const url = await comeBack(new CookieJar(), '00u1');
    expect(await arrive(victim, url)).toEqual(REFUSED);
    expect(await arrive(new CookieJar(), url)).toEqual(REFUSED);
  });

  it('a second time', async () => {
    const jar = new CookieJar();
    const url = await comeBack(jar, '00u1');
    const kept = jar.cookie(callback, 'steno_sign_in') ?? '';
    expect((await arrive(jar, url)).code).toBeUndefined();
    jar.set(callback, 'steno_sign_in', kept);
    expect(await arrive(jar, url)).toEqual(REFUSED);
    expect((await failureOf(jar))?.detail).toContain('The identity provider says invalid_grant.');
  });

  it('too late, or with a cookie that is not ours', async () => {
    const jar = new CookieJar();
    const url = await comeBack(jar, '00u1');
    test.clock.now += LIMITS.providerAttemptMs;
    expect(await arrive(jar, url)).toEqual(REFUSED);
    for (const forged of ['', 'x', 'A'.repeat(400)]) {
      jar.set(callback, 'steno_sign_in', forged);
      expect(await arrive(jar, url)).toEqual(REFUSED);
    }
  });

  it('from another issuer', async () => {
    const jar = new CookieJar();
    const url = new URL(await comeBack(jar, '00u1'));
    expect(url.searchParams.get('iss')).toBe(idp.issuer);
    url.searchParams.set('iss', 'https://evil.test');
    expect(await arrive(jar, url.href)).toEqual(REFUSED);
  });

  it('that the person did not consent', async () => {
    const jar = new CookieJar();
    const url = new URL(await comeBack(jar, '00u1'));
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    url.searchParams.set('error_description', '<b>call 555</b>');
    expect(await arrive(jar, url.href)).toEqual(REFUSED);
    const detail = (await failureOf(jar))?.detail;
    expect(detail).toContain('The identity provider says access_denied.');
    expect(detail).not.toContain('555');
  });

  it.each([
    'https://evil.test/',
    '//evil.test/',
    '/%5Cevil.test/',
    '/%09/evil.test/',
    '/%0d%0aset-cookie:x=1',
    '/..//evil.test',
    '/./%5c/evil.test',
    'javascript:alert(1)',
    '/api/me',
    '/x/../api/sign-in/oidc',
    `/${'x'.repeat(LIMITS.returnPathCharacters)}`,
  ])('never to another site: %s', async (next) => {
    const jar = new CookieJar();
    expect((await arrive(jar, await comeBack(jar, '00u1', next))).location).toBe('/');
  });
});

it('takes so many steps a minute, and no more', async () => {
  const statuses: number[] = [];
  for (let n = 0; n <= LIMITS.providerStepsPerMinute; n += 1) {
    const url = n % 2 === 0 ? begin() : callback;
    statuses.push((await fetch(url, { redirect: 'manual' })).status);
  }
  expect(new Set(statuses.slice(0, -1))).toEqual(new Set([302, 303]));
  expect(statuses.at(-1)).toBe(429);
});

describe('without the provider', () => {
  it('nobody new comes in, and whoever is in stays', async () => {
    const jar = new CookieJar();
    await arrive(jar, await comeBack(jar, '00u1'));
    const late = new CookieJar();
    const url = await comeBack(late, '00u1');
    await idp.stop();
    const away = { status: 303, location: '/sign-in', code: 'STENO-3030' };
    expect(await arrive(late, url)).toEqual(away);
    expect((await me(jar)).status).toBe(200);
    // What it said of itself holds for a while: the browser finds out that nobody is there.
    test.clock.now += LIMITS.providerMetadataMs - 1;
    const other = new CookieJar();
    expect((await other.fetch(begin())).status).toBe(302);
    expect((await fetch(`${test.api.url}/healthz`)).status).toBe(200);
    await idp.start();
    const back = new CookieJar();
    expect((await arrive(back, await comeBack(back, '00u1'))).location).toBe('/');
  });

  it('is said at the first step, where it never answered', async () => {
    const gone = new IdentityProvider();
    await gone.start();
    const { issuer } = gone;
    await gone.stop();
    const provider = { issuer, clientId: 'x', clientSecret: undefined, name: '${sub}' };
    const mapping = { scopes: ['openid'], groups: 'groups', roles: {}, sessionMs: SESSION_MS };
    const other = await startTestApi({ provider: { ...provider, ...mapping } });
    const jar = new CookieJar();
    const answer = await jar.fetch(`${other.api.url}/api/sign-in/oidc`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
    const ways = (await (await jar.fetch(`${other.api.url}/api/sign-in`)).json()) as SignInView;
    expect(ways.failure).toMatchObject({ code: 'STENO-3030', status: 503 });
    expect(ways.failure?.detail).toContain(new URL(issuer).host);
    expect(other.errors).not.toEqual([]);
    await other.stop();
  });
});
