/**
 * Why a gateway gives no session, lets a command not through, or ends what runs, whatever the
 * protocol. docs/errors.md, "Postgres gateway", has an entry for each.
 */
export const GATEWAY_ERRORS = {
  'authentication-timeout': {
    code: 'STENO-4001',
    message: 'authentication took too long',
    hint: 'Send the token as the password right after connecting.',
  },
  'too-many-unauthenticated': {
    code: 'STENO-4002',
    message: 'too many connections from your address are waiting to authenticate',
    hint: 'Wait for the others to finish; limits.preAuthPerSource sets the number.',
  },
  'too-many-sessions': {
    code: 'STENO-4003',
    message: 'the gateway has as many sessions as it may',
    hint: 'Try again later; limits.sessions sets the number.',
  },
  'no-such-target': {
    code: 'STENO-4005',
    message: 'there is no target of this name',
    hint: 'Give the name of a target of steno.yaml.',
  },
  'target-unreachable': {
    code: 'STENO-4008',
    message: 'the target cannot be reached',
    hint: 'Check that the target runs and that its address in steno.yaml is right.',
  },
  'target-refused': {
    code: 'STENO-4009',
    message: 'the target did not accept the credential that Steno has for it',
    hint: 'Check the credential of this target in steno.yaml; your token was accepted.',
  },
  'target-lost': {
    code: 'STENO-4011',
    message: 'the connection to the target was lost',
    hint: 'Connect again; what the target did with the last command is not known.',
  },
  'not-recorded': {
    code: 'STENO-4013',
    message: 'this was refused because it could not be recorded',
    hint: 'Nothing of it was sent to the target; the operator must look at the event log.',
  },
  'idle-limit': {
    code: 'STENO-4014',
    message: 'the session was idle for too long',
    hint: 'Connect again; sessions.idleTimeout sets the time.',
  },
  'time-limit': {
    code: 'STENO-4015',
    message: 'the session has lasted as long as it may',
    hint: 'Connect again; sessions.totalTimeout sets the time.',
  },
  'token-expired': {
    code: 'STENO-4016',
    message: 'the token that opened this session has expired',
    hint: 'Connect again with a new token.',
  },
  terminated: {
    code: 'STENO-4017',
    message: 'the session was terminated by an administrator',
    hint: 'Ask the operator; the reason is in the record.',
  },
  draining: {
    code: 'STENO-4018',
    message: 'the gateway is shutting down',
    hint: 'Connect again in a moment.',
  },
  'token-refused': {
    code: 'STENO-4021',
    message: 'the token was refused',
    hint: 'Get a new token from its issuer.',
  },
  denied: {
    code: 'STENO-4022',
    message: 'the command was denied by a policy',
    hint: 'Ask the owner of the target; the record names the rule.',
  },
  'approval-refused': {
    code: 'STENO-4030',
    message: 'the command was refused by an approver',
    hint: 'Ask whoever refused it; the command did not reach the target.',
  },
  'approval-expired': {
    code: 'STENO-4031',
    message: 'the approval expired: not enough people answered in time',
    hint: 'Run the command again when somebody can look at it; it did not reach the target.',
  },
  'approval-withdrawn': {
    code: 'STENO-4032',
    message: 'the approval was withdrawn: the command was canceled while it waited',
    hint: 'The command did not reach the target.',
  },
  'approval-unavailable': {
    code: 'STENO-4033',
    message: 'nobody could be asked to approve the command',
    hint: 'The operator must look at the event log; the command did not reach the target.',
  },
  'too-many-waiting': {
    code: 'STENO-4050',
    message: 'as many commands of this identity wait for approvals as may',
    hint: 'Wait until some are answered; limits.waitingPerIdentity sets the number.',
  },
  'session-denied': {
    code: 'STENO-4029',
    message: 'a policy does not allow this session',
    hint: 'Ask the owner of the target; the detail names the rule.',
  },
  'identity-revoked': {
    code: 'STENO-4035',
    message: 'the identity was revoked',
    hint: 'Ask whoever runs Steno; the record says who revoked it and why.',
  },
  'identity-suspended': {
    code: 'STENO-4036',
    message: 'the identity is suspended',
    hint: 'Ask whoever runs Steno; the record says who suspended it and why.',
  },
  'identity-expired': {
    code: 'STENO-4037',
    message: 'the identity was declared for a time that is over',
    hint: 'Ask its owner to have it declared anew, with another expiry.',
  },
  'identity-not-registered': {
    code: 'STENO-4038',
    message: 'the identity is not registered here',
    hint: 'Have it declared and approved: `steno identity declare`, `steno identity approve`.',
  },
  'token-spent': {
    code: 'STENO-4062',
    message: 'the token has opened a session already',
    hint: 'Get a new token for each session: those of its issuer are good for one.',
  },
  'token-not-claimed': {
    code: 'STENO-4063',
    message: 'it cannot be recorded now that the token is used',
    hint: 'Try again with a new token; the operator must look at the event log.',
  },
  'certificate-revoked': {
    code: 'STENO-4080',
    message: 'the certificate of the client was revoked',
    hint: 'Ask its authority for a new one; the list of revoked certificates names it.',
  },
  'key-revoked': {
    code: 'STENO-4066',
    message: 'the key was revoked',
    hint: 'Ask its owner for a new one; the record says who revoked it and why.',
  },
  'credential-unavailable': {
    code: 'STENO-4023',
    message: 'the credential of the target cannot be read',
    hint: 'Ask the operator; your token was accepted, and the record says what is missing.',
  },
  'no-credential': {
    code: 'STENO-4040',
    message: 'the target has no credential for you',
    hint: 'Ask the owner of the target: none of your groups is named with it in steno.yaml.',
  },
  'credential-expired': {
    code: 'STENO-4041',
    message: 'the credential of this session at the target has expired',
    hint: 'Connect again; the record says why it was not renewed.',
  },
  'target-declined': {
    code: 'STENO-4024',
    message: 'the target did not open a session',
    hint: 'The detail is what the target said; your token was accepted.',
  },
  'gateway-failed': {
    code: 'STENO-4025',
    message: 'the gateway failed',
    hint: 'Tell the operator; the log of the gateway says more.',
  },
  backlog: {
    code: 'STENO-4027',
    message: 'the gateway takes no new sessions: too much of the record waits to be shipped',
    hint: 'Try again later; the operator must look at Kafka. Sessions that run go on.',
  },
  'control-stale': {
    code: 'STENO-4028',
    message: 'the gateway takes no new sessions: it has not heard of its control for too long',
    hint: 'Try again later; the operator must look at Kafka. Sessions that run go on.',
  },
} as const satisfies Record<string, GatewayErrorEntry>;

export interface GatewayErrorEntry {
  readonly code: `STENO-40${number}`;
  readonly message: string;
  readonly hint: string;
}

export type GatewayErrorName = keyof typeof GATEWAY_ERRORS;
