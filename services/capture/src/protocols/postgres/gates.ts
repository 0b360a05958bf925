import { SessionRuler } from '@steno/policy';
import { credentialFor } from '../../options.js';
import type { CaptureLimits, SealedBook } from '../../options.js';
import type { ApprovalDesk } from '../../approvals/approval-desk.js';
import { SessionApprovals } from '../../approvals/session-approvals.js';
import type { Opening } from '../../gateway/admission.js';
import { Maskings } from '../../masking/masking.js';
import type { Policies } from '../../policies.js';
import type { VerifiedIdentity } from '../../authentication/token-verifier.js';
import { SessionGate } from '../../session/session-gate.js';
import type { StartupRequest } from './handshake.js';
import { RowEstimates } from './row-estimates.js';
import { TargetCatalogs } from './target-catalogs.js';
import { TextReading } from './text-reading.js';
import type { Upstream } from './upstream.js';

export interface GatesOptions {
  readonly policies: Policies;
  readonly approvals: ApprovalDesk;
  readonly limits: CaptureLimits;
  readonly sealed: SealedBook;
  /** From which the key of masking's tokens is made. */
  readonly installationKey: Buffer;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What rules on the commands of sessions. */
export class Gates {
  private readonly catalogs: TargetCatalogs;
  private readonly maskings: Maskings;
  private readonly estimates = new RowEstimates();

  constructor(private readonly options: GatesOptions) {
    this.maskings = new Maskings(options.installationKey);
    this.catalogs = new TargetCatalogs({
      ...options,
      timeoutMs: options.limits.connectTimeoutMs,
    });
  }

  /** For a session that is opened; waits for a first catalog of the target, where one is needed. */
  async open(
    { target, session, asking, ruled, lease }: Opening,
    identity: VerifiedIdentity,
    { startup, upstream }: { readonly startup: StartupRequest; readonly upstream: Upstream },
  ): Promise<SessionGate> {
    const { sessionId } = session;
    const sources = await this.catalogs.sourcesFor(target, { identity, startup }, lease.username);
    const ruler = new SessionRuler(asking, sources, ruled);
    const approvals = new SessionApprovals(this.options.approvals, { sessionId, identity, target });
    const reading = new TextReading(upstream.parameters);
    const { maskings, estimates } = this;
    const credential = credentialFor(target, identity.groups);
    const estimate = estimates.at({ target, credential, sealed: this.options.sealed });
    return new SessionGate({ ruler, sources, reading, approvals, maskings, estimate });
  }
}
