import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '../limits.js';

interface Code {
  readonly digest: Buffer;
  readonly expiresAt: number;
}

export interface NewCode {
  readonly code: string;
  readonly expiresAt: number;
}

/** Codes that sign one person in, once. Only their digests are kept. */
export class SignInCodes {
  private codes: Code[] = [];

  constructor(private readonly now: () => number) {}

  /** The oldest code gives way where too many are unused. */
  create(): NewCode {
    const code = randomBytes(32).toString('base64url');
    const expiresAt = this.now() + LIMITS.signInCodeMs;
    this.codes = [...this.codes, { digest: sha256(code), expiresAt }].slice(-LIMITS.signInCodes);
    return { code, expiresAt };
  }

  /** True once for each code that has not expired. */
  redeem(code: string): boolean {
    const digest = sha256(code);
    const now = this.now();
    const alive = this.codes.filter(({ expiresAt }) => expiresAt > now);
    // Compares with all of them, whatever it finds.
    const left = alive.filter((one) => !timingSafeEqual(one.digest, digest));
    this.codes = left;
    return left.length < alive.length;
  }
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
