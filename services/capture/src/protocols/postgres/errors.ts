/**
 * What the Postgres gateway itself says to clients. The catalogue of docs/errors.md, "Postgres
 * gateway", has an entry for each; `sqlstate` is from Postgres' own list (manual, appendix A).
 */
export const POSTGRES_ERRORS = {
  'authentication-timeout': {
    code: 'STENO-4001',
    sqlstate: '08006',
    message: 'authentication took too long',
    hint: 'Send the token as the password right after connecting.',
  },
  'too-many-unauthenticated': {
    code: 'STENO-4002',
    sqlstate: '53300',
    message: 'too many connections from your address are waiting to authenticate',
    hint: 'Wait for the others to finish; limits.preAuthPerSource sets the number.',
  },
  'too-many-sessions': {
    code: 'STENO-4003',
    sqlstate: '53300',
    message: 'the gateway has as many sessions as it may',
    hint: 'Try again later; limits.sessions sets the number.',
  },
  'tls-required': {
    code: 'STENO-4004',
    sqlstate: '28000',
    message: 'a token is not taken over a connection without TLS',
    hint: 'Connect with sslmode=require or stricter.',
  },
  'no-such-target': {
    code: 'STENO-4005',
    sqlstate: '3D000',
    message: 'there is no target of this name',
    hint: 'Give the name of a target of steno.yaml as the database.',
  },
  'replication-refused': {
    code: 'STENO-4006',
    sqlstate: '0A000',
    message: 'replication connections are not supported',
    hint: 'Connect to the target itself for replication; Steno records sessions of commands.',
  },
  'protocol-violation': {
    code: 'STENO-4007',
    sqlstate: '08P01',
    message: 'the client sent what the protocol does not allow',
    hint: 'Check that this is a Postgres client and that nothing on the way changes its bytes.',
  },
  'target-unreachable': {
    code: 'STENO-4008',
    sqlstate: '08001',
    message: 'the target cannot be reached',
    hint: 'Check that the target runs and that its address in steno.yaml is right.',
  },
  'target-refused': {
    code: 'STENO-4009',
    sqlstate: '08004',
    message: 'the target did not accept the credential that Steno has for it',
    hint: 'Check the credential of this target in steno.yaml; your token was accepted.',
  },
  'target-untrusted': {
    code: 'STENO-4010',
    sqlstate: '08001',
    message: 'the certificate of the target could not be verified',
    hint: 'Check tls.ca of this target in steno.yaml, and the name in its address.',
  },
  'target-lost': {
    code: 'STENO-4011',
    sqlstate: '08006',
    message: 'the connection to the target was lost',
    hint: 'Connect again; what the target did with the last command is not known.',
  },
  'target-misspoke': {
    code: 'STENO-4012',
    sqlstate: '08P01',
    message: 'the target sent what the protocol does not allow',
    hint: 'Check that the address of this target is a Postgres server.',
  },
  'not-recorded': {
    code: 'STENO-4013',
    sqlstate: '58030',
    message: 'this was refused because it could not be recorded',
    hint: 'Nothing of it was sent to the target; the operator must look at the event log.',
  },
  'idle-limit': {
    code: 'STENO-4014',
    sqlstate: '57P05',
    message: 'the session was idle for too long',
    hint: 'Connect again; sessions.idleTimeout sets the time.',
  },
  'time-limit': {
    code: 'STENO-4015',
    sqlstate: '57P01',
    message: 'the session has lasted as long as it may',
    hint: 'Connect again; sessions.totalTimeout sets the time.',
  },
  'token-expired': {
    code: 'STENO-4016',
    sqlstate: '57P01',
    message: 'the token that opened this session has expired',
    hint: 'Connect again with a new token.',
  },
  terminated: {
    code: 'STENO-4017',
    sqlstate: '57P01',
    message: 'the session was terminated by an administrator',
    hint: 'Ask the operator; the reason is in the record.',
  },
  draining: {
    code: 'STENO-4018',
    sqlstate: '57P01',
    message: 'the gateway is shutting down',
    hint: 'Connect again in a moment.',
  },
  'too-many-prepared': {
    code: 'STENO-4019',
    sqlstate: '53400',
    message: 'the session has as many prepared statements as it may',
    hint: 'Close statements that are not used any more; limits.preparedStatements sets the number.',
  },
  'too-many-pipelined': {
    code: 'STENO-4020',
    sqlstate: '53400',
    message: 'too many commands wait for their response',
    hint: 'Read responses before sending more; limits.pipelinedCommands sets the number.',
  },
  'token-refused': {
    code: 'STENO-4021',
    sqlstate: '28P01',
    message: 'the token was refused',
    hint: 'Get a new token from its issuer.',
  },
  denied: {
    code: 'STENO-4022',
    sqlstate: '42501',
    message: 'the command was denied by a policy',
    hint: 'Ask the owner of the target; the record names the rule.',
  },
  'approval-refused': {
    code: 'STENO-4030',
    sqlstate: '42501',
    message: 'the command was refused by an approver',
    hint: 'Ask whoever refused it; the command did not reach the target.',
  },
  'approval-expired': {
    code: 'STENO-4031',
    sqlstate: '42501',
    message: 'the approval expired: not enough people answered in time',
    hint: 'Run the command again when somebody can look at it; it did not reach the target.',
  },
  'approval-withdrawn': {
    code: 'STENO-4032',
    sqlstate: '57014',
    message: 'the approval was withdrawn: the command was canceled while it waited',
    hint: 'The command did not reach the target.',
  },
  'approval-unavailable': {
    code: 'STENO-4033',
    sqlstate: '58030',
    message: 'nobody could be asked to approve the command',
    hint: 'The operator must look at the event log; the command did not reach the target.',
  },
  'too-many-waiting': {
    code: 'STENO-4050',
    sqlstate: '53400',
    message: 'as many commands of this identity wait for approvals as may',
    hint: 'Wait until some are answered; limits.waitingPerIdentity sets the number.',
  },
  'too-long-to-mask': {
    code: 'STENO-4034',
    sqlstate: '54000',
    message: 'a row is too long to be masked',
    hint: 'Ask for fewer bytes of it; limits.maskedMessage sets the longest.',
  },
  'too-many-rows': {
    code: 'STENO-4042',
    sqlstate: '54000',
    message: 'a policy does not allow so many rows',
    hint: 'Ask for fewer rows, by LIMIT or a condition; those before this error are all you get.',
  },
  'session-denied': {
    code: 'STENO-4029',
    sqlstate: '42501',
    message: 'a policy does not allow this session',
    hint: 'Ask the owner of the target; the detail names the rule.',
  },
  'identity-revoked': {
    code: 'STENO-4035',
    sqlstate: '28000',
    message: 'the identity was revoked',
    hint: 'Ask whoever runs Steno; the record says who revoked it and why.',
  },
  'identity-suspended': {
    code: 'STENO-4036',
    sqlstate: '28000',
    message: 'the identity is suspended',
    hint: 'Ask whoever runs Steno; the record says who suspended it and why.',
  },
  'identity-expired': {
    code: 'STENO-4037',
    sqlstate: '28000',
    message: 'the identity was declared for a time that is over',
    hint: 'Ask its owner to have it declared anew, with another expiry.',
  },
  'identity-not-registered': {
    code: 'STENO-4038',
    sqlstate: '28000',
    message: 'the identity is not registered here',
    hint: 'Have it declared and approved: `steno identity declare`, `steno identity approve`.',
  },
  'token-spent': {
    code: 'STENO-4062',
    sqlstate: '28000',
    message: 'the token has opened a session already',
    hint: 'Get a new token for each session: those of its issuer are good for one.',
  },
  'token-not-claimed': {
    code: 'STENO-4063',
    sqlstate: '58030',
    message: 'it cannot be recorded now that the token is used',
    hint: 'Try again with a new token; the operator must look at the event log.',
  },
  'certificate-refused': {
    code: 'STENO-4067',
    sqlstate: '28000',
    message: 'the certificate of the client is not accepted',
    hint: 'Show another, or none (sslcertmode=disable) and a token; the detail says what is wrong.',
  },
  'certificate-revoked': {
    code: 'STENO-4080',
    sqlstate: '28000',
    message: 'the certificate of the client was revoked',
    hint: 'Ask its authority for a new one; the list of revoked certificates names it.',
  },
  'key-revoked': {
    code: 'STENO-4066',
    sqlstate: '28000',
    message: 'the key was revoked',
    hint: 'Ask its owner for a new one; the record says who revoked it and why.',
  },
  'credential-unavailable': {
    code: 'STENO-4023',
    sqlstate: '08004',
    message: 'the credential of the target cannot be read',
    hint: 'Ask the operator; your token was accepted, and the record says what is missing.',
  },
  'no-credential': {
    code: 'STENO-4040',
    sqlstate: '42501',
    message: 'the target has no credential for you',
    hint: 'Ask the owner of the target: none of your groups is named with it in steno.yaml.',
  },
  'credential-expired': {
    code: 'STENO-4041',
    sqlstate: '57P01',
    message: 'the credential of this session at the target has expired',
    hint: 'Connect again; the record says why it was not renewed.',
  },
  'target-declined': {
    code: 'STENO-4024',
    sqlstate: '08004',
    message: 'the target did not open a session',
    hint: 'The detail is what the target said; your token was accepted.',
  },
  'gateway-failed': {
    code: 'STENO-4025',
    sqlstate: 'XX000',
    message: 'the gateway failed',
    hint: 'Tell the operator; the log of the gateway says more.',
  },
  backlog: {
    code: 'STENO-4027',
    sqlstate: '53100',
    message: 'the gateway takes no new sessions: too much of the record waits to be shipped',
    hint: 'Try again later; the operator must look at Kafka. Sessions that run go on.',
  },
  'control-stale': {
    code: 'STENO-4028',
    sqlstate: '57P03',
    message: 'the gateway takes no new sessions: it has not heard of its control for too long',
    hint: 'Try again later; the operator must look at Kafka. Sessions that run go on.',
  },
  'proxy-header-refused': {
    code: 'STENO-4026',
    sqlstate: '08P01',
    message: 'the connection does not begin with a PROXY header of version 2',
    hint: 'Connect through the balancer, or see gateways.postgres.proxyProtocol of steno.yaml.',
  },
} as const satisfies Record<string, PostgresErrorEntry>;

interface PostgresErrorEntry {
  readonly code: `STENO-40${number}`;
  readonly sqlstate: string;
  readonly message: string;
  readonly hint: string;
}

export type PostgresErrorName = keyof typeof POSTGRES_ERRORS;
