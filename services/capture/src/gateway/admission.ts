import { ruleOnSession } from '@steno/policy';
import type { Asking, Opened } from '@steno/policy';
import type { OneTimeTokens } from '../authentication/one-time-tokens.js';
import type { VerifiedIdentity } from '../authentication/token-verifier.js';
import { credentialFor } from '../options.js';
import type {
  CaptureLimits,
  Closed,
  Credential,
  Lease,
  LeaseHold,
  SealedBook,
  Target,
} from '../options.js';
import type { Policies } from '../policies.js';
import type { Registration } from '../registration.js';
import type { OpenedSession, SessionOpener } from '../session/opener.js';
import type { GatewayErrorName } from './errors.js';
import { ruleText } from './refusal.js';
import type { Refusal } from './refusal.js';

/** A client that has shown who it is, and the session that it asks for. */
export interface Guest {
  readonly identity: VerifiedIdentity;
  readonly address: string;
  readonly port: number;
  /** Of TLS; empty: the connection is without. */
  readonly tls: string;
  /** Of the target. */
  readonly wanted: string;
  /** The user name that it gave, and what it calls itself. */
  readonly requestedUser: string;
  readonly program: string;
}

/** A session that is on record as open; its target is to be reached yet. */
export interface Opening {
  readonly target: Target;
  readonly session: OpenedSession;
  readonly asking: Asking;
  readonly ruled: Opened;
  readonly lease: Lease;
}

/** `way`: what the session runs over. */
export type Admitted<Way, Reason extends string> =
  | {
      readonly kind: 'admitted';
      readonly target: Target;
      readonly session: OpenedSession;
      readonly way: Way;
      /** What is to be given back at its end. */
      readonly hold: LeaseHold | undefined;
    }
  /** There is no session. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** There was one, whose record says why it is over. */
  | { readonly kind: 'over'; readonly refusal: Refusal<GatewayErrorName | Reason> };

/** What came of reaching a target. */
export type Reached<Way, Reason extends string> =
  { readonly way: Way } | { readonly refusal: Refusal<GatewayErrorName | Reason> };

export interface AdmissionOptions {
  readonly targets: { get(name: string): Target | undefined };
  readonly policies: Policies;
  readonly registration: Registration;
  readonly opener: SessionOpener;
  readonly oneTimeTokens: Pick<OneTimeTokens, 'claim'>;
  readonly limits: CaptureLimits;
  readonly sealed: SealedBook;
  readonly running: { readonly size: number };
  /** Why no new session is taken for now; undefined: they are. */
  readonly closed: () => Closed | undefined;
}

interface Permit {
  readonly target: Target;
  readonly asking: Asking;
  readonly ruled: Opened;
  readonly credential: Credential;
}

/** Says who gets a session, and opens it. The same for all protocols. */
export class Admission {
  private opening = 0;
  private draining = false;

  constructor(private readonly options: AdmissionOptions) {}

  /** Sessions that are being opened. */
  get pending(): number {
    return this.opening;
  }

  /** From now on nobody gets one. */
  drain(): void {
    this.draining = true;
  }

  /** `connect` reaches the target; where that is refused the session is over. */
  async admit<Way, Reason extends string>(
    guest: Guest,
    protocol: Target['protocol'],
    connect: (opening: Opening) => Promise<Reached<Way, Reason>>,
  ): Promise<Admitted<Way, Reason>> {
    this.opening += 1;
    try {
      const permit = this.permit(guest, protocol);
      if ('name' in permit) return { kind: 'refused', refusal: permit };
      // Last, so that whoever may have no session keeps the token.
      const claimed = await this.options.oneTimeTokens.claim(guest.identity, permit.target.name);
      if (claimed !== undefined) return { kind: 'refused', refusal: { name: claimed } };
      return await this.enter(guest, permit, connect);
    } finally {
      this.opening -= 1;
    }
  }

  private permit(guest: Guest, protocol: Target['protocol']): Permit | Refusal {
    const target = this.options.targets.get(guest.wanted);
    if (target?.protocol !== protocol) {
      return { name: 'no-such-target', detail: `It asked for "${guest.wanted}".` };
    }
    if (this.draining) return { name: 'draining' };
    const closed = this.options.closed();
    if (closed !== undefined) return { name: closed };
    const { limits, running, registration, policies } = this.options;
    if (running.size + this.opening > limits.sessions) return { name: 'too-many-sessions' };
    const excluded = registration.whyRefused(guest.identity);
    if (excluded !== undefined) return { name: excluded };
    const asking = askingOf(guest, target);
    const decision = ruleOnSession(policies.rulebook, asking);
    if (decision.effect !== 'allow') return { name: 'session-denied', detail: ruleText(decision) };
    const credential = credentialFor(target, guest.identity.groups);
    if (credential === undefined) return { name: 'no-credential' };
    const { settings, mask } = decision;
    return { target, asking, ruled: { settings, mask }, credential };
  }

  /** The credential is had first, so that the first event can say whose it is. */
  private async enter<Way, Reason extends string>(
    guest: Guest,
    permit: Permit,
    connect: (opening: Opening) => Promise<Reached<Way, Reason>>,
  ): Promise<Admitted<Way, Reason>> {
    const { target, asking, ruled } = permit;
    const lease = await this.lease(permit.credential);
    const hold = 'name' in lease ? undefined : lease.hold;
    try {
      const session = await this.open(guest, permit, lease);
      if (session === undefined) return over({ name: 'not-recorded' }, hold);
      const opening = { target, session, asking, ruled };
      const reached = 'name' in lease ? { refusal: lease } : await connect({ ...opening, lease });
      if ('way' in reached) return { kind: 'admitted', target, session, way: reached.way, hold };
      const { refusal } = reached;
      const detail = refusal.cause ?? refusal.detail ?? '';
      session.recorder.closed({ reason: refusal.name, detail });
      return over(refusal, hold);
    } catch (error) {
      hold?.release();
      throw error;
    }
  }

  private async lease(credential: Credential): Promise<Lease | Refusal> {
    try {
      return await credential.lease(this.options.sealed);
    } catch (error) {
      // It may name files and servers of the operator: not for the client.
      const cause = error instanceof Error ? error.message : String(error);
      return { name: 'credential-unavailable', cause };
    }
  }

  private open(
    guest: Guest,
    { target, credential }: Permit,
    lease: Lease | Refusal,
  ): Promise<OpenedSession | undefined> {
    return this.options.opener.open({
      identity: guest.identity,
      target,
      source: `${guest.address}:${guest.port}`,
      tls: guest.tls,
      requestedUser: guest.requestedUser,
      clientProgram: guest.program,
      targetUser: 'name' in lease ? '' : lease.username,
      credentialReference: credential.reference,
    });
  }
}

function askingOf({ identity, program, address, tls }: Guest, target: Target): Asking {
  return {
    identity: { ...identity, name: identity.identity },
    target,
    source: address,
    program,
    encrypted: tls !== '',
    openedAt: Date.now(),
  };
}

function over<Reason extends string>(refusal: Refusal<Reason>, hold: LeaseHold | undefined) {
  hold?.release();
  return { kind: 'over', refusal } as const;
}
