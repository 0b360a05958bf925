/** Why a token was refused; docs/errors.md, "Authentication", has an entry for each. */
export const TOKEN_ERRORS = {
  malformed: {
    code: 'STENO-2001',
    message: 'The password is not a token that Steno can read.',
    hint: 'Give the job’s OIDC token, or one of `steno token`, as the password.',
  },
  unsigned: {
    code: 'STENO-2002',
    message: 'The token is not signed (its algorithm is none).',
    hint: 'Use a token as its issuer signed it.',
  },
  'wrong-issuer': {
    code: 'STENO-2003',
    message: 'The token is from an issuer that is not configured here.',
    hint: 'Add the issuer to `issuers` in steno.yaml, or use a token of one that is there.',
  },
  'wrong-audience': {
    code: 'STENO-2004',
    message: 'The token was made for another audience.',
    hint: 'Ask the issuer for a token with the audience that steno.yaml names for it.',
  },
  expired: {
    code: 'STENO-2005',
    message: 'The token has expired.',
    hint: 'Get a new token and connect again.',
  },
  'not-yet-valid': {
    code: 'STENO-2006',
    message: 'The token is not valid yet.',
    hint: 'Compare the clocks of the issuer and of this machine.',
  },
  'bad-signature': {
    code: 'STENO-2007',
    message: 'The signature of the token does not match any key of its issuer.',
    hint: 'Use the token unchanged; if the issuer replaced its keys, get a new one.',
  },
  'keys-unavailable': {
    code: 'STENO-2008',
    message: 'The keys of the token’s issuer cannot be read now, so the token cannot be checked.',
    hint: 'Try again; if it lasts, check that this machine reaches the issuer.',
  },
  'algorithm-not-allowed': {
    code: 'STENO-2009',
    message: 'The token is signed with an algorithm that is not allowed for its issuer.',
    hint: 'Use a token signed with one of the issuer’s `algorithms` in steno.yaml.',
  },
  'too-long': {
    code: 'STENO-2010',
    message: 'The token is longer than 16 KiB.',
    hint: 'Ask the issuer for a token with fewer claims.',
  },
  'no-identity': {
    code: 'STENO-2011',
    message: 'The token lacks a claim that makes up the identity.',
    hint: 'Compare the `identity` of the issuer in steno.yaml with the claims of its tokens.',
  },
  'too-old': {
    code: 'STENO-4060',
    message: 'The token was issued too long ago, or does not say when.',
    hint: 'Get a new token and connect again; `maxAge` of the issuer in steno.yaml sets the time.',
  },
  'no-token-id': {
    code: 'STENO-4061',
    message: 'The token has no `jti`, so it cannot be told whether it was used before.',
    hint: 'Have the issuer put a `jti` into its tokens; `oneTime` in steno.yaml asks for it.',
  },
  'unknown-key': {
    code: 'STENO-4064',
    message: 'The password is no key that Steno knows.',
    hint: 'Give the key as `steno key add` printed it, or have a new one made.',
  },
  'key-ended': {
    code: 'STENO-4065',
    message: 'The key has expired or was revoked.',
    hint: 'Ask its owner for a new one; `steno key list` says how it stands.',
  },
} as const satisfies Record<string, TokenErrorEntry>;

interface TokenErrorEntry {
  readonly code: `STENO-20${number}` | `STENO-406${number}`;
  readonly message: string;
  readonly hint: string;
}

export type TokenRefusal = keyof typeof TOKEN_ERRORS;
