import type { SealedCredentials } from '@steno/sessions';
import type { CertificateNames } from './authentication/client-certificate.js';

export type Durability = 'strict' | 'fast';

export type OutputCapture =
  | { readonly mode: 'all' }
  | { readonly mode: 'head'; readonly bytes: number }
  | { readonly mode: 'digest' };

/** Secrets that control holds, sealed. */
export type SealedBook = Pick<SealedCredentials, 'get'>;

/** As whom sessions are signed in to a target, and how the secret for it is come by. */
export interface Credential {
  /** Undefined: another one for each session. */
  readonly username: string | undefined;
  /** What is written down of where the secret is: env:NAME, file:PATH, vault:..., sealed:NAME. */
  readonly reference: string;
  /** For one session, as it is now; within seconds. Rejects with a message for the operator. */
  readonly lease: (sealed: SealedBook) => Promise<Lease>;
}

export interface GroupCredential {
  readonly group: string;
  readonly credential: Credential;
}

/** What one session is signed in by. */
export interface Lease {
  readonly username: string;
  /** Nobody keeps it once the target has let the session in. */
  readonly password: string;
  /** Where it is for this session alone; undefined: there is nothing to give back. */
  readonly hold: LeaseHold | undefined;
}

export interface LeaseHold {
  /** Resolves with why, once the credential is void although nobody has given it back. */
  readonly lost: Promise<string>;
  /** Gives it back, which makes it void; goes on by itself. */
  release(): void;
}

/** A system behind the gateway, as the configuration names it. */
export interface Target {
  readonly name: string;
  readonly protocol: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly environment: string;
  readonly owner: string;
  /** For whoever is in none of the groups below; undefined: they get no session. */
  readonly credential: Credential | undefined;
  /** The first whose group an identity is in is taken. */
  readonly groupCredentials: readonly GroupCredential[];
  readonly tls:
    | { readonly mode: 'disable' }
    | { readonly mode: 'verify-full'; readonly ca: string | undefined };
  readonly durability: Durability;
  readonly capture: OutputCapture;
}

/** As whom an identity of these groups is signed in; undefined: it gets no session. */
export function credentialFor(target: Target, groups: readonly string[]): Credential | undefined {
  const { credential, groupCredentials } = target;
  return groupCredentials.find(({ group }) => groups.includes(group))?.credential ?? credential;
}

/** Every bound of the data path; the defaults stand with the configuration. */
export interface CaptureLimits {
  /** From accept to the end of authentication. */
  readonly authDeadlineMs: number;
  readonly preAuthPerSource: number;
  readonly sessions: number;
  readonly outputPerResponseBytes: number;
  readonly outputPerSessionBytes: number;
  readonly inputPerCommandBytes: number;
  /** A command up to this size is seen whole; a longer one streams through, its head recorded. */
  readonly commandBytes: number;
  /** What may hold masked values is seen whole up to this size; beyond it the session ends. */
  readonly maskedMessageBytes: number;
  /** The longest message at all. */
  readonly messageBytes: number;
  readonly preparedStatements: number;
  /** Commands that wait for their response on one session. */
  readonly pipelinedCommands: number;
  readonly connectTimeoutMs: number;
  /** Commands of one identity that wait for people at a time. */
  readonly waitingPerIdentity: number;
}

/** Why no new session is taken for now, where its record could not be relied on. */
export type Closed = 'backlog' | 'control-stale';

/** `required`: only who is approved gets a session; `observe`: whoever is not kept out. */
export type RegistrationMode = 'required' | 'observe';

export interface SessionRules {
  /** 0: no limit. */
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly endWithToken: boolean;
  /** How long running sessions may go on once the gateway is asked to stop. */
  readonly drainMs: number;
}

/** How the gateway shows who it is, and how clients may show who they are. */
export interface GatewayTls {
  /** As it is now; the same object as long as it has not changed. */
  readonly certificate: () => OwnCertificate;
  /** Undefined: certificates of clients are not asked for. */
  readonly clients?: ClientTrust;
}

/** In PEM, with what lies between it and its authority. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Whose certificates are believed, and how they name who shows them. */
export interface ClientTrust extends CertificateNames {
  /** As they are now; the same object as long as they have not changed. */
  readonly authorities: () => Authorities;
}

/** In PEM. */
export interface Authorities {
  readonly ca: string;
  /** Of each authority that is trusted; undefined: nothing is revoked. */
  readonly crl: string | undefined;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: GatewayTls | undefined;
  /** Tokens may travel in clear off loopback. */
  readonly insecure: boolean;
  /** Connections begin with a PROXY protocol v2 header, which says where the client is. */
  readonly proxyProtocol: boolean;
  /** Where other captures reach this one; undefined: where it listens, if that is loopback. */
  readonly peer: { readonly host: string; readonly port: number } | undefined;
}
