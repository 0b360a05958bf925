import type { ProblemView } from './views.js';

/** How one may sign in. */
export interface SignInView {
  /** Host of the identity provider; null where there is none. */
  readonly provider: string | null;
  /** Why it did not work in this browser just now. */
  readonly failure: Pick<ProblemView, 'code' | 'status' | 'title' | 'detail'> | null;
}

export interface MeView {
  /** As events have it. */
  readonly actor: string;
  /** What to call them, where that is another name. */
  readonly name?: string;
  readonly roles: readonly string[];
  /** Those that policies ask for approvals. */
  readonly groups: readonly string[];
}

/** A token that a person made for themselves. */
export interface TokenView {
  readonly tokenId: string;
  readonly label: string;
  /** Those of the sign-in in which it was made. */
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** The token is shown this once. */
export interface NewTokenView extends TokenView {
  readonly token: string;
}

/** A person who uses the api by a token. */
export interface UserView {
  /** Issuer and subject, joined by #, of one who made the token themselves. */
  readonly user: string;
  /** What to call them, where that is another name. */
  readonly name?: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly addedAt: string;
  readonly tokenExpiresAt: string;
}

/** The token is shown this once. */
export interface NewUserView extends UserView {
  readonly token: string;
}
