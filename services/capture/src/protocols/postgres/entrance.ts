import type { Opened } from '@steno/policy';
import type { StartupParameters } from '@steno/wire-postgres';
import type { OneTimeTokens } from '../../authentication/one-time-tokens.js';
import type {
  CaptureLimits,
  Credential,
  Lease,
  LeaseHold,
  SealedBook,
  Target,
} from '../../options.js';
import type { OpenedSession, SessionOpener } from '../../session/opener.js';
import type { Gates } from './gates.js';
import { NEWEST_MINOR } from './handshake.js';
import type { Visitor } from './lobby.js';
import type { RelayOptions } from './relay.js';
import type { Refusal } from './report.js';
import { connectUpstream, withSettings } from './upstream.js';
import type { Upstream } from './upstream.js';

export interface EntranceOptions {
  readonly opener: SessionOpener;
  readonly oneTimeTokens: Pick<OneTimeTokens, 'claim'>;
  readonly limits: CaptureLimits;
  readonly sealed: SealedBook;
}

/** A session that is recorded as open and signed in to its target. */
export interface Entered extends Pick<RelayOptions, 'gate'> {
  readonly session: OpenedSession;
  readonly upstream: Upstream;
  /** What is to be given back at its end. */
  readonly hold: LeaseHold | undefined;
}

/** What a visitor may enter a target with. */
export interface Permit extends Opened {
  readonly credential: Credential;
}

/** Leads those who may have a session to their target. */
export class Entrance {
  constructor(
    private readonly options: EntranceOptions,
    private readonly gates: Gates,
  ) {}

  /** Sees to it that a token that is good once is this session's; undefined: it is. */
  async claimToken({ name }: Target, { identity }: Visitor): Promise<Refusal | undefined> {
    const notClaimed = await this.options.oneTimeTokens.claim(identity, name);
    return notClaimed === undefined ? undefined : { name: notClaimed };
  }

  /** The credential is had first, so that the first event can say whose it is. */
  async enter(target: Target, visitor: Visitor, permit: Permit): Promise<Entered | Refusal> {
    const lease = await this.lease(permit.credential);
    const hold = 'name' in lease ? undefined : lease.hold;
    try {
      const entered = await this.enterBy(lease, target, visitor, permit);
      if (!('name' in entered)) return { ...entered, hold };
      hold?.release();
      return entered;
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

  private async enterBy(
    lease: Lease | Refusal,
    target: Target,
    visitor: Visitor,
    { credential, ...ruled }: Permit,
  ): Promise<Omit<Entered, 'hold'> | Refusal> {
    const { startup, identity, tls } = visitor;
    const username = 'name' in lease ? '' : lease.username;
    const session = await this.options.opener.open({
      identity,
      target,
      source: `${visitor.address}:${visitor.port}`,
      tls,
      requestedUser: startup.parameters.get('user') ?? '',
      clientProgram: startup.parameters.get('application_name') ?? '',
      targetUser: username,
      credentialReference: credential.reference,
    });
    if (session === undefined) return { name: 'not-recorded' };
    const parameters = withSettings(startup.parameters, ruled.settings);
    const upstream = await this.connect(lease, target, { ...startup, parameters });
    if ('name' in upstream) {
      const detail = upstream.cause ?? upstream.detail ?? '';
      session.recorder.closed({ reason: upstream.name, detail });
      return upstream;
    }
    const { sessionId } = session;
    const opened = { sessionId, upstream, ruled, username };
    return { session, upstream, gate: await this.gates.open(visitor, target, opened) };
  }

  private connect(
    lease: Lease | Refusal,
    target: Target,
    startup: StartupParameters,
  ): Promise<Upstream | Refusal> {
    if ('name' in lease) return Promise.resolve(lease);
    const minor = Math.min(startup.minor, NEWEST_MINOR);
    const { connectTimeoutMs } = this.options.limits;
    return connectUpstream({ target, lease }, { ...startup, minor }, connectTimeoutMs);
  }
}
