import { hash } from 'node:crypto';
import { FINGERPRINT_BYTES, KEY_ISSUER, KEY_PREFIX, isKeyText, keyState } from '@steno/sessions';
import type { ApiKey, ApiKeys, Clock } from '@steno/sessions';
import { TOKEN_ERRORS } from './errors.js';
import type { TokenProblem, TokenVerifier, VerifiedIdentity } from './token-verifier.js';

/** Takes keys of bots too, which are told from tokens by how they begin. */
export function withApiKeys(
  tokens: TokenVerifier,
  keys: Pick<ApiKeys, 'withDigest'>,
  clock: Clock,
): TokenVerifier {
  return {
    verify: (password) =>
      password.startsWith(KEY_PREFIX)
        ? Promise.resolve(verifyKey(password, keys, clock()))
        : tokens.verify(password),
  };
}

/** A key is looked up by its digest, so the time that takes says nothing of other keys. */
function verifyKey(
  text: string,
  keys: Pick<ApiKeys, 'withDigest'>,
  atNs: bigint,
): VerifiedIdentity | TokenProblem {
  const reason = 'unknown-key';
  if (!isKeyText(text)) {
    return { kind: 'refused', reason, ...TOKEN_ERRORS[reason], detail: 'its check does not fit' };
  }
  const digest = hash('sha256', text, 'buffer');
  const fingerprint = digest.subarray(0, FINGERPRINT_BYTES);
  const key = keys.withDigest(digest);
  if (key === undefined) {
    return { kind: 'refused', reason, ...TOKEN_ERRORS[reason], detail: '', fingerprint };
  }
  const state = keyState(key, atNs);
  return state === 'good' ? identityOf(key, fingerprint) : ended(key, state, fingerprint);
}

function ended(key: ApiKey, detail: string, fingerprint: Uint8Array): TokenProblem {
  return {
    kind: 'refused',
    reason: 'key-ended',
    ...TOKEN_ERRORS['key-ended'],
    detail,
    claimedIssuer: KEY_ISSUER,
    claimedSubject: key.name,
    fingerprint,
  };
}

function identityOf(key: ApiKey, fingerprint: Uint8Array): VerifiedIdentity {
  const { keyId, name, identity, groups, issuedAt, expiresAt } = key;
  return {
    kind: 'verified',
    provenBy: 'api-key',
    issuer: KEY_ISSUER,
    subject: name,
    identity,
    claims: {},
    personalClaims: {},
    actors: [],
    groups,
    issuedAt,
    expiresAt,
    fingerprint,
    keyId,
  };
}
