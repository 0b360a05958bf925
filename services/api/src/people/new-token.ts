import { hash, randomBytes } from 'node:crypto';

/** So that those who search for lost secrets know it. */
const PREFIX = 'steno_pat_';
const BYTES = 32;
const NANOSECONDS_PER_MS = 1_000_000n;
const MS_PER_DAY = 86_400_000;

export interface NewToken {
  readonly token: string;
  /** SHA-256; the token itself is kept nowhere. */
  readonly tokenDigest: Buffer;
  /** Nanoseconds since 1970, UTC. */
  readonly expiresAt: bigint;
}

/** A token for so many days. */
export function newToken(nowMs: number, days: number): NewToken {
  const token = PREFIX + randomBytes(BYTES).toString('base64url');
  const expiresAt = BigInt(nowMs + days * MS_PER_DAY) * NANOSECONDS_PER_MS;
  return { token, tokenDigest: hash('sha256', token, 'buffer'), expiresAt };
}
