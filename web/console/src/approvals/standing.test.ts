import type { ApprovalView, MeView } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { landingOf, mayReadApprovals, mayReadSessions } from '../api/rights.js';
import { heldCommand } from '../../test/approvals.js';
import { formatSeconds, isLastOf, openAsks, standingOf, windowChoices } from './standing.js';

const ann: MeView = { actor: 'Ann', roles: ['approver'], groups: ['approvers'] };
const held = (change: Partial<ApprovalView> = {}): ApprovalView => heldCommand(1, change);

const answerOf = (actor: string, isVoid = false): ApprovalView['answers'][number] => ({
  said: 'granted',
  actor,
  reason: '',
  at: '2026-11-23T08:00:00Z',
  ...(isVoid ? { void: 'why' } : {}),
});

describe('what one may say of a held command', () => {
  it('is all, for an approver who is asked', () => {
    expect(standingOf(held(), ann)).toEqual({
      mayApprove: true,
      mayRefuse: true,
      mayOverride: false,
      why: '',
    });
  });

  it.each<[string, Partial<ApprovalView>]>([
    ['You are the one who asks.', { identity: 'ann' }],
    ['You are the one who asks.', { subject: 'ann' }],
    ['You are the one who asks.', { actors: ['bob', 'ann'] }],
    ['You own the target, and the rule asks others.', { owner: 'ann', ownerExcluded: true }],
    ['You have approved it already.', { answers: [answerOf('ann')] }],
  ])('is only to refuse it: %s', (why, change) => {
    const expected = { mayApprove: false, mayRefuse: true, mayOverride: false, why };
    expect(standingOf(held(change), ann)).toEqual(expected);
  });

  it('is all, where a void answer or an owner who may does not stand against it', () => {
    const change = { owner: 'ann', answers: [answerOf('ann', true), answerOf('bob')] };
    expect(standingOf(held(change), ann).mayApprove).toBe(true);
  });

  it('is nothing, for who is not asked', () => {
    const asks = [{ group: 'dba', count: 1, granted: 0 }];
    expect(standingOf(held({ asks }), ann)).toEqual({
      mayApprove: false,
      mayRefuse: false,
      mayOverride: false,
      why: 'It is asked of dba; you are in approvers.',
    });
    expect(standingOf(held(), { ...ann, groups: [] }).why).toContain('you are in no group');
    expect(standingOf(held(), { ...ann, roles: ['auditor'] })).toMatchObject({
      mayApprove: false,
      mayRefuse: false,
      mayOverride: false,
    });
  });

  it('is to break the glass, for an administrator whose approval would not count', () => {
    const admin = { actor: 'root', roles: ['admin'], groups: [] };
    const expected = { mayApprove: false, mayRefuse: false, mayOverride: true };
    expect(standingOf(held(), admin)).toMatchObject(expected);
    const both = { ...ann, roles: ['admin', 'approver'] };
    expect(standingOf(held(), both).mayOverride).toBe(false);
    expect(standingOf(held({ identity: 'ann' }), both).mayOverride).toBe(true);
  });
});

describe('who has to agree', () => {
  const asks = [
    { group: 'dba', count: 2, granted: 1 },
    { group: 'security', count: 1, granted: 0 },
    { group: 'owners', count: 1, granted: 1 },
  ];

  it('is told by how many of which group', () => {
    expect(openAsks(held({ asks }))).toBe('1 more of dba and 1 more of security');
  });

  it('is last whom nobody has to follow', () => {
    expect(isLastOf(held({ asks }), { ...ann, groups: ['dba'] })).toBe(false);
    expect(isLastOf(held({ asks }), { ...ann, groups: ['dba', 'security'] })).toBe(true);
    expect(isLastOf(held(), ann)).toBe(true);
  });
});

it('the same command may be let run for what the rule allows', () => {
  expect(windowChoices(0)).toEqual([]);
  expect(windowChoices(600)).toEqual([600]);
  expect(windowChoices(3600)).toEqual([900, 3600]);
  expect(windowChoices(604_800)).toEqual([900, 3600, 14_400, 86_400, 604_800]);
  expect([900, 3600, 5400, 604_800, 45].map(formatSeconds)).toEqual([
    '15 min',
    '1 h',
    '90 min',
    '7 d',
    '45 s',
  ]);
});

it('one begins where one has something to do', () => {
  const as = (...roles: string[]): MeView => ({ actor: 'a', roles, groups: [] });
  expect(landingOf(as('approver'))).toBe('/approvals/{-$approvalId}');
  expect(landingOf(as('approver', 'auditor'))).toBe('/sessions');
  expect(landingOf(as())).toBe('/sessions');
  expect([mayReadSessions(as('approver')), mayReadApprovals(as('approver'))]).toEqual([
    false,
    true,
  ]);
});
