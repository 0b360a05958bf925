import { create } from '@bufbuild/protobuf';
import { ApprovalRequestedSchema } from '@steno/proto';
import type { ApprovalDetailView, ApprovalView, Page } from '@steno/proto';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MAIN, main } from './recorded-set.js';
import { bodyOf, refusal, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
let nextId = 0;

beforeAll(async () => {
  test = await startTestApi();
  await test.store(main().events);
  test.control.addUser('ann', ['approver']);
  test.control.addUser('ben', ['approver'], ['dba']);
  test.control.addUser('aud', ['auditor']);
  test.control.addUser('root', ['admin']);
});
afterAll(() => test.stop());
beforeEach(() => {
  test.log.isAway = false;
  test.control.recorded.length = 0;
});

const as = (name: string) => supertest.agent(test.api.url).set('authorization', `Bearer ${name}`);

/** A held command: the first one of the session. */
function ask(more: object = {}): string {
  nextId += 1;
  const approvalId = `approval-${nextId}`;
  const value = create(ApprovalRequestedSchema, {
    approvalId,
    sessionId: MAIN,
    command: 1n,
    identity: 'ci/deploy',
    target: 'orders',
    asks: [{ group: 'approvers', count: 1 }],
    expiresAt: BigInt(test.clock.now + 60_000) * 1_000_000n,
    kinds: ['delete'],
    ...more,
  });
  test.control.take({ case: 'approvalRequested', value });
  return approvalId;
}

it('shows those that wait with the text of the command, oldest first', async () => {
  const [first, second] = [ask(), ask({ command: 999n })];
  const answer = await as('ann').get('/api/approvals');
  const { items } = bodyOf<Page<ApprovalView>>(answer);
  expect(items.map(({ approvalId }) => approvalId)).toEqual([first, second]);
  expect(items[0]).toMatchObject({ state: 'waiting', identity: 'ci/deploy', kinds: ['delete'] });
  expect(items[0]?.command).toMatch(/\w+/);
  // What the projector has not stored yet.
  expect(items[1]?.command).toBeNull();
  test.clock.now += 61_000;
  const later = await as('ann').get('/api/approvals');
  expect(bodyOf<Page<ApprovalView>>(later).items).toEqual([]);
  const all = await as('aud').get('/api/approvals?all=true');
  const states = bodyOf<Page<ApprovalView>>(all).items.map(({ state }) => state);
  expect(states).toEqual(['expired', 'expired']);
});

it('takes an answer once, and says what became of it', async () => {
  const id = ask();
  const granted = await as('ann').post(`/api/approvals/${id}/approve`).send({ reason: 'fine' });
  expect(granted.status).toBe(200);
  expect(granted.body).toMatchObject({ state: 'granted', asks: [{ granted: 1, count: 1 }] });
  expect(test.control.recorded).toMatchObject([
    { type: 'approval.granted', actor: 'ann', groups: ['approvers'], reason: 'fine' },
  ]);
  const late = await as('ben').post(`/api/approvals/${id}/refuse`).send({ reason: 'no' });
  expect(refusal(late)).toEqual([409, 'STENO-3021']);
  const next = ask();
  await as('ben').post(`/api/approvals/${next}/refuse`).send({ reason: 'not now' });
  const detail = await as('ann').get(`/api/approvals/${next}`);
  const { answers, before, state } = bodyOf<ApprovalDetailView>(detail);
  expect(state).toBe('refused');
  expect(answers).toMatchObject([{ said: 'refused', actor: 'ben', reason: 'not now' }]);
  expect(before.map(({ approvalId }) => approvalId)).toEqual([id]);
});

it('takes none that would not count', async () => {
  const reason = 'fine';
  const dba = ask({ asks: [{ group: 'dba', count: 2 }], windowSecondsMax: 60 });
  const approve = (name: string, body: object = { reason }) =>
    as(name).post(`/api/approvals/${dba}/approve`).send(body);
  expect(refusal(await approve('ann'))).toEqual([403, 'STENO-3022']);
  expect(refusal(await approve('root'))).toEqual([403, 'STENO-3003']);
  expect(refusal(await approve('ben', {}))).toEqual([400, 'STENO-3002']);
  expect(refusal(await approve('ben', { reason, windowSeconds: 61 }))).toEqual([400, 'STENO-3002']);
  expect((await approve('ben', { reason, windowSeconds: 60 })).body).toMatchObject({
    state: 'waiting',
    asks: [{ group: 'dba', count: 2, granted: 1 }],
  });
  expect(refusal(await approve('ben'))).toEqual([403, 'STENO-3022']);
  const own = ask({ actors: ['Ann'] });
  const post = as('ann').post(`/api/approvals/${own}/approve`).send({ reason });
  expect(refusal(await post)).toEqual([403, 'STENO-3022']);
  const nothing = as('ann').post('/api/approvals/nothing/approve').send({ reason });
  expect(refusal(await nothing)).toEqual([404, 'STENO-3020']);
});

it('lets an administrator override, and nobody else', async () => {
  const id = ask();
  const override = (name: string) =>
    as(name).post(`/api/approvals/${id}/override`).send({ reason: 'outage' });
  expect(refusal(await override('ann'))).toEqual([403, 'STENO-3003']);
  expect((await override('root')).body).toMatchObject({ state: 'overridden' });
});

it('says that the log does not take an answer', async () => {
  const id = ask();
  await as('ann').get('/api/approvals');
  test.log.isAway = true;
  const answer = await as('ann').post(`/api/approvals/${id}/approve`).send({ reason: 'fine' });
  expect(refusal(answer)).toEqual([503, 'STENO-3009']);
  expect(test.control.approvals.get(id)?.state).toBe('waiting');
});
