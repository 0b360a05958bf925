import { Inject, Injectable } from '@nestjs/common';
import type { IdentityStandingView } from '@steno/proto';
import { stateOf, whyVoidStep } from '@steno/sessions';
import type { IdentityStep } from '@steno/sessions';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { ApiOptions, IdentityEvent } from '../options.js';
import { Gatekeeper } from '../people/gatekeeper.js';
import { recordControl } from '../record-control.js';
import { OPTIONS } from '../tokens.js';

/** As the `identity` template of an issuer may make it, or as people call a pattern. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u;
const NANOSECONDS_PER_MS = 1_000_000n;

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
/** What is said, but for of whom and by whom. */
export type Saying = Without<IdentityEvent, 'name' | 'actor'>;

/** Takes what people say of identities; it works without the event store. */
@Injectable()
export class Registrar {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  get nowNs(): bigint {
    return BigInt(this.options.now()) * NANOSECONDS_PER_MS;
  }

  /** Resolves once control says it. Throws ApiProblem where it does not count. */
  async say(asking: Asking, name: string, saying: Saying): Promise<IdentityStandingView> {
    const person = this.gatekeeper.personOf(asking.request);
    if (person === undefined) throw new ApiProblem('notSignedIn');
    const { identities } = this.options.control;
    if (!NAME.test(name)) throw new ApiProblem('invalidRequest', 'An identity has no such name.');
    const known = identities.get(name);
    const isNew = known === undefined && saying.type === 'identity.declared';
    if (isNew && identities.size >= LIMITS.identities) throw new ApiProblem('tooManyIdentities');
    const why = whyVoidStep(known, stepOf(saying), this.nowNs);
    if (why !== '') throw new ApiProblem('identityStep', `${why}.`);
    await recordControl(this.options, { ...saying, name, actor: person.actor });
    const now = identities.get(name);
    return {
      identity: name,
      state: now === undefined ? 'observed' : stateOf(now, this.nowNs),
      owner: now?.owner ?? '',
    };
  }
}

function stepOf({ type }: Saying): IdentityStep {
  return type.replace('identity.', '') as IdentityStep;
}
