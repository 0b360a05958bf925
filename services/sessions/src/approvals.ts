import type { ApprovalAsk, ApprovalRequested, Envelope } from '@steno/proto';
import { subjectOf } from './users.js';

/** How an approval ended, or that it has not. */
export type ApprovalState =
  'waiting' | 'granted' | 'refused' | 'overridden' | 'expired' | 'withdrawn';

/** What one person said. */
export interface ApprovalAnswer {
  readonly said: 'granted' | 'refused' | 'overridden';
  readonly actor: string;
  /** What to call the actor. */
  readonly name: string;
  readonly groups: readonly string[];
  readonly reason: string;
  /** For how long the same command may be run again; 0: once only. */
  readonly windowSeconds: number;
  /** Of the link by which it was given, in hex; empty: by none. */
  readonly linkNonce: string;
  readonly occurredAt: bigint;
  /** Why it does not count; empty: it does. */
  readonly void: string;
}

/** An approval as the events of control tell it. */
export interface Approval {
  readonly request: ApprovalRequested;
  readonly requestedAt: bigint;
  readonly state: ApprovalState;
  readonly answers: readonly ApprovalAnswer[];
  /** When the state was reached; undefined while it waits. */
  readonly endedAt: bigint | undefined;
  /** Why it was withdrawn: canceled, client-left, session-ended; else empty. */
  readonly cause: string;
  /** Until when the same command may be run again; 0n: it may not. */
  readonly windowUntil: bigint;
}

/** Why an answer is void by whose link another one came. */
export const LINK_USED = 'its link was used already';

/** Approvals that have ended and are still told of. */
const ENDED_MAX = 10_000;
/** Answers that are kept of one; nobody needs so many. */
const ANSWERS_MAX = 100;
const NANOSECONDS = 1_000_000_000n;

/**
 * All approvals of an installation, folded from the control topic: the order of the log decides, so
 * that whoever folds it comes to the same. The first answer that ends an approval binds; later ones
 * are kept, and void.
 */
export class Approvals {
  private readonly byId = new Map<string, Approval>();
  /** Those that have ended, the oldest first. */
  private readonly ended: string[] = [];
  /** Of those that have not ended. */
  private readonly open = new Set<string>();
  /** By the digest of the command, those that let it be run again. */
  private readonly windows = new Map<string, Approval>();

  /** In the order in which they were asked for. */
  all(): Iterable<Approval> {
    return this.byId.values();
  }

  get(id: string): Approval | undefined {
    return this.byId.get(id);
  }

  /** Those that can still be answered at a time. */
  *waiting(atNs: bigint): Iterable<Approval> {
    for (const id of this.open) {
      const approval = this.byId.get(id);
      // Of one whose gateway is gone nobody says that it has expired.
      if (approval !== undefined && approval.request.expiresAt > atNs) yield approval;
    }
  }

  /** The approval that lets a command be run at a time without asking again. */
  windowFor(commandDigest: Uint8Array, atNs: bigint): Approval | undefined {
    const found = this.windows.get(hex(commandDigest));
    return found !== undefined && atNs < found.windowUntil ? found : undefined;
  }

  /** Folds an event of control; the approval that it is about, if it is about one that is known. */
  take(envelope: Envelope): Approval | undefined {
    const { facts, occurredAt } = envelope;
    if (facts.case === 'approvalRequested') return this.requested(facts.value, occurredAt);
    const said = answerIn(facts);
    if (said !== undefined) return this.answered(said.id, { ...said.answer, occurredAt });
    if (facts.case === 'approvalExpired') {
      return this.over(facts.value.approvalId, { state: 'expired', occurredAt, cause: '' });
    }
    if (facts.case === 'approvalWithdrawn') {
      const { approvalId, cause } = facts.value;
      return this.over(approvalId, { state: 'withdrawn', occurredAt, cause });
    }
    return undefined;
  }

  private requested(request: ApprovalRequested, requestedAt: bigint): Approval | undefined {
    if (this.byId.has(request.approvalId)) return undefined;
    this.open.add(request.approvalId);
    return this.keep({
      request,
      requestedAt,
      state: 'waiting',
      answers: [],
      endedAt: undefined,
      cause: '',
      windowUntil: 0n,
    });
  }

  private answered(id: string, answer: Omit<ApprovalAnswer, 'void'>): Approval | undefined {
    const approval = this.byId.get(id);
    if (approval === undefined || approval.answers.length >= ANSWERS_MAX) return undefined;
    const why = whyVoid(approval, answer);
    const answers = [...approval.answers, { ...answer, void: why }];
    if (why !== '') return this.keep({ ...approval, answers });
    if (answer.said === 'granted' && !isMet(approval.request.asks, answers)) {
      return this.keep({ ...approval, answers });
    }
    const ended = { ...approval, answers, state: answer.said, endedAt: answer.occurredAt };
    const windowUntil = windowOf(ended);
    const approved = this.end({ ...ended, windowUntil });
    if (windowUntil > 0n) this.windows.set(hex(approval.request.commandDigest), approved);
    return approved;
  }

  private over(
    id: string,
    of: { state: 'expired' | 'withdrawn'; occurredAt: bigint; cause: string },
  ): Approval | undefined {
    const approval = this.byId.get(id);
    if (approval?.state !== 'waiting') return undefined;
    return this.end({ ...approval, state: of.state, endedAt: of.occurredAt, cause: of.cause });
  }

  private end(approval: Approval): Approval {
    this.open.delete(approval.request.approvalId);
    this.ended.push(approval.request.approvalId);
    if (this.ended.length > ENDED_MAX) this.forget(this.ended.shift() ?? '');
    return this.keep(approval);
  }

  private forget(id: string): void {
    const approval = this.byId.get(id);
    this.byId.delete(id);
    if (approval === undefined) return;
    const digest = hex(approval.request.commandDigest);
    if (this.windows.get(digest)?.request.approvalId === id) this.windows.delete(digest);
  }

  private keep(approval: Approval): Approval {
    this.byId.set(approval.request.approvalId, approval);
    return approval;
  }
}

/**
 * Why an answer does not count; empty where it does. Asked before an answer is recorded as well, so
 * that whoever gives it is told.
 */
export function whyVoid(
  { request, state, answers }: Approval,
  answer: Omit<ApprovalAnswer, 'reason' | 'windowSeconds' | 'void'>,
): string {
  const { said, actor, name, groups, occurredAt, linkNonce } = answer;
  if (state !== 'waiting') return `it was ${state} already`;
  if (occurredAt > request.expiresAt) return 'its time is over';
  if (linkNonce !== '' && counted(answers).some((each) => each.linkNonce === linkNonce)) {
    return LINK_USED;
  }
  if (said === 'overridden') return '';
  if (!request.asks.some(({ group }) => groups.includes(group))) {
    return `${name} is in no group that is asked`;
  }
  if (said === 'refused') return '';
  const names = namesOf(answer);
  const isAny = (other: string) => names.some((each) => isSame(each, other));
  const { identity, subject, actors, owner, ownerExcluded } = request;
  if ([identity, subject, ...actors].some(isAny)) return `${name} is the one who asks`;
  if (ownerExcluded && isAny(owner)) return `${name} is the owner`;
  const isRepeated = counted(answers).some((each) => isSame(each.actor, actor));
  return isRepeated ? `${name} has answered already` : '';
}

/** Those of the answers that are not void. */
export function counted(answers: readonly ApprovalAnswer[]): readonly ApprovalAnswer[] {
  return answers.filter((answer) => answer.void === '');
}

/** By whatever name somebody may stand among those who ask: a name too many refuses. */
function namesOf({ actor, name }: Pick<ApprovalAnswer, 'actor' | 'name'>): readonly string[] {
  return [actor, name, subjectOf(actor)];
}

/** Whether different members of each group agree. */
function isMet(asks: readonly ApprovalAsk[], answers: readonly ApprovalAnswer[]): boolean {
  const granted = counted(answers).filter(({ said }) => said === 'granted');
  return asks.every(
    ({ group, count }) => granted.filter(({ groups }) => groups.includes(group)).length >= count,
  );
}

/** The shortest time that anybody allowed. */
function windowOf({ request, answers, endedAt = 0n }: Approval): bigint {
  const granted = counted(answers).filter(({ said }) => said === 'granted');
  const seconds = Math.min(
    request.windowSecondsMax,
    ...granted.map(({ windowSeconds }) => windowSeconds),
  );
  return granted.length > 0 && seconds > 0 ? endedAt + BigInt(seconds) * NANOSECONDS : 0n;
}

function answerIn(facts: Envelope['facts']) {
  switch (facts.case) {
    case 'approvalGranted': {
      const { approvalId: id, groups, reason, windowSeconds } = facts.value;
      const answer = { said: 'granted', groups, reason, windowSeconds } as const;
      return { id, answer: { ...answer, ...authorOf(facts.value) } };
    }
    case 'approvalRefused': {
      const { approvalId: id, groups, reason } = facts.value;
      const answer = { said: 'refused', groups, reason, windowSeconds: 0 } as const;
      return { id, answer: { ...answer, ...authorOf(facts.value) } };
    }
    case 'approvalOverridden': {
      const { approvalId: id, reason } = facts.value;
      const answer = { said: 'overridden', groups: [], reason, windowSeconds: 0 } as const;
      return { id, answer: { ...answer, ...authorOf(facts.value) } };
    }
    default:
      return undefined;
  }
}

function authorOf(of: {
  readonly actor: string;
  readonly actorName: string;
  readonly linkNonce: Uint8Array;
}) {
  const { actor, actorName } = of;
  return { actor, name: actorName === '' ? actor : actorName, linkNonce: hex(of.linkNonce) };
}

/** Names of people are the same whatever the case of their letters. */
function isSame(one: string, other: string): boolean {
  return one !== '' && one.toLowerCase() === other.toLowerCase();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
