import type { IdentityDetailView, IdentityView, Page } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Asker } from './asker.js';
import { RecordedSession, SECOND, START, sessionId } from './recorded-session.js';
import { bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const ISSUER = 'https://issuer.test';
const DAY = 86_400n * SECOND;

let test: TestApi;
let asker: Asker;
beforeAll(async () => {
  test = await startTestApi();
  test.clock.now = Number(START / 1_000_000n) + 3_600_000;
  asker = new Asker(test);
  const sessions = [
    { identity: 'ci/deploy', target: 'orders', startedAt: START - 2n * DAY },
    { identity: 'ci/deploy', target: 'stock', startedAt: START },
    { identity: 'ci/shop/1', target: 'orders', startedAt: START },
    { identity: 'ci/shop/é', target: 'orders', startedAt: START },
  ].map((of, index) => {
    const session = new RecordedSession(sessionId(index + 1), of);
    session.select('SELECT 1', [['1', 'one']]);
    return session;
  });
  await test.store(sessions.flatMap(({ events }) => events));
});
afterAll(() => test.stop());

beforeEach(() => {
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.log.isAway = false;
});

const pathOf = (name: string) => `/api/identities/${encodeURIComponent(name)}`;
const say = (name: string, verb: string, more: object = {}) =>
  asker.post(`${pathOf(name)}/${verb}`, { reason: 'because', ...more });
const declare = (name: string, more: object = {}) =>
  say(name, 'declare', { issuer: ISSUER, owner: 'olga', ...more });
const stateOf = async (name: string) => (await asker.get<IdentityDetailView>(pathOf(name))).state;

describe('an identity that was only seen', () => {
  it('is in the inventory, with what it did', async () => {
    const detail = await asker.get<IdentityDetailView>(pathOf('ci/deploy'));
    expect(detail).toMatchObject({
      identity: 'ci/deploy',
      state: 'observed',
      issuer: ISSUER,
      subject: 'ci/deploy',
      owner: '',
      firstSeen: '2026-11-16T11:06:40.000000000Z',
      sessions: 2,
      commands: 2,
      credential: { usedAt: '2026-11-18T11:06:40.000000000Z', issuedAt: null },
      lifecycle: [],
    });
    expect(detail.targets.map(({ target, commands }) => [target, commands])).toEqual([
      ['stock', 1],
      ['orders', 1],
    ]);
    // A Monday and a Wednesday.
    expect(detail.activity.hours).toEqual([
      { weekday: 1, hour: 11, commands: 1 },
      { weekday: 3, hour: 11, commands: 1 },
    ]);
    expect(detail.activity.zone).toBe('UTC');
    expect(detail.recent.map(({ at, target, text }) => [at, target, text])).toEqual([
      ['2026-11-18T11:06:40.010000000Z', 'stock', 'SELECT 1'],
      ['2026-11-16T11:06:40.010000000Z', 'orders', 'SELECT 1'],
    ]);
    expect(detail.recent[0]).toMatchObject({
      sessionId: sessionId(2),
      position: 1,
      kind: 'query',
      status: 'ok',
      errorCode: null,
    });
    expect(test.accesses.at(-1)).toMatchObject({
      type: 'access.viewed',
      action: 'view',
      object: 'identity',
      objectId: 'ci/deploy',
    });
  });

  it('is told in the hours of a clock elsewhere', async () => {
    const detail = await asker.get<IdentityDetailView>(
      `${pathOf('ci/deploy')}?zone=Pacific/Kiritimati`,
    );
    expect(detail.activity).toMatchObject({
      zone: 'Pacific/Kiritimati',
      hours: [
        { weekday: 2, hour: 1, commands: 1 },
        { weekday: 4, hour: 1, commands: 1 },
      ],
    });
    for (const zone of ['Mars', "UTC'", '%2B05:30']) {
      const answer = await asker.ask(`${pathOf('ci/deploy')}?zone=${zone}`);
      expect(refusal(answer)).toEqual([400, 'STENO-3002']);
    }
  });

  it('can be revoked at once', async () => {
    const answer = await say('ci/shop/é', 'revoke');
    expect(answer.body).toEqual({ identity: 'ci/shop/é', state: 'revoked', owner: '' });
    expect(await stateOf('ci/shop/é')).toBe('revoked');
  });
});

describe('a declared identity', () => {
  it('has a life that can be told', async () => {
    await declare('bot', { team: 'payments', purpose: 'deploys', environment: 'production' });
    await say('bot', 'approve');
    await say('bot', 'owner', { owner: 'otto' });
    await say('bot', 'suspend', { reason: 'odd hours' });
    const detail = await asker.get<IdentityDetailView>(pathOf('bot'));
    expect(detail).toMatchObject({
      state: 'suspended',
      owner: 'otto',
      team: 'payments',
      purpose: 'deploys',
      environment: 'production',
      firstSeen: null,
      sessions: 0,
      credential: null,
      targets: [],
    });
    expect(detail.lifecycle.map(({ said, actor }) => [said, actor])).toEqual(
      ['declared', 'approved', 'owner-changed', 'suspended'].map((each) => [each, 'local-admin']),
    );
    expect(detail.lifecycle.at(-1)?.reason).toBe('odd hours');
    await say('bot', 'resume');
    expect(await stateOf('bot')).toBe('approved');
  });

  it('expires, and its life says when', async () => {
    const expiresAt = new Date(test.clock.now + 60_000).toISOString();
    await declare('intern', { expiresAt });
    test.clock.now += 60_000;
    await declare('other');
    const detail = await asker.get<IdentityDetailView>(pathOf('intern'));
    expect(detail.state).toBe('expired');
    expect(detail.lifecycle.map(({ said }) => said)).toEqual(['declared', 'expired']);
    expect(Date.parse(detail.lifecycle[1]?.at ?? '')).toBe(Date.parse(expiresAt));
  });

  it('may be a pattern, which speaks for those that fit', async () => {
    await declare('all of shop', { subjectPattern: 'ci/shop/*' });
    await say('all of shop', 'approve');
    expect(await asker.get(pathOf('ci/shop/1'))).toMatchObject({
      state: 'approved',
      through: 'all of shop',
      owner: 'olga',
    });
  });

  it('of another issuer than it was seen from is shown as that', async () => {
    await declare('ci/deploy', { issuer: 'https://elsewhere.test' });
    expect(await asker.get(pathOf('ci/deploy'))).toMatchObject({
      state: 'declared',
      issuer: 'https://elsewhere.test',
      seenIssuer: ISSUER,
    });
  });
});

describe('what does not count', () => {
  it.each<[string, string, object, [number, string]]>([
    ['nobody', 'approve', {}, [409, 'STENO-3036']],
    ['nobody', 'resume', {}, [409, 'STENO-3036']],
    ['nobody', 'owner', { owner: 'otto' }, [409, 'STENO-3036']],
    ['nobody', 'revoke', { reason: '' }, [400, 'STENO-3002']],
    ['nobody', 'declare', { issuer: ISSUER }, [400, 'STENO-3002']],
    ['nobody', 'declare', { owner: 'olga' }, [400, 'STENO-3002']],
    ['nobody', 'declare', { issuer: ISSUER, owner: 'a\nb' }, [400, 'STENO-3002']],
    [
      'nobody',
      'declare',
      { issuer: ISSUER, owner: 'olga', expiresAt: '2020-01-01T00:00:00Z' },
      [400, 'STENO-3002'],
    ],
    ['no\u0007body', 'suspend', {}, [400, 'STENO-3002']],
  ])('%s, %s %j', async (name, verb, body, expected) => {
    const before = test.control.recorded.length;
    expect(refusal(await say(name, verb, body))).toEqual(expected);
    expect(test.control.recorded).toHaveLength(before);
  });

  it('is told where the log takes nothing', async () => {
    test.log.isAway = true;
    expect(refusal(await say('ci/deploy', 'revoke'))).toEqual([503, 'STENO-3009']);
  });

  it('is an identity that nobody knows', async () => {
    expect(refusal(await asker.ask(pathOf('nobody')))).toEqual([404, 'STENO-3035']);
  });
});

describe('GET /api/identities', () => {
  const names = (items: readonly IdentityView[]) => items.map(({ identity }) => identity);

  it('gives those that were seen and those that are known, by name, in pages', async () => {
    const all = await asker.allOf<IdentityView>('/api/identities', 'cursor', 500);
    const seen = ['ci/deploy', 'ci/shop/1', 'ci/shop/é'];
    expect(names(all)).toEqual(['all of shop', 'bot', ...seen, 'intern', 'other']);
    for (const limit of [1, 2, 3, 7]) {
      expect(await asker.allOf('/api/identities', 'cursor', limit)).toEqual(all);
    }
  });

  it.each([
    ['state=revoked', ['ci/shop/é']],
    ['state=approved&state=expired', ['all of shop', 'bot', 'ci/shop/1', 'intern']],
    ['owner=OTTO', ['bot']],
    ['text=SHOP', ['all of shop', 'ci/shop/1', 'ci/shop/é']],
    ['text=nothing', []],
  ])('filters by %s', async (query, expected) => {
    const page = await asker.get<Page<IdentityView>>(`/api/identities?${query}`);
    expect(names(page.items)).toEqual(expected);
    expect(page.nextCursor).toBeNull();
    expect(test.accesses.at(-1)).toMatchObject({ action: 'list', object: 'identity', query });
  });

  it.each(['state=odd', 'limit=0', 'cursor=!', 'owner='])('refuses %s', async (query) => {
    const answer = await asker.ask(`/api/identities?${query}`);
    expect(refusal(answer)).toEqual([400, 'STENO-3002']);
  });

  it('answers without the store where something is said, and only there', async () => {
    await test.stopStore();
    const answer = await say('ci/deploy', 'revoke');
    expect(bodyOf<{ state: string }>(answer).state).toBe('revoked');
    expect(refusal(await asker.ask('/api/identities'))).toEqual([503, 'STENO-3008']);
  });
});
