import type {
  ChainView,
  CommandView,
  EventView,
  FacetsView,
  Page,
  SessionDetailView,
  SessionView,
  StatusView,
  TimelineView,
} from '@steno/proto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_ERRORS } from '../src/errors.js';
import type { AccessEvent } from '../src/index.js';
import { LIMITS } from '../src/limits.js';
import { ROUTE_ACCESS } from '../src/people/roles.js';
import { RecordedSession, SECOND, START, sessionId } from './recorded-session.js';
import { StreamFixture } from './stored-session.js';
import { TOKEN, bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;

const MAIN = sessionId(500);
const TAMPERED = sessionId(600);
const HOLED = sessionId(601);

beforeAll(async () => {
  test = await startTestApi();
  await test.store([...main().events, ...many(), ...broken(), ...views().events]);
});

afterAll(() => test.stop());

beforeEach(() => {
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.errors.length = 0;
  test.log.isAway = false;
});

const LONG = `SELECT '${'é'.repeat(30_000)}'`;

function main() {
  const session = new RecordedSession(MAIN, { startedAt: START + 1000n * SECOND });
  session.select('SELECT id, name FROM customers', [
    ['1', 'Ann'],
    ['2', 'Bob'],
  ]);
  const prepared = { position: session.prepare('s', LONG), text: LONG };
  session.complete(session.execute(prepared, ['7', null, '\u00ff']), 'SELECT 0');
  session.fail(session.submit('SELECT * FROM nowhere'), '42P01', 'no such table: nowhere');
  session.submit('SELECT pg_sleep(60)');
  return session;
}

function many() {
  return Array.from({ length: 23 }, (_, n) => {
    const session = new RecordedSession(sessionId(n), {
      identity: n % 2 === 0 ? 'ci/deploy' : 'agent & co',
      target: n % 3 === 0 ? 'billing' : 'orders',
      startedAt: START + BigInt(n >> 1) * SECOND,
    });
    session.run(`UPDATE things SET n = ${n}`, 'UPDATE 1');
    session.close(n % 5 === 0 ? 'process-lost' : 'client-closed');
    return session.events;
  }).flat();
}

/** One whose third event was changed, one that lacks its third event. */
function broken() {
  const tampered = new RecordedSession(TAMPERED, { startedAt: START - 5000n * SECOND });
  const other = new RecordedSession(TAMPERED, { startedAt: START - 5000n * SECOND });
  tampered.run('SELECT 1', 'SELECT 1');
  other.run('SELECT 1', 'SELECT 2');
  tampered.close();
  const changed = other.events[2];
  const holed = new RecordedSession(HOLED, { startedAt: START - 6000n * SECOND });
  holed.submit('SELECT 1');
  holed.lose();
  holed.close();
  const foreign = tampered.events.map((event, at) => (at === 2 && changed ? changed : event));
  return [...foreign, ...holed.events];
}

function views() {
  const stream = new StreamFixture('activity/api-1/boot-1', {
    topic: 'activity',
    startedAt: START,
  });
  for (let n = 0; n < 5; n += 1) {
    stream.append({ case: 'accessViewed', value: { actor: 'ann', action: 'list' } });
    stream.now += SECOND;
  }
  return stream;
}

const as = { authorization: `Bearer ${TOKEN}` };
const ask = (path: string) => supertest(test.api.url).get(path).set(as);

async function get<T>(path: string): Promise<T> {
  const answer = await ask(path);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  return bodyOf<T>(answer);
}

async function allOf<T>(path: string, cursorName: string, limit: number): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const separator = path.includes('?') ? '&' : '?';
    const from: string = cursor === '' ? '' : `&${cursorName}=${cursor}`;
    const page: Page<T> = await get(`${path}${separator}limit=${limit}${from}`);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

const viewed = () => test.accesses.filter(({ type }) => type === 'access.viewed');
const view = (part: Partial<AccessEvent>) => ({
  type: 'access.viewed',
  actor: 'local-admin',
  action: 'view',
  object: 'session',
  objectId: '',
  query: '',
  source: '127.0.0.1',
  ...part,
});

describe('GET /api/sessions', () => {
  it('gives pages without repeats or holes', async () => {
    const all = await allOf<SessionView>('/api/sessions', 'cursor', 500);
    expect(all).toHaveLength(26);
    const order = all.map(({ startedAt, sessionId: id }) => `${startedAt} ${id}`);
    expect(order).toEqual([...order].sort().reverse());
    for (const limit of [1, 7, 13, 26]) {
      expect(await allOf('/api/sessions', 'cursor', limit)).toEqual(all);
    }
  });

  it('shows a session', async () => {
    const { items } = await get<Page<SessionView>>('/api/sessions?limit=1');
    expect(items).toEqual([
      {
        sessionId: MAIN,
        identity: 'ci/deploy',
        target: 'orders',
        protocol: 'postgres',
        database: 'shop',
        startedAt: '2026-11-18T11:23:20.000000000Z',
        endedAt: null,
        status: 'open',
        reason: null,
        commands: 4,
        errors: 1,
        rows: 2,
        bytes: expect.any(Number),
        events: 9,
        source: '127.0.0.1:40000',
        clientProgram: 'psql',
        durability: 'strict',
        origin: 'live',
      },
    ]);
  });

  it('filters, each name as often as wanted', async () => {
    const count = async (query: string) =>
      (await allOf<SessionView>(`/api/sessions?${query}`, 'cursor', 4)).length;
    expect(await count('identity=agent+%26+co')).toBe(11);
    expect(await count('identity=agent+%26+co&identity=ci%2Fdeploy&target=billing')).toBe(8);
    expect(await count('status=failed')).toBe(5);
    expect(await count('status=open&status=gapped')).toBe(2);
    expect(await count('from=2026-11-18T11:06:42Z&to=2026-11-18T11:06:44Z')).toBe(4);
    expect(await count('text=customers')).toBe(1);
    expect(await count('text=update+THINGS')).toBe(23);
    expect(await count("identity=x'+OR+1=1")).toBe(0);
  });

  it('refuses what it does not know', async () => {
    const wrong = [
      'limit=0',
      'limit=501',
      'limit=x',
      'limit=1.5',
      'limit=1&limit=2',
      'status=fine',
      'from=yesterday',
      'to=2026-02-30T00:00:00Z',
      'cursor=zzz',
      'cursor=%00',
      'text=',
      'text=%2B%2B',
      `identity=${'x'.repeat(257)}`,
      'colour=red',
    ];
    for (const query of wrong) {
      expect(refusal(await ask(`/api/sessions?${query}`)), query).toEqual([400, 'STENO-3002']);
    }
    expect(viewed()).toEqual([]);
  });
});

describe('GET /api/sessions/:id', () => {
  it('shows one with what its first event says', async () => {
    const detail = await get<SessionDetailView>(`/api/sessions/${MAIN}`);
    expect(detail).toMatchObject({
      sessionId: MAIN,
      issuer: 'https://issuer.test',
      subject: 'ci/deploy',
      claims: { job_id: '42', email: 'ann@example.com' },
      tls: '',
      capture: 'all',
      tokenExpiresAt: '2026-11-18T11:38:20.000000000Z',
      head: { position: 8, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('knows no others', async () => {
    for (const part of ['', '/chain', '/events', '/commands', '/timeline']) {
      const answer = await ask(`/api/sessions/${sessionId(999)}${part}`);
      expect(refusal(answer), part).toEqual([404, 'STENO-3004']);
    }
  });
});

describe('GET /api/sessions/:id/events', () => {
  it('gives each event, chained to the one before', async () => {
    const all = await allOf<EventView>(`/api/sessions/${MAIN}/events?raw=true`, 'after', 100);
    expect(all.map(({ raw }) => raw)).toEqual(
      main().events.map(({ raw }) => raw.toString('base64')),
    );
    for (const [at, event] of all.entries()) {
      expect(event.position).toBe(at);
      if (at > 0) expect(event.previousHash).toBe(all[at - 1]?.hash);
    }
    for (const limit of [1, 4]) {
      const paged = await allOf<EventView>(`/api/sessions/${MAIN}/events`, 'after', limit);
      expect(paged).toEqual(all.map(({ raw: _, ...event }) => event));
    }
  });

  it('shows commands whole, with their values, and responses', async () => {
    const { items } = await get<Page<EventView>>(`/api/sessions/${MAIN}/events?after=3`);
    const [executed, , , failed] = items;
    expect(executed?.command).toMatchObject({ text: LONG, binds: ['7', null, 'ÿ'] });
    expect(failed?.response?.error).toEqual({
      code: '42P01',
      severity: 'ERROR',
      message: 'no such table: nowhere',
    });
  });
});

describe('GET /api/sessions/:id/commands', () => {
  it('gives commands with their responses', async () => {
    const path = `/api/sessions/${MAIN}/commands`;
    const all = await allOf<CommandView>(path, 'after', 100);
    expect(await allOf<CommandView>(path, 'after', 1)).toEqual(all);
    expect(all.map(({ text }) => text?.slice(0, 20))).toEqual([
      'SELECT id, name FROM',
      LONG.slice(0, 20),
      'SELECT * FROM nowher',
      'SELECT pg_sleep(60)',
    ]);
    expect(all[0]).toMatchObject({
      position: 1,
      responsePosition: 2,
      t: 10_000_000,
      endT: 15_000_000,
      status: 'ok',
      tags: ['SELECT 2'],
      rows: 2,
      sha256: '02'.repeat(32),
      hmac: null,
    });
    expect([...(all[1]?.text ?? '')]).toHaveLength(2000);
    expect(all[1]?.textLength).toBe(Buffer.byteLength(LONG));
    expect(all[2]).toMatchObject({
      errorCode: '42P01',
      errorMessage: 'no such table: nowhere',
    });
    expect(all[3]).toMatchObject({ responsePosition: null, endT: null, status: null });
  });
});

describe('GET /api/sessions/:id/timeline', () => {
  it('has as many slices as asked for', async () => {
    const path = `/api/sessions/${MAIN}/timeline`;
    const timeline = await get<TimelineView>(`${path}?slices=10`);
    expect(timeline.density).toHaveLength(10);
    expect(timeline.density.reduce((sum, count) => sum + count)).toBe(9);
    expect(timeline.marks.map(({ lane }) => lane)).toEqual([
      'state',
      'command',
      'command',
      'command',
      'error',
      'command',
    ]);
    expect((await get<TimelineView>(path)).density).toHaveLength(400);
    expect(refusal(await ask(`${path}?slices=9`))).toEqual([400, 'STENO-3002']);
  });
});

describe('GET /api/sessions/:id/chain', () => {
  const chain = (id: string) => get<ChainView>(`/api/sessions/${id}/chain`);

  it('is whole where nothing was touched', async () => {
    const detail = await get<SessionDetailView>(`/api/sessions/${MAIN}`);
    expect(await chain(MAIN)).toEqual({
      state: 'whole',
      events: 9,
      head: detail.head.hash,
      checkedAt: new Date(test.clock.now).toISOString().replace('Z', '000000Z'),
    });
  });

  it('names the first event that does not fit, or is missing', async () => {
    expect(await chain(TAMPERED)).toMatchObject({ state: 'changed', problem: { position: 3 } });
    expect(await chain(HOLED)).toMatchObject({
      state: 'gapped',
      events: 3,
      problem: { position: 2, what: 'Event 2 is missing.' },
    });
  });
});

describe('POST /api/sessions/:id/terminate', () => {
  const terminate = (id: string, body: object) =>
    supertest(test.api.url).post(`/api/sessions/${id}/terminate`).set(as).send(body);

  it('asks for the end of a running session', async () => {
    test.terminations.length = 0;
    expect((await terminate(MAIN, { reason: 'dumps tables' })).status).toBe(202);
    const actor = 'local-admin';
    expect(test.terminations).toEqual([{ sessionId: MAIN, actor, reason: 'dumps tables' }]);
  });

  it('refuses otherwise', async () => {
    test.terminations.length = 0;
    expect(refusal(await terminate(sessionId(1), { reason: 'x' }))).toEqual([409, 'STENO-3005']);
    expect(refusal(await terminate(sessionId(999), { reason: 'x' }))).toEqual([404, 'STENO-3004']);
    for (const body of [{}, { reason: '' }, { reason: 'x'.repeat(501) }, { reason: 1 }]) {
      expect(refusal(await terminate(MAIN, body))).toEqual([400, 'STENO-3002']);
    }
    expect(test.terminations).toEqual([]);
  });
});

describe('GET /api/events', () => {
  it('gives the events of a topic in commit order', async () => {
    const all = await allOf<EventView>('/api/events', 'cursor', 1000);
    const stored = [...main().events, ...many(), ...broken()];
    expect(all.map(({ stream, position }) => `${stream} ${position}`)).toEqual(
      stored.map(({ envelope }) => `${envelope.stream} ${envelope.position}`),
    );
    expect(all[1]?.command?.text).toBe('SELECT id, name FROM customers');
    expect(await allOf<EventView>('/api/events?topic=data', 'cursor', 17)).toEqual(all);
  });

  it('gives those recorded since', async () => {
    const from = '2026-11-18T11:06:43Z';
    const { items } = await get<Page<EventView>>(`/api/events?topic=activity&from=${from}`);
    expect(items.map(({ position }) => position)).toEqual([3, 4]);
    expect(items[0]).toMatchObject({ topic: 'activity', facts: { actor: 'ann', action: 'list' } });
    expect((await get<Page<EventView>>('/api/events?topic=control')).items).toEqual([]);
  });

  it('refuses what it does not know', async () => {
    for (const query of ['topic=other', 'from=x', 'cursor=1.2', 'cursor=x', 'limit=1001']) {
      expect(refusal(await ask(`/api/events?${query}`)), query).toEqual([400, 'STENO-3002']);
    }
  });
});

describe('the rest', () => {
  it('says what sessions can be filtered by', async () => {
    expect(await get<FacetsView>('/api/facets')).toEqual({
      identities: ['agent & co', 'ci/deploy'],
      targets: ['billing', 'orders'],
    });
  });

  it('says what runs', async () => {
    expect(await get<StatusView>('/api/status')).toEqual({
      version: '0.1.0',
      installation: 'a1b2',
      log: 'embedded',
      openSessions: 1,
      projectorLagMs: 42,
      issuers: [{ issuer: 'steno:development', development: true }],
    });
  });

  it('describes itself', async () => {
    const { paths } = await get<{ paths: Record<string, Record<string, unknown>> }>(
      '/api/openapi.json',
    );
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    const undescribed = ['GET /api/openapi.json', 'GET /api/sessions/:id/replay'];
    expect([...described, ...undescribed].sort()).toEqual(Object.keys(ROUTE_ACCESS).sort());
    expect(paths['/api/sessions']?.['get']).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'limit', in: 'query', required: false }),
      ]) as unknown,
    });
  });

  it('counts what it does', async () => {
    const { text } = await ask('/metrics');
    expect(text).toMatch(
      /steno_api_requests_total\{method="GET",route="\/api\/status",status="200"\} \d/,
    );
    expect(text).toContain('steno_api_open_replays 0');
    expect(text).toContain('steno_api_projector_lag_seconds 0.042');
    expect(text).not.toContain(MAIN);
  });
});

describe('who looks', () => {
  it('is written down, once a minute for the same', async () => {
    for (let n = 0; n < 2; n += 1) {
      await get('/api/sessions?identity=a%26b&limit=3');
      await get(`/api/sessions/${MAIN}`);
      await get(`/api/sessions/${MAIN}/timeline`);
      await get(`/api/sessions/${MAIN}/events`);
      await get(`/api/sessions/${MAIN}/chain`);
      await get('/api/sessions?text=customers');
      await get('/api/events?topic=control');
      await get('/api/facets');
    }
    expect(viewed()).toEqual([
      view({ action: 'list', query: 'identity=a%26b' }),
      view({ objectId: MAIN }),
      view({ objectId: MAIN, query: 'events' }),
      view({ action: 'verify', objectId: MAIN }),
      view({ action: 'search', query: 'text=customers' }),
      view({ action: 'list', object: 'control' }),
      view({ action: 'list', query: 'facets' }),
    ]);
    test.clock.now += LIMITS.accessRepeatMs;
    await get(`/api/sessions/${MAIN}`);
    expect(viewed()).toHaveLength(8);
  });

  it('sees nothing where it cannot be written down', async () => {
    test.log.isAway = true;
    const paths = ['', `/${MAIN}`, `/${MAIN}/events`, `/${MAIN}/commands`, `/${MAIN}/chain`];
    for (const path of paths) {
      expect(refusal(await ask(`/api/sessions${path}`)), path).toEqual([503, 'STENO-3009']);
    }
  });
});

describe('without the event store', () => {
  it('says so, and lives on', async () => {
    await test.stopStore();
    test.errors.length = 0;
    for (const path of [
      '/readyz',
      '/api/sessions',
      '/api/status',
      `/api/sessions/${MAIN}/events`,
    ]) {
      expect(refusal(await ask(path)), path).toEqual([503, API_ERRORS.storeUnavailable.code]);
    }
    expect((await ask('/healthz')).status).toBe(200);
    expect(test.errors).toEqual([]);
  });
});
