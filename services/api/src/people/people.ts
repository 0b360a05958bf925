import { providedActor } from '@steno/sessions';
import type { User } from '@steno/sessions';
import type { ControlBook } from '../options.js';
import { LOCAL_PERSON } from './person.js';
import type { KnownPerson, Person } from './person.js';

const NANOSECONDS_PER_MS = 1_000_000n;

/**
 * Whom a cookie is of: the name of somebody, who is looked up each time, or what an OpenID provider
 * said of them when they signed in.
 */
export type Holder = string | KnownPerson;

/** Who there is: whoever runs Steno, and the users that control tells of, as they are now. */
export class People {
  /** @param issuer whose people may come by tokens of their own; undefined: none */
  constructor(
    private readonly control: Pick<ControlBook, 'users' | 'tokens'>,
    private readonly issuer: string | undefined,
    private readonly now: () => number,
  ) {}

  /** Undefined where there is nobody of that name, or not any more. */
  holding(cookieOf: Holder): Person | undefined {
    if (typeof cookieOf !== 'string') return { ...cookieOf, by: 'cookie' };
    if (cookieOf === LOCAL_PERSON.actor) return { ...LOCAL_PERSON, by: 'cookie' };
    const user = this.control.users.get(cookieOf);
    return user === undefined ? undefined : personOf(user, 'cookie');
  }

  /** Whose token has this SHA-256. */
  withToken(digest: Uint8Array): Person | undefined {
    const at = BigInt(this.now()) * NANOSECONDS_PER_MS;
    const user = this.control.users.withToken(digest, at);
    if (user !== undefined) return personOf(user, 'token');
    const token = this.control.tokens.withDigest(digest, at);
    if (token === undefined || this.issuer === undefined) return undefined;
    // The provider of the configuration vouches for people; whoever another named is nobody.
    if (!token.actor.startsWith(providedActor(this.issuer, ''))) return undefined;
    const { actor, name, roles, groups } = token;
    return { actor, name, roles, groups, kind: 'provided', by: 'token' };
  }
}

function personOf({ name, roles, groups }: User, by: Person['by']): Person {
  return { actor: name, name, roles, groups, kind: 'user', by };
}
