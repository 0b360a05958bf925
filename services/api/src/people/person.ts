/** What one may be allowed to do. More will come with sign-in for people by OIDC. */
export type Role = 'admin';

/** Somebody who is signed in. */
export interface Person {
  readonly actor: string;
  readonly roles: readonly Role[];
  readonly by: 'cookie' | 'token';
}

/** The person at the machine that `steno up` runs on. */
export const LOCAL_PERSON = { actor: 'local-admin', roles: ['admin'] } as const;
