import { GATEWAY_ERRORS } from '../../gateway/errors.js';
import type { GatewayErrorEntry, GatewayErrorName } from '../../gateway/errors.js';

/** What only the Postgres gateway says; docs/errors.md has an entry for each. */
const OWN_ERRORS = {
  'tls-required': {
    code: 'STENO-4004',
    sqlstate: '28000',
    message: 'a token is not taken over a connection without TLS',
    hint: 'Connect with sslmode=require or stricter.',
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
  'target-untrusted': {
    code: 'STENO-4010',
    sqlstate: '08001',
    message: 'the certificate of the target could not be verified',
    hint: 'Check tls.ca of this target in steno.yaml, and the name in its address.',
  },
  'target-misspoke': {
    code: 'STENO-4012',
    sqlstate: '08P01',
    message: 'the target sent what the protocol does not allow',
    hint: 'Check that the address of this target is a Postgres server.',
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
  'certificate-refused': {
    code: 'STENO-4067',
    sqlstate: '28000',
    message: 'the certificate of the client is not accepted',
    hint: 'Show another, or none (sslcertmode=disable) and a token; the detail says what is wrong.',
  },
  'proxy-header-refused': {
    code: 'STENO-4026',
    sqlstate: '08P01',
    message: 'the connection does not begin with a PROXY header of version 2',
    hint: 'Connect through the balancer, or see gateways.postgres.proxyProtocol of steno.yaml.',
  },
} as const satisfies Record<string, PostgresErrorEntry>;

/** From Postgres' own list (manual, appendix A). */
const SQLSTATES: Readonly<Record<GatewayErrorName, string>> = {
  'authentication-timeout': '08006',
  'too-many-unauthenticated': '53300',
  'too-many-sessions': '53300',
  'no-such-target': '3D000',
  'target-unreachable': '08001',
  'target-refused': '08004',
  'target-lost': '08006',
  'not-recorded': '58030',
  'idle-limit': '57P05',
  'time-limit': '57P01',
  'token-expired': '57P01',
  terminated: '57P01',
  draining: '57P01',
  'token-refused': '28P01',
  denied: '42501',
  'approval-refused': '42501',
  'approval-expired': '42501',
  'approval-withdrawn': '57014',
  'approval-unavailable': '58030',
  'too-many-waiting': '53400',
  'session-denied': '42501',
  'identity-revoked': '28000',
  'identity-suspended': '28000',
  'identity-expired': '28000',
  'identity-not-registered': '28000',
  'token-spent': '28000',
  'token-not-claimed': '58030',
  'certificate-revoked': '28000',
  'key-revoked': '28000',
  'credential-unavailable': '08004',
  'no-credential': '42501',
  'credential-expired': '57P01',
  'target-declined': '08004',
  'gateway-failed': 'XX000',
  backlog: '53100',
  'control-stale': '57P03',
};

/** Where this protocol has a word of its own. */
const HINTS: Readonly<Partial<Record<GatewayErrorName, string>>> = {
  'no-such-target': 'Give the name of a target of steno.yaml as the database.',
};

export interface PostgresErrorEntry extends GatewayErrorEntry {
  readonly sqlstate: string;
}

export type PostgresErrorName = GatewayErrorName | keyof typeof OWN_ERRORS;

/** The entry of what the Postgres gateway says to a client. */
export function postgresError(name: PostgresErrorName): PostgresErrorEntry {
  if (name in OWN_ERRORS) return OWN_ERRORS[name as keyof typeof OWN_ERRORS];
  const shared = name as GatewayErrorName;
  const { hint, ...entry } = GATEWAY_ERRORS[shared];
  return { ...entry, hint: HINTS[shared] ?? hint, sqlstate: SQLSTATES[shared] };
}
