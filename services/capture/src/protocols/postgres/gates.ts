import { isAscii, isUtf8 } from 'node:buffer';
import { ruleOnSession, SessionRuler } from '@steno/policy';
import type { Asking } from '@steno/policy';
import type { CaptureLimits, Target } from '../../options.js';
import type { Policies } from '../../policies.js';
import { SessionGate } from '../../session/session-gate.js';
import { ruleText } from './denial.js';
import type { Visitor } from './lobby.js';
import type { Refusal } from './report.js';
import { TargetCatalogs } from './target-catalogs.js';
import type { Upstream } from './upstream.js';

export interface GatesOptions {
  readonly policies: Policies;
  readonly limits: CaptureLimits;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What rules on sessions and, for each that is opened, on its commands. */
export class Gates {
  private readonly catalogs: TargetCatalogs;

  constructor(private readonly options: GatesOptions) {
    const { policies, limits, warn } = options;
    this.catalogs = new TargetCatalogs(policies, limits.connectTimeoutMs, warn);
  }

  /** Why the policies do not let a visitor have a session; undefined: they do. */
  refusal(visitor: Visitor, target: Target): Refusal | undefined {
    const decision = ruleOnSession(this.options.policies.rulebook, askingOf(visitor, target));
    if (decision.effect === 'allow') return undefined;
    return { name: 'session-denied', detail: ruleText(decision) };
  }

  /** For a session that is opened; waits for a first catalog of the target, where one is needed. */
  async open(visitor: Visitor, target: Target, upstream: Upstream): Promise<SessionGate> {
    const sources = await this.catalogs.sourcesFor(target, visitor.startup);
    const ruler = new SessionRuler(askingOf(visitor, target), sources);
    return new SessionGate(ruler, sources, readableBy(upstream.parameters));
  }
}

const NOT_READABLE = () => false;
/**
 * Texts that mean here what they mean to the target, by their encoding: each has ASCII wherever its
 * bytes are. In LATIN1 other bytes are other characters, so names would lead elsewhere.
 */
const READABLE: Readonly<Record<string, (text: Buffer) => boolean>> = {
  UTF8: isUtf8,
  SQL_ASCII: isUtf8,
  LATIN1: isAscii,
};

/** Which texts the target reads as they are read here, whoever set it so. */
function readableBy(parameters: ReadonlyMap<string, string>): (text: Buffer) => boolean {
  if (parameters.get('standard_conforming_strings') !== 'on') return NOT_READABLE;
  return READABLE[parameters.get('client_encoding') ?? ''] ?? NOT_READABLE;
}

function askingOf({ identity, startup, address }: Visitor, target: Target): Asking {
  return {
    identity: { ...identity, name: identity.identity },
    target,
    source: address,
    program: startup.parameters.get('application_name') ?? '',
  };
}
