import type { NewTokenView, Page, TokenView, UserView } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.js';
import { CLIENT, CookieJar, IdentityProvider } from './identity-provider.js';
import { TOKEN, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const idp = new IdentityProvider();
let test: TestApi;
let ann: CookieJar;
const DAY_MS = 86_400_000;
const LAPTOP = { label: 'laptop' };

beforeAll(async () => {
  await idp.start();
  test = await startTestApi({
    provider: {
      issuer: idp.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scopes: ['openid', 'profile', 'email'],
      groups: 'groups',
      roles: { approver: ['oncall'], auditor: ['audit'] },
      name: '${email}',
      sessionMs: 3_600_000,
    },
  });
  await idp.configure(`${test.api.url}/api/sign-in/oidc/callback`);
  idp.accounts.set('00u1', { email: 'ann@acme.test', groups: ['oncall'] });
  idp.accounts.set('00u2', { email: 'aud@acme.test', groups: ['audit'] });
});
afterAll(async () => {
  await test.stop();
  await idp.stop();
});
beforeEach(async () => {
  test.clock.now += 200 * DAY_MS;
  test.control.recorded.length = 0;
  ann = await signedIn('00u1');
});

async function signedIn(login: string): Promise<CookieJar> {
  const jar = new CookieJar();
  const there = `${test.api.url}/api/sign-in/oidc?next=/done`;
  await jar.follow(there, login, `${test.api.url}/done`);
  return jar;
}

type Asking = Record<string, string>;
const bearer = (token: string): Asking => ({ authorization: `Bearer ${token}` });
const csrf = (): Asking => ({ origin: test.api.url, 'x-steno-csrf': '1' });

async function ask<T = { code?: string }>(
  route: string,
  { jar = new CookieJar(), headers = {}, body }: Partial<Ask> = {},
) {
  const [method = '', path = ''] = route.split(' ');
  const answer = await jar.fetch(`${test.api.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
}
interface Ask {
  readonly jar: CookieJar;
  readonly headers: Asking;
  readonly body: object;
}

const issue = (jar: CookieJar, body: object = LAPTOP) =>
  ask<NewTokenView>('POST /api/me/tokens', { jar, headers: csrf(), body });
const meBy = (token: string) => ask('GET /api/me', { headers: bearer(token) });

it('is made for oneself, shown once, kept as a digest, and acts as its owner', async () => {
  const { status, body } = await issue(ann, { label: 'laptop', days: 7 });
  expect(status).toBe(201);
  expect(body).toMatchObject({ label: 'laptop', roles: ['approver'] });
  expect(body.token).toMatch(/^steno_pat_[\w-]{43}$/);
  expect(Date.parse(body.expiresAt)).toBe(test.clock.now + 7 * DAY_MS);
  const actor = `${idp.issuer}#00u1`;
  const me = { actor, name: 'ann@acme.test', roles: ['approver'], groups: ['oncall', 'approvers'] };
  expect((await meBy(body.token)).body).toEqual(me);
  const [recorded] = test.control.recorded;
  expect(recorded).toMatchObject({ type: 'token.issued', actor, actorName: 'ann@acme.test' });
  expect(Object.values(recorded ?? {})).not.toContain(body.token);
  const listed = await ask<Page<TokenView>>('GET /api/me/tokens', { jar: ann });
  expect(listed.body.items).toMatchObject([{ tokenId: body.tokenId, label: 'laptop' }]);
  expect(JSON.stringify(listed.body)).not.toContain(body.token);
  test.clock.now += 7 * DAY_MS;
  expect((await meBy(body.token)).status).toBe(401);
});

it('outlives the roles that its owner has later, but not its own time', async () => {
  const { body } = await issue(ann);
  expect(Date.parse(body.expiresAt)).toBe(test.clock.now + 30 * DAY_MS);
  idp.accounts.set('00u1', { email: 'ann@acme.test', groups: ['audit'] });
  const later = await signedIn('00u1');
  idp.accounts.set('00u1', { email: 'ann@acme.test', groups: ['oncall'] });
  expect((await ask('GET /api/me', { jar: later })).body).toMatchObject({ roles: ['auditor'] });
  expect((await meBy(body.token)).body).toMatchObject({ roles: ['approver'] });
});

it('is revoked by its owner alone, or by an administrator with all others', async () => {
  const [one, two] = [(await issue(ann)).body, (await issue(ann, { label: 'ci' })).body];
  const route = (id: string) => `DELETE /api/me/tokens/${id}`;
  const eve = await signedIn('00u2');
  const refused = await ask(route(one.tokenId), { jar: eve, headers: csrf() });
  expect([refused.status, refused.body.code]).toEqual([404, 'STENO-3034']);
  expect((await ask(route(one.tokenId), { jar: ann, headers: csrf() })).status).toBe(204);
  expect((await meBy(one.token)).status).toBe(401);
  const admin = { headers: bearer(TOKEN) };
  const { body } = await ask<Page<UserView>>('GET /api/users', admin);
  const user = `${idp.issuer}#00u1`;
  expect(body.items).toMatchObject([{ user, name: 'ann@acme.test', roles: ['approver'] }]);
  const path = `/api/users/${encodeURIComponent(user)}`;
  expect((await ask(`DELETE ${path}`, admin)).status).toBe(204);
  expect((await meBy(two.token)).status).toBe(401);
});

it('is not made by a token, nor for those whom no provider vouches for', async () => {
  const { token } = (await issue(ann)).body;
  for (const headers of [bearer(token), bearer(TOKEN)]) {
    const answer = await ask('POST /api/me/tokens', { headers, body: { label: 'x' } });
    expect([answer.status, answer.body.code]).toEqual([403, 'STENO-3003']);
  }
  const codes = await ask('POST /api/sign-in-codes', { headers: bearer(token) });
  expect(codes.status).toBe(403);
});

it('is bounded in number, time and name', async () => {
  for (let n = 0; n < LIMITS.ownTokens; n += 1) expect((await issue(ann)).status).toBe(201);
  const many = await ask('POST /api/me/tokens', { jar: ann, headers: csrf(), body: LAPTOP });
  expect([many.status, many.body.code]).toEqual([409, 'STENO-3033']);
  const bad = [{}, { label: '' }, { label: 'x', days: 91 }, { label: 'x', days: 0 }];
  for (const body of [...bad, { label: 'x'.repeat(65) }, { label: 'a\nb' }, { ...LAPTOP, r: 1 }]) {
    expect((await issue(ann, body)).status, JSON.stringify(body)).toBe(400);
  }
  const unsafe = await ask('POST /api/me/tokens', { jar: ann, body: LAPTOP });
  expect(unsafe.status).toBe(403);
});
it('is of nobody once another provider vouches for people', async () => {
  const { token } = (await issue(ann)).body;
  for (const provider of [undefined, { issuer: `${idp.issuer}/other` }]) {
    const settings = { clientId: 'x', clientSecret: undefined, scopes: [], groups: 'groups' };
    const more = { ...settings, roles: {}, name: '${sub}', sessionMs: 1 };
    const other = await startTestApi({
      control: test.control,
      now: () => test.clock.now,
      provider: provider && { ...provider, ...more },
    });
    const answer = await fetch(`${other.api.url}/api/me`, { headers: bearer(token) });
    expect(answer.status).toBe(401);
    await other.stop();
  }
});
