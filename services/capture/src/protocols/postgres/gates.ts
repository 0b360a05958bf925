import { ruleOnSession, SessionRuler } from '@steno/policy';
import type { Asking, Opened } from '@steno/policy';
import { credentialFor } from '../../options.js';
import type { CaptureLimits, SealedBook, Target } from '../../options.js';
import type { ApprovalDesk } from '../../approvals/approval-desk.js';
import { SessionApprovals } from '../../approvals/session-approvals.js';
import { Maskings } from '../../masking/masking.js';
import type { Policies } from '../../policies.js';
import type { Registration } from '../../registration.js';
import { SessionGate } from '../../session/session-gate.js';
import { ruleText } from './denial.js';
import type { Visitor } from './lobby.js';
import type { Refusal } from './report.js';
import { RowEstimates } from './row-estimates.js';
import { TargetCatalogs } from './target-catalogs.js';
import { TextReading } from './text-reading.js';
import type { Upstream } from './upstream.js';

export interface GatesOptions {
  readonly policies: Policies;
  readonly approvals: ApprovalDesk;
  readonly registration: Registration;
  readonly limits: CaptureLimits;
  readonly sealed: SealedBook;
  /** From which the key of masking's tokens is made. */
  readonly installationKey: Buffer;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What rules on sessions and, for each that is opened, on its commands. */
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

  /** What a visitor's session is to be opened by; or why it may have none. */
  rule(visitor: Visitor, target: Target): Opened | Refusal {
    const excluded = this.options.registration.whyRefused(visitor.identity);
    if (excluded !== undefined) return { name: excluded };
    const decision = ruleOnSession(this.options.policies.rulebook, askingOf(visitor, target));
    const { effect, settings, mask } = decision;
    if (effect === 'allow') return { settings, mask };
    return { name: 'session-denied', detail: ruleText(decision) };
  }

  /** For a session that is opened; waits for a first catalog of the target, where one is needed. */
  async open(
    visitor: Visitor,
    target: Target,
    opened: {
      readonly sessionId: string;
      readonly upstream: Upstream;
      readonly ruled: Opened;
      /** At the target. */
      readonly username: string;
    },
  ): Promise<SessionGate> {
    const { sessionId, upstream, ruled, username } = opened;
    const sources = await this.catalogs.sourcesFor(target, visitor, username);
    const ruler = new SessionRuler(askingOf(visitor, target), sources, ruled);
    const { identity } = visitor;
    const approvals = new SessionApprovals(this.options.approvals, { sessionId, identity, target });
    const reading = new TextReading(upstream.parameters);
    const { maskings, estimates } = this;
    const credential = credentialFor(target, identity.groups);
    const estimate = estimates.at({ target, credential, sealed: this.options.sealed });
    return new SessionGate({ ruler, sources, reading, approvals, maskings, estimate });
  }
}

function askingOf({ identity, startup, address, tls }: Visitor, target: Target): Asking {
  return {
    identity: { ...identity, name: identity.identity },
    target,
    source: address,
    program: startup.parameters.get('application_name') ?? '',
    encrypted: tls !== '',
    openedAt: Date.now(),
  };
}
