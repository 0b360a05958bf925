import { create } from '@bufbuild/protobuf';
import {
  ApprovalExpiredSchema,
  ApprovalGrantedSchema,
  ApprovalOverriddenSchema,
  ApprovalRefusedSchema,
  ApprovalRequestedSchema,
  ApprovalWithdrawnSchema,
  EnvelopeSchema,
} from '@steno/proto';
import type { Envelope } from '@steno/proto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Approvals } from './approvals.js';

const SECOND = 1_000_000_000n;
const DIGEST = Uint8Array.of(1, 2, 3);

type Given = Envelope['facts'];

const at = (seconds: number, facts: Given): Envelope =>
  create(EnvelopeSchema, { occurredAt: BigInt(seconds) * SECOND, facts });

const asked = (more: object = {}): Given => ({
  case: 'approvalRequested',
  value: create(ApprovalRequestedSchema, {
    approvalId: 'a',
    identity: 'ci/deploy',
    subject: 'repo:shop',
    actors: ['dora'],
    owner: 'olga',
    asks: [{ group: 'dba', count: 1 }],
    expiresAt: 100n * SECOND,
    commandDigest: DIGEST,
    ...more,
  }),
});

const granted = (actor: string, more: object = {}): Given => ({
  case: 'approvalGranted',
  value: create(ApprovalGrantedSchema, { approvalId: 'a', actor, groups: ['dba'], ...more }),
});

const refused = (actor: string, groups = ['dba']): Given => ({
  case: 'approvalRefused',
  value: create(ApprovalRefusedSchema, { approvalId: 'a', actor, groups, reason: 'no' }),
});

const overridden: Given = {
  case: 'approvalOverridden',
  value: create(ApprovalOverriddenSchema, { approvalId: 'a', actor: 'root', reason: 'outage' }),
};
const expired: Given = {
  case: 'approvalExpired',
  value: create(ApprovalExpiredSchema, { approvalId: 'a' }),
};
const withdrawn: Given = {
  case: 'approvalWithdrawn',
  value: create(ApprovalWithdrawnSchema, { approvalId: 'a', cause: 'canceled' }),
};

function folded(...events: readonly Given[]) {
  const approvals = new Approvals();
  for (const [index, facts] of events.entries()) approvals.take(at(index, facts));
  return approvals;
}

const stateOf = (...events: readonly Given[]) => folded(...events).get('a')?.state;
const voids = (...events: readonly Given[]) =>
  folded(...events)
    .get('a')
    ?.answers.map((answer) => answer.void);

it('waits, and ends by what is said first', () => {
  expect(stateOf(asked())).toBe('waiting');
  expect(stateOf(asked(), granted('ann'), refused('ben'), expired)).toBe('granted');
  expect(stateOf(asked(), refused('ben'), granted('ann'), withdrawn)).toBe('refused');
  expect(stateOf(asked(), overridden, refused('ben'))).toBe('overridden');
  expect(stateOf(asked(), expired, granted('ann'))).toBe('expired');
  expect(stateOf(asked(), withdrawn, granted('ann'))).toBe('withdrawn');
  expect(voids(asked(), granted('ann'), refused('ben'))).toEqual(['', 'it was granted already']);
});

it('takes only the word of those who are asked', () => {
  expect(stateOf(asked(), granted('ann', { groups: ['approvers'] }))).toBe('waiting');
  expect(stateOf(asked(), refused('ann', []))).toBe('waiting');
  for (const requester of ['ci/deploy', 'Repo:Shop', 'DORA']) {
    expect(stateOf(asked(), granted(requester))).toBe('waiting');
  }
  expect(stateOf(asked(), granted('olga'))).toBe('granted');
  expect(stateOf(asked({ ownerExcluded: true }), granted('Olga'))).toBe('waiting');
  expect(stateOf(granted('ann'), asked())).toBe('waiting');
});

it('takes no word that comes too late', () => {
  const approvals = folded(asked());
  approvals.take(at(101, granted('ann')));
  expect(approvals.get('a')).toMatchObject({ state: 'waiting', answers: [{ actor: 'ann' }] });
  expect(approvals.get('a')?.answers[0]?.void).toBe('its time is over');
});

it('needs as many different people of each group', () => {
  const both = asked({
    asks: [
      { group: 'dba', count: 2 },
      { group: 'security', count: 1 },
    ],
  });
  const [ann, ben] = [granted('ann'), granted('ben')];
  const sam = granted('sam', { groups: ['security'] });
  expect(stateOf(both, ann, granted('Ann'), sam)).toBe('waiting');
  expect(stateOf(both, ann, ben)).toBe('waiting');
  expect(stateOf(both, ann, ben, sam)).toBe('granted');
  expect(stateOf(both, sam, ann, granted('ben', { groups: ['dba', 'security'] }))).toBe('granted');
});

it('lets the same command run again for the shortest time that anybody allowed', () => {
  const two = asked({ asks: [{ group: 'dba', count: 2 }], windowSecondsMax: 50 });
  const until = (...windows: readonly number[]) => {
    const grants = windows.map((windowSeconds, n) => granted(`p${n}`, { windowSeconds }));
    return folded(two, ...grants);
  };
  const open = until(60, 40);
  expect(open.windowFor(DIGEST, 41n * SECOND)?.request.approvalId).toBe('a');
  expect(open.windowFor(DIGEST, 42n * SECOND)).toBeUndefined();
  expect(open.windowFor(Uint8Array.of(9), 10n * SECOND)).toBeUndefined();
  expect(until(60, 60).windowFor(DIGEST, 51n * SECOND)).toBeDefined();
  expect(until(60, 60).windowFor(DIGEST, 52n * SECOND)).toBeUndefined();
  expect(until(60, 0).windowFor(DIGEST, 3n * SECOND)).toBeUndefined();
});

it('takes a link once, whoever was quicker', () => {
  const two = asked({ asks: [{ group: 'dba', count: 2 }] });
  const linkNonce = Uint8Array.of(7);
  const first = granted('ann', { linkNonce });
  const used = 'its link was used already';
  expect(voids(two, first, granted('ben', { linkNonce }))).toEqual(['', used]);
  expect(stateOf(two, first, granted('ben', { linkNonce: Uint8Array.of(8) }))).toBe('granted');
  expect(stateOf(two, first, granted('ben'))).toBe('granted');
  // What did not count has not used it.
  expect(voids(two, granted('ci/deploy', { linkNonce }), first)?.at(-1)).toBe('');
});

it('tells of those that can still be answered', () => {
  const waiting = (approvals: Approvals, seconds: number) =>
    [...approvals.waiting(BigInt(seconds) * SECOND)].map(({ request }) => request.approvalId);
  expect(waiting(folded(asked()), 99)).toEqual(['a']);
  expect(waiting(folded(asked()), 100)).toEqual([]);
  expect(waiting(folded(asked(), granted('ann')), 2)).toEqual([]);
});

it('comes to the same from the same log, whatever is in it, and ends once', () => {
  const event = fc.constantFrom(
    asked({ asks: [{ group: 'dba', count: 2 }] }),
    granted('ann'),
    granted('ben'),
    refused('cid'),
    overridden,
    expired,
    withdrawn,
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const approvals = new Approvals();
      let ended: string | undefined;
      for (const [index, facts] of events.entries()) {
        approvals.take(at(index, facts));
        const state = approvals.get('a')?.state ?? 'waiting';
        if (ended !== undefined) expect(state).toBe(ended);
        if (state !== 'waiting') ended = state;
      }
      expect([...folded(...events).all()]).toEqual([...approvals.all()]);
    }),
  );
});

it('forgets those that ended long ago, and never one that waits', () => {
  const approvals = new Approvals();
  approvals.take(at(0, asked({ approvalId: 'waits' })));
  for (let n = 0; n < 10_001; n += 1) {
    approvals.take(at(1, asked({ approvalId: `n${n}` })));
    const value = create(ApprovalExpiredSchema, { approvalId: `n${n}` });
    approvals.take(at(1, { case: 'approvalExpired', value }));
  }
  expect(approvals.get('n0')).toBeUndefined();
  expect(approvals.get('n1')?.state).toBe('expired');
  expect(approvals.get('waits')?.state).toBe('waiting');
});

it('knows somebody by the name, the subject and the whole of what a provider says', () => {
  const issuer = 'https://login.acme.test';
  const voidOf = (subject: string, actorName: string, more: object = {}) => {
    const approvals = new Approvals();
    approvals.take(at(0, asked({ ownerExcluded: true, ...more })));
    approvals.take(at(1, granted(`${issuer}#${subject}`, { actorName })));
    return approvals.get('a')?.answers[0];
  };
  expect(voidOf('00u1', 'ann@acme.test')).toMatchObject({ name: 'ann@acme.test', void: '' });
  expect(voidOf('00u1', 'Dora')?.void).toBe('Dora is the one who asks');
  expect(voidOf('repo:shop', 'ann')?.void).toBe('ann is the one who asks');
  expect(voidOf('x', 'ann', { actors: [`${issuer}#x`] })?.void).toBe('ann is the one who asks');
  expect(voidOf('olga', 'ann')?.void).toBe('ann is the owner');
});

it('does not count one of a provider twice who has taken another name', () => {
  const approvals = new Approvals();
  approvals.take(at(0, asked({ asks: [{ group: 'dba', count: 2 }] })));
  approvals.take(at(1, granted('https://login.acme.test#x', { actorName: 'ann' })));
  approvals.take(at(2, granted('https://login.acme.test#x', { actorName: 'ben' })));
  expect(approvals.get('a')).toMatchObject({ state: 'waiting', answers: [{}, { name: 'ben' }] });
  expect(approvals.get('a')?.answers[1]?.void).toBe('ben has answered already');
});
