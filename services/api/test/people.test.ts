import { request as httpRequest } from 'node:http';
import { USER_ROLES, type UserRole } from '@steno/sessions';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.js';
import { ROUTE_ACCESS, type Access } from '../src/people/roles.js';
import { RecordedSession, sessionId } from './recorded-session.js';
import { TOKEN, bodyOf, refusal, startTestApi, type TestApi } from './test-api.js';

let test: TestApi;
const NAME = 'steno.example';

beforeAll(async () => {
  test = await startTestApi({ listen: { host: '127.0.0.1', port: 0, names: [NAME] } });
  const session = new RecordedSession(sessionId(1));
  session.select('SELECT 1', [['1', 'one']]);
  await test.store(session.events);
});

afterAll(() => test.stop());

beforeEach(() => {
  // Neither limits nor repeats of an earlier test.
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.log.isAway = false;
});

const agent = () => supertest(test.api.url);
const origin = () => test.api.url;

async function signIn(): Promise<string> {
  const answer = await agent()
    .post('/api/sign-in')
    .set('origin', origin())
    .send({ code: test.api.newSignInCode() });
  expect(answer.status).toBe(204);
  return String(answer.headers['set-cookie']);
}

/** How one may come to a route. */
const AS: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
  nobody: async () => ({}),
  'a wrong token': async () => ({ authorization: `Bearer ${TOKEN}x` }),
  'a forged cookie': async () => ({ cookie: `steno_session=${'A'.repeat(43)}.${'A'.repeat(43)}` }),
  'a wrong token beside a good cookie': async () => ({
    authorization: 'Basic YTpi',
    cookie: await signIn(),
  }),
  'the token': async () => ({ authorization: `Bearer ${TOKEN}` }),
  'a cookie': async () => ({ cookie: await signIn(), 'x-steno-csrf': '1', origin: origin() }),
};

const BODIES: Readonly<Record<string, object>> = {
  'POST /api/sign-in': { code: 'none' },
  ...Object.fromEntries(
    [
      ...['sessions/:id/terminate', 'instances/:boot/lost'],
      ...['approve', 'refuse', 'override'].map((step) => `approvals/:id/${step}`),
      ...['approve', 'suspend', 'resume', 'revoke'].map((step) => `identities/:name/${step}`),
    ].map((path) => [`POST /api/${path}`, { reason: 'a test' }]),
  ),
  'POST /api/identities/:name/declare': { issuer: 'urn:x', owner: 'olga', reason: 'a test' },
  'POST /api/identities/:name/owner': { owner: 'otto', reason: 'a test' },
  'POST /api/credentials/:name': {
    ...{ version: 1, keyId: '0123456789abcdef' },
    ...{ wrappedKey: 'AAAA', ciphertext: 'AAAA' },
  },
  'POST /api/keys': { name: 'loader', identity: 'etl', owner: 'olga', seconds: 3600 },
  'POST /api/keys/:name/revoke': { reason: 'a test' },
  'POST /api/policies/dry-run': { files: [{ name: 'a', text: '' }] },
  'POST /api/users': { name: 'new one', roles: ['auditor'] },
  'POST /api/me/tokens': { label: 'a test' },
};

/** What is asked for is not there, which only those learn who may ask. */
const UNKNOWN: Readonly<Record<string, string>> = {
  'POST /api/instances/:boot/lost': 'STENO-3017',
  'GET /api/approvals/:id': 'STENO-3020',
  'POST /api/approvals/:id/approve': 'STENO-3020',
  'POST /api/approvals/:id/refuse': 'STENO-3020',
  'POST /api/approvals/:id/override': 'STENO-3020',
  'DELETE /api/users/:name': 'STENO-3023',
  'POST /api/keys/:name/revoke': 'STENO-3060',
  'GET /api/identities/:name': 'STENO-3035',
  'DELETE /api/me/tokens/:id': 'STENO-3034',
};

/** They lead browsers elsewhere; here none is configured. */
const REDIRECTS: ReadonlySet<string> = new Set([
  'GET /api/sign-in/oidc',
  'GET /api/sign-in/oidc/callback',
]);

const admits = (access: Access, role: UserRole) =>
  access === 'open' || access === 'person' || access.includes(role);

async function ask(route: string, headers: Record<string, string>) {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(':id', sessionId(1)).replace(':name', nameFor(pattern));
  const verb = method.toLowerCase() as 'get' | 'post' | 'delete';
  const query = pattern.endsWith('/export') ? 'format=text' : '';
  return agent()[verb](path).query(query).set(headers).send(BODIES[route]);
}

/** Those of the steps are not the one that is looked for. */
const nameFor = (pattern: string) => (pattern.endsWith(':name') ? 'nobody' : 'somebody');

function expectLetIn(route: string, answer: Awaited<ReturnType<typeof ask>>): void {
  const unknown = UNKNOWN[route];
  if (route === 'POST /api/sign-in') {
    expect(answer.body).toMatchObject({ code: expect.stringMatching(/STENO-30(?:02|10)/) });
  } else if (REDIRECTS.has(route)) expect(refusal(answer)).toEqual([404, 'STENO-3006']);
  // Those whom no provider vouches for are told why, whatever their role.
  else if (route === 'POST /api/me/tokens') {
    expect(bodyOf<{ detail: string }>(answer).detail).toMatch(/^Sign in by the identity provider/);
  } else if (unknown !== undefined) expect(refusal(answer)).toEqual([404, unknown]);
  // The first who may removes it.
  else if (answer.status === 404) expect(refusal(answer)[1]).toMatch(/^STENO-30(?:40|70)$/);
  // What was said of it before may leave nothing to say.
  else if (answer.status === 409) expect(refusal(answer)[1]).toMatch(/^STENO-30(?:36|41|61)$/);
  else expect(answer.status).toBeLessThan(300);
}

describe('who may do what', () => {
  // The replay is no HTTP route; replay.test.ts tries it.
  const routes = Object.entries(ROUTE_ACCESS).filter(([route]) => !route.endsWith('/replay'));

  for (const [route, access] of routes) {
    for (const [name, headersOf] of Object.entries(AS)) {
      const isKnown = name === 'the token' || name === 'a cookie';
      const isLetIn = access === 'open' || (isKnown && admits(access, 'admin'));
      it(`${route} ${isLetIn ? 'lets in' : 'turns away'} ${name}`, async () => {
        const answer = await ask(route, await headersOf());
        if (isLetIn) expectLetIn(route, answer);
        else if (isKnown) expect(refusal(answer)).toEqual([403, 'STENO-3003']);
        else expect(refusal(answer)).toEqual([401, 'STENO-3001']);
      });
    }
    for (const role of USER_ROLES) {
      const isLetIn = admits(access, role);
      it(`${route} ${isLetIn ? 'lets in' : 'turns away'} the role ${role}`, async () => {
        test.control.addUser(role, [role]);
        const answer = await ask(route, { authorization: `Bearer ${role}` });
        if (isLetIn) expectLetIn(route, answer);
        else expect(refusal(answer)).toEqual([403, 'STENO-3003']);
      });
    }
  }
});

describe('signing in', () => {
  it('works once with each code, and sets a cookie that only the browser sends', async () => {
    const code = test.api.newSignInCode();
    const first = await agent().post('/api/sign-in').set('origin', origin()).send({ code });
    expect(first.status).toBe(204);
    const [cookie] = first.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      /^steno_session=[\w-]{43}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const again = await agent().post('/api/sign-in').set('origin', origin()).send({ code });
    expect(refusal(again)).toEqual([401, 'STENO-3010']);
    expect(test.accesses.map(({ type }) => type)).toEqual(['access.signed-in', 'access.refused']);
    const me = await agent().get('/api/me').set('cookie', String(cookie));
    expect(me.body).toEqual({ actor: 'local-admin', roles: ['admin'], groups: [] });
  });

  it('is not possible with a code that is too old', async () => {
    const code = test.api.newSignInCode();
    test.clock.now += LIMITS.signInCodeMs;
    const answer = await agent().post('/api/sign-in').send({ code });
    expect(refusal(answer)[1]).toBe('STENO-3010');
  });

  it('ends when asked to', async () => {
    const cookie = await signIn();
    const headers = { cookie, origin: origin(), 'x-steno-csrf': '1' };
    const answer = await agent().post('/api/sign-out').set(headers);
    expect(answer.status).toBe(204);
    expect((await agent().get('/api/me').set('cookie', cookie)).status).toBe(401);
  });

  it('ends when it is not used, and after a day of work in any case', async () => {
    const idle = await signIn();
    test.clock.now += LIMITS.personIdleMs;
    expect((await agent().get('/api/me').set('cookie', idle)).status).toBe(401);
    const used = await signIn();
    const from = test.clock.now;
    const statuses: number[] = [];
    while (test.clock.now < from + LIMITS.personTotalMs) {
      statuses.push((await agent().get('/api/me').set('cookie', used)).status);
      test.clock.now += LIMITS.personIdleMs / 2;
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await agent().get('/api/me').set('cookie', used)).status).toBe(401);
  });

  it('is tried ten times a minute at most', async () => {
    const codes: string[] = [];
    for (let n = 0; n <= LIMITS.signInAttemptsPerMinute; n += 1) {
      const answer = await agent().post('/api/sign-in').send({ code: 'guess' });
      codes.push(refusal(answer)[1]);
    }
    expect(codes.slice(0, -1)).toEqual(codes.slice(0, -1).map(() => 'STENO-3010'));
    expect(codes.at(-1)).toBe('STENO-3011');
    const good = await agent().post('/api/sign-in').send({ code: test.api.newSignInCode() });
    expect(good.headers['retry-after']).toBe('60');
    test.clock.now += 60_000;
    await signIn();
  });

  it('is not done unrecorded', async () => {
    test.log.isAway = true;
    const answer = await agent().post('/api/sign-in').send({ code: test.api.newSignInCode() });
    expect(refusal(answer)).toEqual([503, 'STENO-3009']);
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('is offered to the command line', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await agent().post('/api/sign-in-codes').set(headers);
    const { code, expiresAt } = bodyOf<{ code: string; expiresAt: string }>(answer);
    expect(answer.status).toBe(201);
    expect(Date.parse(expiresAt)).toBe(test.clock.now + LIMITS.signInCodeMs);
    const signedIn = await agent().post('/api/sign-in').send({ code });
    expect(signedIn.status).toBe(204);
  });
});

describe('changes by cookie', () => {
  const terminate = async (headers: Record<string, string>) => {
    const cookie = await signIn();
    return agent()
      .post(`/api/sessions/${sessionId(1)}/terminate`)
      .set({ cookie, ...headers })
      .send({ reason: 'a test' });
  };

  it('need the header that no other site can send', async () => {
    const answer = await terminate({ origin: origin() });
    expect(refusal(answer)).toEqual([403, 'STENO-3014']);
  });

  it('need our own origin', async () => {
    for (const wrong of ['https://evil.test', 'null', origin().replace('http', 'https')]) {
      const answer = await terminate({ origin: wrong, 'x-steno-csrf': '1' });
      expect(refusal(answer), wrong).toEqual([403, 'STENO-3013']);
    }
    expect(refusal(await terminate({ 'x-steno-csrf': '1' }))[1]).toBe('STENO-3013');
    expect(test.terminations.filter(({ reason }) => reason !== 'a test')).toEqual([]);
  });

  it('cannot be a sign-in that another site starts', async () => {
    const code = test.api.newSignInCode();
    const answer = await agent()
      .post('/api/sign-in')
      .set('origin', 'https://evil.test')
      .send({ code });
    expect(refusal(answer)[1]).toBe('STENO-3013');
    expect((await agent().post('/api/sign-in').send({ code })).status).toBe(204);
  });
});

describe('a request', () => {
  /** supertest and fetch set Host themselves. */
  const withHost = (host: string, path = '/api/me') =>
    new Promise<number>((resolve, reject) => {
      const { port } = test.api;
      const headers = { host, authorization: `Bearer ${TOKEN}` };
      const asked = httpRequest({ host: '127.0.0.1', port, path, headers });
      asked.on('response', (answer) => resolve(answer.resume().statusCode ?? 0));
      asked.on('error', reject);
      asked.end();
    });

  it('must name this server', async () => {
    const { port } = test.api;
    for (const host of [`127.0.0.1:${port}`, `LOCALHOST:${port}`, NAME, `${NAME}:443`]) {
      expect(await withHost(host), host).toBe(200);
    }
    for (const host of [`evil.test:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`]) {
      expect(await withHost(host), host).toBe(421);
    }
  });

  it('may name anything where probes and Prometheus ask, and nowhere else', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/metrics?name=x']) {
      expect(await withHost('10.1.2.3:8080', path), path).toBe(200);
    }
    for (const path of ['/metrics/../api/me', '/metricsx', '//metrics', '/healthz/..']) {
      expect(await withHost('10.1.2.3:8080', path), path).toBe(421);
    }
  });

  it('from behind a balancer is of its console', async () => {
    const ask = async (headers: Record<string, string>) => {
      const code = test.api.newSignInCode();
      const answer = await agent().post('/api/sign-in').set(headers).send({ code });
      return answer.status;
    };
    expect(await ask({ host: NAME, origin: `https://${NAME}` })).toBe(204);
    expect(await ask({ host: NAME, origin: 'https://evil.test' })).toBe(403);
    expect(await ask({ origin: `https://${NAME}` })).toBe(403);
  });

  it('of strangers is counted', async () => {
    const statuses = new Set<number>();
    for (let n = 0; n <= LIMITS.unauthenticatedPerMinute; n += 1) {
      statuses.add((await agent().get('/healthz')).status);
    }
    expect([...statuses]).toEqual([200, 429]);
    // Who is signed in is not held up by them.
    const known = await agent().get('/healthz').set('authorization', `Bearer ${TOKEN}`);
    expect(known.status).toBe(200);
  });

  it('of strangers is counted on every route that needs no sign-in', async () => {
    for (let n = 0; n < LIMITS.unauthenticatedPerMinute; n += 1) await agent().get('/healthz');
    const open = Object.entries(ROUTE_ACCESS).filter(([, access]) => access === 'open');
    expect(open.length).toBeGreaterThan(6);
    for (const [route] of open) {
      expect(refusal(await ask(route, {})), route).toEqual([429, 'STENO-3011']);
    }
    for (const page of ['/', '/sign-in', '/assets/x.js', '/api/nowhere']) {
      expect(refusal(await agent().get(page)), page).toEqual([429, 'STENO-3011']);
    }
    test.clock.now += 60_000;
    for (const [route] of open) expect((await ask(route, {})).status, route).not.toBe(429);
  });

  it('is small', async () => {
    const code = 'x'.repeat(LIMITS.bodyBytes);
    const answer = await agent().post('/api/sign-in').send({ code });
    expect(refusal(answer)).toEqual([413, 'STENO-3007']);
  });

  it('is JSON of the right form', async () => {
    const post = () => agent().post('/api/sign-in').set('content-type', 'application/json');
    for (const body of ['{', '[]', '{"code":1}', '{"code":"x","more":1}', '']) {
      const answer = await post().send(body);
      expect(refusal(answer), body).toEqual([400, 'STENO-3002']);
    }
  });

  it('to nowhere is told so, as RFC 9457 has it', async () => {
    const answer = await agent().get('/api/nowhere').set('authorization', `Bearer ${TOKEN}`);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toEqual({
      type: 'urn:steno:error:STENO-3006',
      title: 'There is nothing at this address',
      status: 404,
      detail: '/api/openapi.json lists all addresses.',
      code: 'STENO-3006',
    });
  });

  it('is answered with strict headers', async () => {
    const { headers } = await agent().get('/api/me');
    expect(headers['content-security-policy']).toBe(
      [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
      ].join(';'),
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('refusals', () => {
  it('are recorded, once a minute', async () => {
    for (let n = 0; n < 3; n += 1) await agent().get('/api/facets');
    const refused = {
      type: 'access.refused',
      actor: '',
      route: 'GET /api/facets',
      code: 'STENO-3001',
      source: '127.0.0.1',
    };
    expect(test.accesses).toEqual([refused]);
    test.clock.now += LIMITS.accessRepeatMs;
    await agent().get('/api/facets');
    expect(test.accesses).toEqual([refused, refused]);
  });

  it('stay refusals when the log is away', async () => {
    test.log.isAway = true;
    expect((await agent().get('/api/facets')).status).toBe(401);
  });
});
