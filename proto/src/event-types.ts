import type { Envelope } from './gen/steno/v1/envelope_pb.js';

export type FactsCase = Exclude<Envelope['facts']['case'], undefined>;

/** The public name of each kind of facts: `noun.past-tense-verb`. Names are for ever. */
export const EVENT_TYPE = {
  sessionOpened: 'session.opened',
  commandSubmitted: 'command.submitted',
  commandDecided: 'command.decided',
  statementPrepared: 'statement.prepared',
  responseCompleted: 'response.completed',
  outputCaptured: 'output.captured',
  inputCaptured: 'input.captured',
  terminalResized: 'terminal.resized',
  limitReached: 'limit.reached',
  gap: 'gap',
  sessionClosed: 'session.closed',
  instanceStarted: 'instance.started',
  instanceStopped: 'instance.stopped',
  targetDeclared: 'target.declared',
  targetWithdrawn: 'target.withdrawn',
  instanceSilent: 'instance.silent',
  instanceLost: 'instance.lost',
  instanceHeard: 'instance.heard',
  terminationRequested: 'termination.requested',
  policyLoaded: 'policy.loaded',
  approvalRequested: 'approval.requested',
  approvalGranted: 'approval.granted',
  approvalRefused: 'approval.refused',
  approvalOverridden: 'approval.overridden',
  approvalExpired: 'approval.expired',
  approvalWithdrawn: 'approval.withdrawn',
  userAdded: 'user.added',
  userRemoved: 'user.removed',
  credentialSealed: 'credential.sealed',
  credentialRemoved: 'credential.removed',
  identityDeclared: 'identity.declared',
  identityApproved: 'identity.approved',
  identityOwnerChanged: 'identity.owner-changed',
  identitySuspended: 'identity.suspended',
  identityResumed: 'identity.resumed',
  identityRevoked: 'identity.revoked',
  tokenIssued: 'token.issued',
  tokenRevoked: 'token.revoked',
  tokenSpent: 'token.spent',
  keyIssued: 'key.issued',
  keyRevoked: 'key.revoked',
  loginRefused: 'login.refused',
  loginsSuppressed: 'logins.suppressed',
  accessViewed: 'access.viewed',
  accessRefused: 'access.refused',
  accessSignedIn: 'access.signed-in',
  backlogChanged: 'backlog.changed',
  instanceReported: 'instance.reported',
} as const satisfies Record<FactsCase, string>;

export type EventType = (typeof EVENT_TYPE)[FactsCase];

/** The topics of the event log (docs/data.md). */
export const TOPICS = ['data', 'control', 'activity', 'heartbeat'] as const;
export type Topic = (typeof TOPICS)[number];
