import { LogUnavailable } from '@steno/event-log';
import type { Committer } from '@steno/event-log';
import { EventStream, SessionKey } from '@steno/sessions';
import type { Origin } from '@steno/sessions';
import type { VerifiedIdentity } from '../authentication/token-verifier.js';
import type { SessionRules, Target } from '../options.js';
import type { Tally } from '../tally.js';
import { SessionRecorder } from './recorder.js';
import { uuidv7 } from './uuidv7.js';

export interface OpenedSession {
  readonly sessionId: string;
  readonly identity: string;
  readonly recorder: SessionRecorder;
  readonly tokenExpiresAtMs: number;
}

export interface OpeningRequest {
  readonly identity: VerifiedIdentity;
  readonly target: Target;
  /** address:port */
  readonly source: string;
  readonly tls: string;
  readonly requestedUser: string;
  readonly clientProgram: string;
  /** As whom it is signed in there; empty: no credential could be had. */
  readonly targetUser: string;
  readonly credentialReference: string;
}

const TEXT_MAX = 256;

/** Opens sessions in the record: their first event is durable before anything reaches a target. */
export class SessionOpener {
  private readonly streams = new Map<string, EventStream>();

  constructor(
    private readonly of: {
      readonly origin: Origin;
      readonly installationKey: Buffer;
      readonly rules: SessionRules;
      readonly policies: { readonly digest: Uint8Array };
    },
    private readonly committer: Committer,
    private readonly tally: Tally,
  ) {}

  /** The sessions that are not closed, for the heartbeat. */
  get openStreams(): Iterable<EventStream> {
    return this.streams.values();
  }

  /** Undefined when the opening could not be made durable. */
  async open(request: OpeningRequest): Promise<OpenedSession | undefined> {
    const { identity, target } = request;
    const sessionId = uuidv7();
    const name = `session/${sessionId}`;
    const of = { identity: identity.identity, target: target.name };
    const stream = new EventStream(this.of.origin, name, of);
    const key = SessionKey.generate();
    this.streams.set(name, stream);
    const recorder = new SessionRecorder(stream, key, this.committer, {
      clock: this.of.origin.clock,
      tally: this.tally,
      onClosed: () => this.streams.delete(name),
    });
    recorder.opened(this.facts(sessionId, request), {
      wrappedKey: key.wrap(this.of.installationKey),
      personalClaims: personalClaims(identity),
    });
    try {
      await this.committer.strict(undefined);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      recorder.closed({ reason: 'log-failed', detail: error.message });
      return undefined;
    }
    const tokenExpiresAtMs = Number(identity.expiresAt / 1_000_000n);
    return { sessionId, identity: identity.identity, recorder, tokenExpiresAtMs };
  }

  private facts(sessionId: string, request: OpeningRequest) {
    const { identity, target } = request;
    return {
      issuer: identity.issuer,
      subject: identity.subject,
      claims: Object.entries(identity.claims).map(([name, value]) => ({ name, value })),
      tokenFingerprint: identity.fingerprint,
      tokenIssuedAt: identity.issuedAt,
      tokenExpiresAt: identity.expiresAt,
      endsWithToken: this.of.rules.endWithToken,
      source: request.source,
      protocol: target.protocol,
      address: `${target.host}:${target.port}`,
      database: target.database,
      environment: target.environment,
      requestedUser: request.requestedUser.slice(0, TEXT_MAX),
      clientProgram: request.clientProgram.slice(0, TEXT_MAX),
      policyDigest: this.of.policies.digest,
      durability: target.durability,
      origin: 'live',
      ...(identity.run === undefined ? {} : { run: identity.run }),
      actors: [...identity.actors],
      groups: [...identity.groups],
      tls: request.tls,
      capture: target.capture.mode,
      sessionId,
      targetUser: request.targetUser,
      credentialReference: request.credentialReference,
      provenBy: identity.provenBy,
    };
  }
}

function personalClaims(identity: VerifiedIdentity): string {
  const { personalClaims: claims } = identity;
  return Object.keys(claims).length === 0 ? '' : JSON.stringify(claims);
}
