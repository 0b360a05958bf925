import { hash } from 'node:crypto';
import { FINGERPRINT_BYTES } from '@steno/sessions';
import { decodeJwt, decodeProtectedHeader, errors, importJWK, jwtVerify } from 'jose';
import type { CryptoKey, JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import { findActors, findGroups, findRun, recordClaims } from './claims.js';
import type { RecordedClaims, VerifiedRun } from './claims.js';
import { TOKEN_ERRORS } from './errors.js';
import type { TokenRefusal } from './errors.js';
import { fillIdentity } from './identity-template.js';
import { IssuerKeys, KeysUnavailable } from './issuer-keys.js';
import { TOKEN_LIMITS } from './settings.js';
import type { DevelopmentIssuerSettings, IssuerSettings } from './settings.js';

/** What a token that opens one session alone is told apart by. */
export interface OneTimeUse {
  /** Its `jti`, which is kept nowhere in clear. */
  readonly tokenId: string;
  /** When it is believed no more, nanoseconds since 1970. */
  readonly until: bigint;
}

/** Who asks for a session, proven by a token or what stands in its place. */
export interface VerifiedIdentity extends RecordedClaims {
  readonly kind: 'verified';
  readonly provenBy: 'token' | 'certificate' | 'api-key';
  readonly issuer: string;
  readonly subject: string;
  /** The name that sessions are listed under. */
  readonly identity: string;
  readonly run?: VerifiedRun;
  /** Who acts, …, on whose behalf; empty where the subject acts for itself. */
  readonly actors: readonly string[];
  /** As the issuer says; policies name them. */
  readonly groups: readonly string[];
  /** Nanoseconds since 1970, UTC; 0n: the token does not say. */
  readonly issuedAt: bigint;
  readonly expiresAt: bigint;
  /** The first 16 bytes of the SHA-256 of what proves it. */
  readonly fingerprint: Uint8Array;
  /** Undefined: it may open sessions as long as it is good. */
  readonly oneTime?: OneTimeUse;
  /** Of the key that proves it. */
  readonly keyId?: string;
  /** That prove it, by issuer and number: its own, and those up to its authority. */
  readonly certificates?: readonly string[];
}

/** Why a token is refused; fit to be shown to the client and recorded. */
export interface TokenProblem {
  readonly kind: 'refused';
  readonly reason: TokenRefusal;
  /** Catalogued in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** For the log of the operator: what exactly failed. */
  readonly detail: string;
  /** As the token claims, unproven. */
  readonly claimedIssuer?: string;
  readonly claimedSubject?: string;
  /** Only of tokens: a password typed by mistake must leave nothing that can be guessed. */
  readonly fingerprint?: Uint8Array;
}

export interface TokenVerifier {
  /** Never throws for what a client may send; the token itself appears in no result. */
  verify(token: string): Promise<VerifiedIdentity | TokenProblem>;
}

/** What tokens are checked against. */
export interface TokenVerifierSettings {
  readonly issuers: readonly IssuerSettings[];
  readonly development?: DevelopmentIssuerSettings;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Whose nanoseconds fit 64 bits. */
const SECONDS_MAX = 9_000_000_000;

interface TrustedIssuer {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly key: JWTVerifyGetKey;
  readonly identityOf: (claims: JWTPayload) => string | undefined;
  readonly recorded: readonly string[] | 'all';
  /** Name of a claim. */
  readonly groups: string;
  readonly maxAgeMs: number;
  readonly oneTime: boolean;
}

interface Claimed {
  readonly fingerprint: Uint8Array;
  readonly claimedIssuer?: string;
  readonly claimedSubject?: string;
}

/** Checks the OIDC tokens that jobs give as their password (RFC 7519, OpenID Connect Core 1.0). */
export function makeTokenVerifier(settings: TokenVerifierSettings): TokenVerifier {
  const now = settings.now ?? Date.now;
  const trusted = new Map<string, TrustedIssuer>();
  for (const issuer of settings.issuers) trusted.set(issuer.issuer, fromSettings(issuer, now));
  if (settings.development !== undefined) {
    trusted.set(settings.development.issuer, fromDevelopment(settings.development));
  }
  return { verify: (token) => verify(token, trusted, now) };
}

async function verify(
  token: string,
  trusted: ReadonlyMap<string, TrustedIssuer>,
  now: () => number,
): Promise<VerifiedIdentity | TokenProblem> {
  if (token.length > TOKEN_LIMITS.tokenLength) return refuse('too-long');
  const unverified = read(token);
  if (unverified === undefined) return refuse('malformed');
  const { algorithm, claims } = unverified;
  const claimed: Claimed = {
    fingerprint: hash('sha256', token, 'buffer').subarray(0, FINGERPRINT_BYTES),
    ...claimedNames(claims),
  };
  if (algorithm.toLowerCase() === 'none') return refuse('unsigned', claimed);
  const issuer = trusted.get(claims.iss ?? '');
  if (issuer === undefined) return refuse('wrong-issuer', claimed);
  try {
    const verified = await verifySignature(token, issuer.key, {
      algorithms: [...issuer.algorithms],
      audience: [...issuer.audience],
      issuer: issuer.issuer,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: TOKEN_LIMITS.clockToleranceSeconds,
      currentDate: new Date(now()),
      ...(issuer.maxAgeMs === 0 ? {} : { maxTokenAge: issuer.maxAgeMs / 1000 }),
    });
    return toIdentity(verified, issuer, claimed);
  } catch (error) {
    return refuse(reasonOf(error), claimed, error instanceof Error ? error.message : '');
  }
}

function read(token: string): { algorithm: string; claims: JWTPayload } | undefined {
  try {
    const { alg } = decodeProtectedHeader(token);
    if (typeof alg !== 'string') return undefined;
    return { algorithm: alg, claims: decodeJwt(token) };
  } catch {
    return undefined;
  }
}

async function verifySignature(
  token: string,
  key: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // The token does not say which key it is: any that fits will do.
    for await (const candidate of error as AsyncIterable<CryptoKey>) {
      try {
        return (await jwtVerify(token, candidate, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function toIdentity(
  claims: JWTPayload,
  issuer: TrustedIssuer,
  claimed: Claimed,
): VerifiedIdentity | TokenProblem {
  const subject = claims.sub ?? '';
  const identity = issuer.identityOf(claims);
  if (identity === undefined || identity.length > TOKEN_LIMITS.identityLength) {
    return refuse('no-identity', claimed);
  }
  const groups = findGroups(claims, issuer.groups);
  if (groups === undefined) return refuse('no-identity', claimed, 'its groups are too many');
  const oneTime = issuer.oneTime ? oneTimeUse(claims, issuer) : undefined;
  if (oneTime === 'no-token-id') return refuse(oneTime, claimed);
  const run = findRun(claims);
  return {
    kind: 'verified',
    provenBy: 'token',
    issuer: issuer.issuer,
    subject,
    identity,
    ...recordClaims(claims, issuer.recorded),
    ...(run === undefined ? {} : { run }),
    actors: findActors(claims),
    groups,
    issuedAt: issuedAt(claims),
    expiresAt: BigInt(Math.trunc(claims.exp ?? 0)) * 1_000_000_000n,
    fingerprint: claimed.fingerprint,
    ...(oneTime === undefined ? {} : { oneTime }),
  };
}

function oneTimeUse(
  { jti, exp = 0, iat = 0 }: JWTPayload,
  { maxAgeMs }: TrustedIssuer,
): OneTimeUse | 'no-token-id' {
  const isTold = typeof jti === 'string' && jti !== '' && jti.length <= TOKEN_LIMITS.tokenIdLength;
  if (!isTold) return 'no-token-id';
  const until = maxAgeMs === 0 ? exp : Math.min(exp, iat + maxAgeMs / 1000);
  const seconds = Math.min(until + TOKEN_LIMITS.clockToleranceSeconds, SECONDS_MAX);
  return { tokenId: jti, until: BigInt(Math.ceil(seconds)) * 1_000_000_000n };
}

/** It is said of the token's age only, so what no clock can mean is left out. */
function issuedAt({ iat = 0 }: JWTPayload): bigint {
  const isTime = iat >= 0 && iat <= SECONDS_MAX;
  return isTime ? BigInt(Math.trunc(iat)) * 1_000_000_000n : 0n;
}

function reasonOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return error.claim === 'iat' ? 'too-old' : 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return reasonOfClaim(error);
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm-not-allowed';
  if (error instanceof errors.JOSENotSupported) return 'algorithm-not-allowed';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JWKSNoMatchingKey) return 'bad-signature';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'malformed';
  if (error instanceof KeysUnavailable) return 'keys-unavailable';
  // A key that Node cannot import: the issuer's fault, not the token's.
  return 'keys-unavailable';
}

function reasonOfClaim({ claim, reason }: errors.JWTClaimValidationFailed): TokenRefusal {
  if (claim === 'aud') return 'wrong-audience';
  if (claim === 'iss') return 'wrong-issuer';
  if (claim === 'nbf' && reason === 'check_failed') return 'not-yet-valid';
  if (claim === 'iat') return reason === 'check_failed' ? 'not-yet-valid' : 'too-old';
  if (claim === 'sub') return 'no-identity';
  return 'malformed';
}

function refuse(reason: TokenRefusal, claimed?: Claimed, detail = ''): TokenProblem {
  return { kind: 'refused', reason, ...TOKEN_ERRORS[reason], detail, ...claimed };
}

function claimedNames(claims: JWTPayload): { claimedIssuer?: string; claimedSubject?: string } {
  const { iss, sub } = claims as Readonly<Record<string, unknown>>;
  const cut = (text: string): string => text.slice(0, TOKEN_LIMITS.claimLength);
  return {
    ...(typeof iss === 'string' ? { claimedIssuer: cut(iss) } : {}),
    ...(typeof sub === 'string' ? { claimedSubject: cut(sub) } : {}),
  };
}

function fromSettings(settings: IssuerSettings, now: () => number): TrustedIssuer {
  const keys = new IssuerKeys(settings.issuer, settings.keys, now);
  return {
    issuer: settings.issuer,
    audience: settings.audience,
    algorithms: settings.algorithms,
    key: (header, token) => keys.resolve(header, token),
    identityOf: (claims) => fillIdentity(settings.identity, claims),
    recorded: settings.claims,
    groups: settings.groups,
    maxAgeMs: settings.maxAgeMs,
    oneTime: settings.oneTime,
  };
}

function fromDevelopment(settings: DevelopmentIssuerSettings): TrustedIssuer {
  let key: ReturnType<typeof importJWK> | undefined;
  return {
    issuer: settings.issuer,
    audience: [settings.audience],
    algorithms: ['ES256'],
    key: () => (key ??= importJWK(settings.publicJwk, 'ES256')),
    identityOf: (claims) => claims.sub,
    recorded: 'all',
    groups: 'groups',
    maxAgeMs: 0,
    oneTime: false,
  };
}
