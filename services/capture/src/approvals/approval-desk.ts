import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import type { BootStream } from '@steno/event-log';
import type { Decision, Hold } from '@steno/policy';
import {
  ApprovalExpiredSchema,
  ApprovalRequestedSchema,
  ApprovalWithdrawnSchema,
} from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Approval, Approvals, Clock } from '@steno/sessions';
import type { VerifiedIdentity } from '../authentication/token-verifier.js';
import type { CaptureLimits, Target } from '../options.js';
import { Waiting } from './waiting.js';
import type { WithdrawalCause } from './waiting.js';
import { ESTIMATE_MS } from './estimate.js';
import type { Estimate } from './estimate.js';

/** An expiry that the log does not show after so long is not waited for: the command is refused. */
const GRACE_MS = 30_000;
const KEY_BYTES = 32;
const PURPOSE = 'steno/v1/approval';
const NANOSECONDS_PER_MS = 1_000_000n;
/** What is told of a command in an envelope, at most. */
const NAMES_MAX = 64;
const NAME_CHARACTERS = 128;
const TEXT_CHARACTERS = 1024;

/** Whose commands they are. */
export interface Asker {
  readonly sessionId: string;
  readonly identity: VerifiedIdentity;
  readonly target: Target;
}

/** A command as it is told apart from others. */
export interface HeldContent {
  readonly kind: string;
  readonly texts: readonly (Buffer | undefined)[];
  readonly values: Buffer | undefined;
  /** Of its parameters; undefined: not known, or it has none. */
  readonly types: readonly number[] | undefined;
}

/** A held command that was written down. */
export interface HeldCommand {
  readonly approvalId: string;
  /** Of command.submitted. */
  readonly position: number;
  readonly kind: string;
  readonly decision: Decision;
  readonly hold: Hold;
  readonly digest: Buffer;
  readonly estimate: Promise<Estimate>;
}

interface DeskOptions {
  readonly control: BootStream;
  /** As the log tells them. */
  readonly approvals: Approvals;
  readonly installationKey: Buffer;
  readonly limits: Pick<CaptureLimits, 'waitingPerIdentity'>;
  readonly clock: Clock;
  readonly consoleUrl?: string | undefined;
}

/** Asks people about held commands of this capture, by way of the log, and hears what they said. */
export class ApprovalDesk {
  private readonly key: Buffer;
  private readonly waiting = new Map<string, Waiting>();
  /** Requests that are not written down yet. */
  private readonly asking = new Set<Promise<void>>();
  /** Who asked for those that wait here, which the log may not show yet. */
  private readonly askers = new Map<string, VerifiedIdentity>();

  constructor(private readonly options: DeskOptions) {
    const { installationKey } = options;
    const key = hkdfSync('sha256', installationKey, Buffer.alloc(0), PURPOSE, KEY_BYTES);
    this.key = Buffer.from(key);
  }

  /** Tells a command of an identity on a target apart from all others; says nothing of its text. */
  digest(asker: Asker, { policyVersion, hold }: Decision, content: HeldContent): Buffer {
    const { identity, target, sessionId } = asker;
    const { issuer, subject, identity: name } = identity;
    const { kind, texts, values, types } = content;
    const hmac = createHmac('sha256', this.key);
    const who = [issuer, subject, name, target.name, policyVersion, kind];
    // Names of its own: what is let go there is let go nowhere else.
    const own = hold?.hasOwnMeaning === true ? Buffer.from(sessionId) : undefined;
    // A call of a function has no text: its values name it.
    const isKnown = (text: Buffer | undefined) => text !== undefined || kind === 'function-call';
    const asked = texts.map((text) => (isKnown(text) ? text : unlikeAny()));
    const typed = types && Buffer.from(types.join());
    const parts = [...who.map((text) => Buffer.from(text)), own, typed, ...asked, values];
    parts.push(...executedParts(hold?.executes ?? []));
    for (const part of parts) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(part?.length ?? -1);
      hmac.update(length).update(part ?? '');
    }
    return hmac.digest();
  }

  /** The approval that lets a command be run again without asking; undefined: none does. */
  windowFor(digest: Buffer): Approval | undefined {
    return this.options.approvals.windowFor(digest, this.options.clock());
  }

  /** How many commands an identity may have waiting, where it has as many; else undefined. */
  fullFor({ identity }: Asker): number | undefined {
    const { approvals, clock, limits } = this.options;
    const ids = new Set<string>();
    for (const { request } of approvals.waiting(clock())) {
      if (isSameIdentity(request, identity)) ids.add(request.approvalId);
    }
    for (const [id, other] of this.askers) if (isSameIdentity(other, identity)) ids.add(id);
    return ids.size >= limits.waitingPerIdentity ? limits.waitingPerIdentity : undefined;
  }

  /** Asks; who waits is told what became of it. */
  ask(asker: Asker, command: HeldCommand): Waiting {
    const { approvalId, hold } = command;
    const { clock, control } = this.options;
    const ttlMs = hold.terms.ttlSeconds * 1000;
    const expiresAt = clock() + BigInt(ttlMs) * NANOSECONDS_PER_MS;
    const timer = setTimeout(() => {
      void told.then(() => {
        this.expire(waiting);
      });
    }, ttlMs);
    const waiting = new Waiting(approvalId, expiresAt, this.urlOf(approvalId), {
      ended: () => {
        clearTimeout(timer);
        this.waiting.delete(approvalId);
        this.askers.delete(approvalId);
      },
      withdrawn: (cause) => {
        void told.then(() => {
          this.withdraw(approvalId, cause);
        });
      },
    });
    this.waiting.set(approvalId, waiting);
    this.askers.set(approvalId, asker.identity);
    // Whatever becomes of it, people are asked first.
    const told = estimated(command.estimate, waiting, ttlMs).then((estimate) => {
      control.record(requested(asker, command, expiresAt, estimate)).catch((error: unknown) => {
        waiting.end({ word: 'unavailable', actor: '', reason: String(error) });
      });
    });
    this.asking.add(told);
    void told.finally(() => this.asking.delete(told));
    return waiting;
  }

  private urlOf(approvalId: string): string | undefined {
    const { consoleUrl } = this.options;
    return consoleUrl === undefined ? undefined : `${consoleUrl}/approvals/${approvalId}`;
  }

  /** Resolves when all who were asked for are written down. */
  async settled(): Promise<void> {
    await Promise.all(this.asking);
  }

  /** An approval as control tells it now. */
  heard({ request, state, answers, cause }: Approval): void {
    if (state === 'waiting') return;
    const last = answers.findLast((answer) => answer.void === '');
    const { actor, name, reason } =
      state === 'expired' || state === 'withdrawn' || last === undefined
        ? { actor: '', name: '', reason: cause }
        : last;
    this.waiting.get(request.approvalId)?.end({ word: state, actor, name, reason });
  }

  /** Acts on it only once the log shows that nobody was quicker. */
  private expire(waiting: Waiting): void {
    const { approvalId } = waiting;
    const message = create(ApprovalExpiredSchema, { approvalId });
    const facts = generatedFacts('approvalExpired', ApprovalExpiredSchema, message);
    this.options.control.write(facts);
    const grace = setTimeout(() => {
      const reason = 'what became of the approval cannot be known';
      waiting.end({ word: 'unavailable', actor: '', reason });
    }, GRACE_MS);
    grace.unref();
  }

  private withdraw(approvalId: string, cause: WithdrawalCause): void {
    const message = create(ApprovalWithdrawnSchema, { approvalId, cause });
    const facts = generatedFacts('approvalWithdrawn', ApprovalWithdrawnSchema, message);
    this.options.control.write(facts);
  }
}

type Named = Pick<VerifiedIdentity, 'issuer' | 'identity'>;

function isSameIdentity(one: Named, other: Named): boolean {
  return one.issuer === other.issuer && one.identity === other.identity;
}

/** What is run by name is part of what is asked. */
function executedParts(executes: readonly (string | undefined)[]): readonly Buffer[] {
  return executes.map((text) => (text === undefined ? unlikeAny() : Buffer.from(text)));
}

/** What nobody knows is not approved by an approval of what nobody knew. */
function unlikeAny(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** Within the time that there is, and as long as somebody waits. */
async function estimated(
  estimate: Promise<Estimate>,
  waiting: Waiting,
  ttlMs: number,
): Promise<Estimate> {
  const over = new AbortController();
  const waitMs = Math.min(ESTIMATE_MS, ttlMs / 2);
  const late = delay(waitMs, LATE, { signal: over.signal }).catch(() => GONE);
  const gone = waiting.outcome.then(() => GONE);
  const found = await Promise.race([estimate, late, gone]);
  over.abort();
  return found;
}

const LATE: Estimate = { why: 'the target did not answer in time' };
const GONE: Estimate = { why: 'it did not wait for it' };

function requested(asker: Asker, command: HeldCommand, expiresAt: bigint, estimate: Estimate) {
  const { sessionId, identity, target } = asker;
  const { approvalId, position, kind, decision, hold, digest } = command;
  const { terms, summary } = hold;
  const message = create(ApprovalRequestedSchema, {
    approvalId,
    sessionId,
    command: BigInt(position),
    identity: identity.identity,
    issuer: identity.issuer,
    subject: identity.subject,
    target: target.name,
    environment: target.environment,
    owner: target.owner,
    kind,
    rule: decision.rule,
    reason: decision.reason.slice(0, TEXT_CHARACTERS),
    policyVersion: decision.policyVersion,
    asks: terms.asks.map(({ group, count }) => ({ group, count })),
    expiresAt,
    windowSecondsMax: terms.windowSeconds,
    ownerExcluded: terms.ownerExcluded,
    commandDigest: digest,
    kinds: first(summary.kinds),
    reads: first(summary.reads),
    writes: first(summary.writes),
    calls: first(summary.calls),
    opaqueParts: first(summary.opaqueParts),
    whereMissing: summary.whereMissing,
    actors: first(identity.actors),
    ...('rows' in estimate ? { estimatedRows: estimate.rows } : { notEstimated: estimate.why }),
  });
  return generatedFacts('approvalRequested', ApprovalRequestedSchema, message);
}

function first(names: readonly string[]): string[] {
  return names.slice(0, NAMES_MAX).map((name) => name.slice(0, NAME_CHARACTERS));
}
