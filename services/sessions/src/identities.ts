import type { Envelope, IdentityDeclared } from '@steno/proto';
import { fitsPattern } from './subject-pattern.js';

export const IDENTITY_STATES = [
  'observed',
  'declared',
  'approved',
  'suspended',
  'revoked',
  'expired',
] as const;
export type IdentityState = (typeof IDENTITY_STATES)[number];

export type IdentityStep =
  'declared' | 'approved' | 'owner-changed' | 'suspended' | 'resumed' | 'revoked';

/** What one person said of an identity. */
export interface LifecycleEntry {
  readonly said: IdentityStep;
  readonly actor: string;
  readonly reason: string;
  /** Who answers for it from then on; empty where that was not said. */
  readonly owner: string;
  readonly occurredAt: bigint;
  /** Why it does not count; empty: it does. */
  readonly void: string;
}

/** An identity, or all of a pattern, that people have said something of. */
export interface KnownIdentity {
  readonly name: string;
  /** Empty, as all that follows, where nobody has declared it. */
  readonly issuer: string;
  /** Empty: those of this name. */
  readonly subjectPattern: string;
  readonly owner: string;
  readonly team: string;
  readonly purpose: string;
  readonly environment: string;
  /** 0n: it does not expire. */
  readonly expiresAt: bigint;
  /** Not before the first declaration, and not from a revocation until the next. */
  readonly isDeclared: boolean;
  readonly isApproved: boolean;
  readonly block: 'suspended' | 'revoked' | undefined;
  /** The last of it, oldest first. */
  readonly lifecycle: readonly LifecycleEntry[];
}

/** Who asks for a session, as a token proved it. */
export interface NamedIdentity {
  readonly identity: string;
  readonly issuer: string;
  readonly subject: string;
}

/** How an identity stands at a time. */
export interface Standing {
  readonly state: IdentityState;
  /** What of the inventory says so; undefined: nothing knows it. */
  readonly by: KnownIdentity | undefined;
  /** When time alone may change that; undefined: never. */
  readonly until: bigint | undefined;
}

/** Entries of a lifecycle that are told of. */
const LIFECYCLE_MAX = 200;

const UNKNOWN: Omit<KnownIdentity, 'name'> = {
  issuer: '',
  subjectPattern: '',
  owner: '',
  team: '',
  purpose: '',
  environment: '',
  expiresAt: 0n,
  isDeclared: false,
  isApproved: false,
  block: undefined,
  lifecycle: [],
};

/** The stronger word first. */
const STRENGTH: readonly IdentityState[] = [
  'revoked',
  'suspended',
  'approved',
  'expired',
  'declared',
  'observed',
];

/**
 * The inventory of an installation, folded from the control topic: whoever folds it comes to the
 * same. What is expired follows from what was declared and the time.
 */
export class Identities {
  private readonly byName = new Map<string, KnownIdentity>();
  /** Those with a pattern, by issuer and name. */
  private readonly patterns = new Map<string, Map<string, KnownIdentity>>();

  all(): Iterable<KnownIdentity> {
    return this.byName.values();
  }

  get(name: string): KnownIdentity | undefined {
    return this.byName.get(name);
  }

  get size(): number {
    return this.byName.size;
  }

  /** Of all that concerns it the strongest word counts. */
  standing(named: NamedIdentity, atNs: bigint): Standing {
    let standing: Standing = { state: 'observed', by: undefined, until: undefined };
    let until: bigint | undefined;
    for (const known of this.concerning(named)) {
      const state = stateOf(known, atNs);
      const { expiresAt } = known;
      if (expiresAt > atNs && (until === undefined || expiresAt < until)) until = expiresAt;
      if (STRENGTH.indexOf(state) >= STRENGTH.indexOf(standing.state)) continue;
      standing = { state, by: known, until };
    }
    return { ...standing, until };
  }

  /** Folds an event of control; what it is about as it is by then, where it counts. */
  take({ facts, occurredAt }: Envelope): KnownIdentity | undefined {
    const step = stepIn(facts);
    if (step === undefined) return undefined;
    const { name, said, actor, reason, owner } = step;
    const known = this.byName.get(name);
    const why = whyVoidStep(known, said, occurredAt);
    const entry = { said, actor, reason, owner, occurredAt, void: why };
    const before = known ?? { name, ...UNKNOWN };
    const lifecycle = [...before.lifecycle, entry].slice(-LIFECYCLE_MAX);
    // What is said of a name that nobody knows, and does not count, is not kept.
    if (why !== '') {
      if (known !== undefined) this.keep({ ...known, lifecycle });
      return undefined;
    }
    const declared = facts.case === 'identityDeclared' ? declaration(facts.value) : {};
    return this.keep({ ...before, ...declared, ...changed(step), lifecycle });
  }

  private *concerning(named: NamedIdentity): Iterable<KnownIdentity> {
    const known = this.byName.get(named.identity);
    if (known !== undefined && concerns(known, named)) yield known;
    for (const other of this.patterns.get(named.issuer)?.values() ?? []) {
      if (other !== known && concerns(other, named)) yield other;
    }
  }

  private keep(known: KnownIdentity): KnownIdentity {
    const { name, issuer, subjectPattern } = known;
    const before = this.byName.get(name);
    if (before !== undefined) this.patterns.get(before.issuer)?.delete(name);
    this.byName.set(name, known);
    if (subjectPattern !== '') {
      const ofIssuer = this.patterns.get(issuer) ?? new Map<string, KnownIdentity>();
      this.patterns.set(issuer, ofIssuer.set(name, known));
    }
    return known;
  }
}

/**
 * Whether what is said of one identity is said of another. A declaration is for what its issuer
 * vouches for; a suspension and a revocation are for the name too, whoever gave it.
 */
export function concerns(known: KnownIdentity, named: NamedIdentity): boolean {
  const { name, issuer, subjectPattern, block } = known;
  if (block !== undefined && name === named.identity) return true;
  if (issuer !== named.issuer) return false;
  if (subjectPattern === '') return name === named.identity;
  return fitsPattern(subjectPattern, named.subject);
}

export function stateOf(known: KnownIdentity, atNs: bigint): IdentityState {
  const { block, isDeclared, isApproved } = known;
  if (block !== undefined) return block;
  if (!isDeclared) return 'observed';
  if (isExpired(known, atNs)) return 'expired';
  return isApproved ? 'approved' : 'declared';
}

/**
 * Why what somebody would say of an identity does not count; empty where it does. Asked before it
 * is recorded as well, so that whoever says it is told.
 */
export function whyVoidStep(
  known: KnownIdentity | undefined,
  said: IdentityStep,
  atNs: bigint,
): string {
  const { isDeclared, isApproved, block } = known ?? UNKNOWN;
  switch (said) {
    case 'declared':
      return '';
    case 'approved':
      if (!isDeclared || known === undefined) return notDeclared(block);
      if (isExpired(known, atNs)) return 'its time is over';
      if (block === 'suspended') return 'it is suspended';
      return isApproved ? 'it is approved already' : '';
    case 'owner-changed':
      return isDeclared ? '' : notDeclared(block);
    case 'suspended':
      return block === undefined ? '' : `it is ${block} already`;
    case 'resumed':
      return block === 'suspended' ? '' : 'it is not suspended';
    case 'revoked':
      return block === 'revoked' ? 'it is revoked already' : '';
  }
}

function notDeclared(block: KnownIdentity['block']): string {
  const since = block === 'revoked' ? ' since it was revoked' : '';
  return `nobody has declared it${since}`;
}

function isExpired({ expiresAt }: KnownIdentity, atNs: bigint): boolean {
  return expiresAt !== 0n && atNs >= expiresAt;
}

function declaration(facts: IdentityDeclared): Partial<KnownIdentity> {
  const { issuer, subjectPattern, owner, team, purpose, environment, expiresAt } = facts;
  return { issuer, subjectPattern, owner, team, purpose, environment, expiresAt };
}

function changed({ said, owner }: Step): Partial<KnownIdentity> {
  switch (said) {
    case 'declared':
      return { isDeclared: true, isApproved: false };
    case 'approved':
      return { isApproved: true, block: undefined };
    case 'owner-changed':
      return { owner };
    case 'suspended':
      return { block: 'suspended' };
    case 'resumed':
      return { block: undefined };
    case 'revoked':
      return { block: 'revoked', isDeclared: false, isApproved: false };
  }
}

type Step = Omit<LifecycleEntry, 'occurredAt' | 'void'> & { readonly name: string };

const SAID = {
  identityDeclared: 'declared',
  identityApproved: 'approved',
  identityOwnerChanged: 'owner-changed',
  identitySuspended: 'suspended',
  identityResumed: 'resumed',
  identityRevoked: 'revoked',
} as const satisfies Partial<Record<NonNullable<Envelope['facts']['case']>, IdentityStep>>;

function stepIn(facts: Envelope['facts']): Step | undefined {
  switch (facts.case) {
    case 'identityDeclared':
    case 'identityOwnerChanged': {
      const { name, actor, reason, owner } = facts.value;
      return { name, said: SAID[facts.case], actor, reason, owner };
    }
    case 'identityApproved':
    case 'identitySuspended':
    case 'identityResumed':
    case 'identityRevoked': {
      const { name, actor, reason } = facts.value;
      return { name, said: SAID[facts.case], actor, reason, owner: '' };
    }
    default:
      return undefined;
  }
}
