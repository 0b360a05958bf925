import type {
  ChainView,
  CommandView,
  EventView,
  Page,
  SessionDetailView,
  SessionView,
  TimelineView,
} from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Asker } from './asker.js';
import { StreamFixture } from '@steno/event-store/testing';
import { SECOND, START, sessionId } from './recorded-session.js';
import { HOLED, LONG, MAIN, TAMPERED, broken, main, many, views } from './recorded-set.js';
import { refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
let ask: Asker['ask'];
let get: Asker['get'];
let allOf: Asker['allOf'];

beforeAll(async () => {
  test = await startTestApi();
  ({ ask, get, allOf } = new Asker(test));
  await test.store([...main().events, ...many(), ...broken(), ...views().events]);
});

afterAll(() => test.stop());

beforeEach(() => {
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.errors.length = 0;
  test.log.isAway = false;
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
    const all = await count('claim=job_id%3D42');
    expect(all).toBeGreaterThan(20);
    expect(await count('claim=job_id%3D42&claim=email%3Dann@example.com')).toBe(all);
    expect(await count('claim=job_id%3D42&claim=email%3Dbob')).toBe(0);
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
      'claim=job_id',
      'claim=%3D42',
      'text=%2B%2B',
      `identity=${'x'.repeat(257)}`,
      'colour=red',
    ];
    for (const query of wrong) {
      expect(refusal(await ask(`/api/sessions?${query}`)), query).toEqual([400, 'STENO-3002']);
    }
    expect(test.accesses.filter(({ type }) => type === 'access.viewed')).toEqual([]);
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
      durationNs: 5_000_000,
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
  it('has as many slices as asked for, and goes on while the session does', async () => {
    const path = `/api/sessions/${MAIN}/timeline`;
    const { now } = test.clock;
    test.clock.now = Date.parse('2026-11-18T11:23:20Z') + 500;
    const timeline = await get<TimelineView>(`${path}?slices=10`);
    test.clock.now = now;
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
    expect(timeline).toMatchObject({ open: true, durationNs: 500e6 });
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

describe('a session of an instance that was declared lost', () => {
  it('stays failed, and shows from where on its events are late', async () => {
    const id = sessionId(700);
    const startedAt = START - 9000n * SECOND;
    const session = new StreamFixture(`session/${id}`, { startedAt, boot: 'boot-lost' });
    session.append({ case: 'sessionOpened', value: { sessionId: id } });
    const end = await test.store(session.events.splice(0));
    const control = new StreamFixture('control/api/boot-2', { startedAt, topic: 'control' });
    const dataEnds = [{ partition: 0, offset: BigInt(end) }];
    control.append({ case: 'instanceLost', value: { boot: 'boot-lost', dataEnds } });
    session.append({ case: 'sessionClosed', value: { reason: 'client-closed' } });
    await test.store([...control.events, ...session.events]);
    const { status, reason, lateFrom } = await get<SessionDetailView>(`/api/sessions/${id}`);
    expect({ status, reason, lateFrom }).toEqual({
      status: 'failed',
      reason: 'client-closed',
      lateFrom: 1,
    });
  });
});
