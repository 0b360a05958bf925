import type { Users } from '@steno/sessions';
import type { User } from '@steno/sessions';
import { LOCAL_PERSON } from './person.js';
import type { Person } from './person.js';

const NANOSECONDS_PER_MS = 1_000_000n;

/** Who there is: whoever runs Steno, and the users that control tells of, as they are now. */
export class People {
  constructor(
    private readonly users: Pick<Users, 'get' | 'withToken'>,
    private readonly now: () => number,
  ) {}

  /** Undefined where there is nobody of that name, or not any more. */
  named(actor: string, by: Person['by']): Person | undefined {
    if (actor === LOCAL_PERSON.actor) return { ...LOCAL_PERSON, by };
    const user = this.users.get(actor);
    return user === undefined ? undefined : personOf(user, by);
  }

  /** Whose token has this SHA-256. */
  withToken(digest: Uint8Array): Person | undefined {
    const user = this.users.withToken(digest, BigInt(this.now()) * NANOSECONDS_PER_MS);
    return user === undefined ? undefined : personOf(user, 'token');
  }
}

function personOf({ name, roles, groups }: User, by: Person['by']): Person {
  return { actor: name, roles, groups, by };
}
