import { toRfc3339 } from '@steno/sessions';
import type { ApiKeys, Clock, Ending, Identities, NamedIdentity, Standing } from '@steno/sessions';
import type { RegistrationMode } from './options.js';

/** Why a session must end. */
export interface Exclusion {
  readonly name: 'identity-revoked' | 'identity-suspended' | 'identity-expired' | 'key-revoked';
  /** What the record says of it. */
  readonly ending: Ending;
}

/** Who asks for a session, and the key that proves it where one does. */
export interface Proven extends NamedIdentity {
  readonly keyId?: string;
  /** That were shown, that of the identity and those between it and its authority. */
  readonly certificates?: readonly string[];
}

/** Whom the inventory lets in, by what control says now. */
export class Registration {
  constructor(
    private readonly said: { readonly identities: Identities; readonly apiKeys: ApiKeys },
    private readonly mode: RegistrationMode,
    private readonly clock: Clock,
  ) {}

  /** Why it gets no session; undefined: it may have one. */
  whyRefused(named: Proven): Exclusion['name'] | 'identity-not-registered' | undefined {
    const { exclusion, state } = this.check(named);
    if (exclusion !== undefined) return exclusion.name;
    return this.mode === 'observe' || state === 'approved' ? undefined : 'identity-not-registered';
  }

  /** Why a session of it must end; and when time alone may change that. */
  check(named: Proven): Pick<Standing, 'state' | 'until'> & {
    readonly exclusion: Exclusion | undefined;
  } {
    const standing = this.said.identities.standing(named, this.clock());
    const { state, until } = standing;
    return { state, until, exclusion: this.revocation(named) ?? exclusionOf(standing) };
  }

  private revocation({ keyId = '' }: Proven): Exclusion | undefined {
    const { revoked } = this.said.apiKeys.get(keyId) ?? {};
    if (revoked === undefined) return undefined;
    const { actor, reason: detail } = revoked;
    return { name: 'key-revoked', ending: { reason: 'key-revoked', actor, detail } };
  }

  /** Whether the time has come. */
  isOver(until: bigint | undefined): boolean {
    return until !== undefined && this.clock() >= until;
  }
}

function exclusionOf({ state, by }: Standing): Exclusion | undefined {
  if (state !== 'revoked' && state !== 'suspended' && state !== 'expired') return undefined;
  const name = `identity-${state}` as const;
  if (state === 'expired') {
    const detail = `${by?.name ?? ''} was declared until ${toRfc3339(by?.expiresAt ?? 0n)}`;
    return { name, ending: { reason: name, detail } };
  }
  const said = by?.lifecycle.findLast((step) => step.said === state && step.void === '');
  const { actor = '', reason: detail = '' } = said ?? {};
  return { name, ending: { reason: name, actor, detail } };
}
