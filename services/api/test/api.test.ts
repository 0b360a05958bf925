import type { EventView, FacetsView, Page, StatusView } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { API_ERRORS } from '../src/errors.js';
import type { AccessEvent } from '../src/index.js';
import { LIMITS } from '../src/limits.js';
import { ROUTE_ACCESS } from '../src/people/roles.js';
import { Asker } from './asker.js';
import { sessionId } from './recorded-session.js';
import { MAIN, broken, main, many, views } from './recorded-set.js';
import { refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
let ask: Asker['ask'];
let get: Asker['get'];
let post: Asker['post'];
let allOf: Asker['allOf'];

beforeAll(async () => {
  test = await startTestApi();
  ({ ask, get, post, allOf } = new Asker(test));
  await test.store([...main().events, ...many(), ...broken(), ...views().events]);
});

afterAll(() => test.stop());

beforeEach(() => {
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.errors.length = 0;
  test.log.isAway = false;
});

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

describe('POST /api/sessions/:id/terminate', () => {
  const terminate = (id: string, body: object) => post(`/api/sessions/${id}/terminate`, body);

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
      gateways: { postgres: { host: '0.0.0.0', port: 15_432, tls: true } },
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
