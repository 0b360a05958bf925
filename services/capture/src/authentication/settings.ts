import type { JWK } from 'jose';

/** Where the public keys of an issuer are found. */
export type KeySource =
  | { readonly kind: 'discovery' }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'file'; readonly path: string };

/** An issuer whose tokens are believed. */
export interface IssuerSettings {
  /** Compared with the `iss` claim to the letter. */
  readonly issuer: string;
  /** A token is for us if it names one of these. */
  readonly audience: readonly string[];
  /** JWS algorithms; only asymmetric ones make sense here. */
  readonly algorithms: readonly string[];
  readonly keys: KeySource;
  /** Text with `${claim}` in it. */
  readonly identity: string;
  /** Claims to record besides the well-known ones. */
  readonly claims: readonly string[];
  /** Name of the claim that says which groups an identity is in. */
  readonly groups: string;
  /** How long ago a token may have been issued; 0: whenever it was. */
  readonly maxAgeMs: number;
  /** Each token opens one session: its `jti` tells it from others. */
  readonly oneTime: boolean;
}

/** The issuer of `steno token`; its identity is the subject verbatim. */
export interface DevelopmentIssuerSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly publicJwk: JWK;
}

/** Bounds of token checking. */
export const TOKEN_LIMITS = {
  tokenLength: 16 * 1024,
  clockToleranceSeconds: 30,
  identityLength: 256,
  recordedClaims: 64,
  claimLength: 1024,
  actors: 8,
  groups: 256,
  tokenIdLength: 1024,
  groupLength: 128,
} as const;

/** Bounds of fetching an issuer's keys. */
export const KEY_LIMITS = {
  /** Keys younger than this are used without asking again. */
  freshMs: 10 * 60_000,
  /** During an outage keys are used up to this age. */
  staleMs: 24 * 60 * 60_000,
  /** Between two attempts to fetch, whatever tokens arrive. */
  cooldownMs: 30_000,
  fetchMs: 5_000,
  bytes: 1024 * 1024,
  keys: 100,
} as const;
