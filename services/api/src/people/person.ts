import type { UserRole } from '@steno/sessions';

/** What one may be allowed to do. */
export type Role = UserRole;

/** Somebody who is signed in. */
export interface Person {
  readonly actor: string;
  readonly roles: readonly Role[];
  /** Those that policies ask for approvals. */
  readonly groups: readonly string[];
  readonly by: 'cookie' | 'token';
}

/** The person at the machine that `steno up` runs on. */
export const LOCAL_PERSON = { actor: 'local-admin', roles: ['admin'], groups: [] } as const;
