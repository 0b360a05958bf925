import type { Envelope, UserAdded } from '@steno/proto';

export const USER_ROLES = ['investigator', 'approver', 'reviewer', 'auditor', 'admin'] as const;
export type UserRole = (typeof USER_ROLES)[number];

/** The group that everybody with the role approver is in. */
const APPROVERS = 'approvers';

/** A person who may use the api by a token. */
export interface User {
  readonly name: string;
  readonly roles: readonly UserRole[];
  readonly groups: readonly string[];
  readonly addedAt: bigint;
  readonly tokenExpiresAt: bigint;
}

/** The people of an installation, folded from the control topic. */
export class Users {
  private readonly byName = new Map<string, User>();
  /** By the SHA-256 of the token, in hex. */
  private readonly byToken = new Map<string, User>();

  all(): Iterable<User> {
    return this.byName.values();
  }

  get(name: string): User | undefined {
    return this.byName.get(name);
  }

  /** Whose token has this SHA-256, as long as it is valid. */
  withToken(digest: Uint8Array, atNs: bigint): User | undefined {
    const user = this.byToken.get(hex(digest));
    return user !== undefined && atNs < user.tokenExpiresAt ? user : undefined;
  }

  take({ facts, occurredAt }: Envelope): void {
    if (facts.case === 'userAdded') this.add(facts.value, occurredAt);
    else if (facts.case === 'userRemoved') this.remove(facts.value.name);
  }

  /** Who is there already gets another token: the one before is void. */
  private add(added: UserAdded, addedAt: bigint): void {
    this.remove(added.name);
    const roles = USER_ROLES.filter((role) => added.roles.includes(role));
    const groups = new Set(added.groups);
    if (roles.includes('approver')) groups.add(APPROVERS);
    const { name, tokenExpiresAt } = added;
    const user: User = { name, roles, groups: [...groups], addedAt, tokenExpiresAt };
    this.byName.set(name, user);
    this.byToken.set(hex(added.tokenDigest), user);
  }

  private remove(name: string): void {
    this.byName.delete(name);
    for (const [digest, user] of this.byToken) {
      if (user.name === name) this.byToken.delete(digest);
    }
  }
}

/**
 * Who somebody is that an OpenID provider vouches for. No issuer has a fragment, and no user a name
 * with a slash, so that nobody can have the name of another.
 */
export function providedActor(issuer: string, subject: string): string {
  return `${issuer}#${subject}`;
}

/** What the provider calls them; empty for a user. */
export function subjectOf(actor: string): string {
  const at = actor.indexOf('#');
  return at === -1 ? '' : actor.slice(at + 1);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
