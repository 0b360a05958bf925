import type { UserRole } from '@steno/sessions';

/** What one may be allowed to do. */
export type Role = UserRole;

/** Who somebody is, apart from how they show it. */
export interface KnownPerson {
  /** As events have it; by an OpenID provider its issuer and the subject. */
  readonly actor: string;
  /** What to call them. */
  readonly name: string;
  readonly roles: readonly Role[];
  /** Those that policies ask for approvals. */
  readonly groups: readonly string[];
  /** Who vouches for them: this machine, an administrator, or an OpenID provider. */
  readonly kind: 'local' | 'user' | 'provided';
}

/** Somebody who is signed in. */
export interface Person extends KnownPerson {
  readonly by: 'cookie' | 'token';
}

/** The person at the machine that `steno up` runs on. */
export const LOCAL_PERSON = {
  actor: 'local-admin',
  name: 'local-admin',
  roles: ['admin'],
  groups: [],
  kind: 'local',
} as const satisfies KnownPerson;
