import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '../limits.js';

interface Code {
  readonly actor: string;
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

  /** For this person. The oldest code gives way where too many are unused. */
  create(actor: string): NewCode {
    const code = randomBytes(32).toString('base64url');
    const expiresAt = this.now() + LIMITS.signInCodeMs;
    this.codes = [...this.codes, { actor, digest: sha256(code), expiresAt }].slice(
      -LIMITS.signInCodes,
    );
    return { code, expiresAt };
  }

  /** Whom the code signs in: once, and before it expires. */
  redeem(code: string): string | undefined {
    const digest = sha256(code);
    const now = this.now();
    const alive = this.codes.filter(({ expiresAt }) => expiresAt > now);
    // Compares with all of them, whatever it finds.
    const found = alive.filter((one) => timingSafeEqual(one.digest, digest));
    this.codes = alive.filter((one) => !found.includes(one));
    return found[0]?.actor;
  }
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
