import type { MeView } from '@steno/proto';

/** The api decides who may what; what it would refuse is not offered. */
const readers = ['investigator', 'reviewer', 'auditor', 'admin'];

const has = (me: MeView, roles: readonly string[]): boolean =>
  me.roles.some((role) => roles.includes(role));

export const mayReadSessions = (me: MeView): boolean => has(me, readers);

export const mayReadApprovals = (me: MeView): boolean => has(me, [...readers, 'approver']);

/** Declare it, let it in, keep it out. */
export const maySayOfIdentities = (me: MeView): boolean => has(me, ['admin']);

export const mayReadKeys = (me: MeView): boolean => has(me, ['auditor', 'admin']);

export const mayMakeKeys = (me: MeView): boolean => has(me, ['admin']);

/** Where one begins. */
export const landingOf = (me: MeView): '/sessions' | '/approvals/{-$approvalId}' =>
  mayReadSessions(me) || !mayReadApprovals(me) ? '/sessions' : '/approvals/{-$approvalId}';

/** Those of an identity provider alone: events name them by issuer and subject, joined by #. */
export const mayMakeTokens = (me: MeView): boolean => me.actor.includes('#');
