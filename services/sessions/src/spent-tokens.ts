import type { Envelope, TokenSpent } from '@steno/proto';

/** Beyond so many that are still believed, no more are taken. */
export const SPENT_TOKENS_MAX = 500_000;
/** Clocks of those who say it may differ by so much. */
const SKEW_NS = 3_600n * 1_000_000_000n;
/** Of fewer it is not worth looking which have expired. */
const LOOK_AT = 1_024;

/**
 * One-time tokens that have opened a session, folded from the control topic: of those who say so of
 * one token the first is right, and whoever folds it comes to the same.
 */
export class SpentTokens {
  /** By digest in hex. */
  private readonly byDigest = new Map<string, { claimId: string; expiresAt: bigint }>();
  private lookAt = LOOK_AT;

  get isFull(): boolean {
    return this.byDigest.size >= SPENT_TOKENS_MAX;
  }

  get size(): number {
    return this.byDigest.size;
  }

  /** Whose claim on it is right; undefined: nobody has claimed it. */
  claimOf(digest: Uint8Array): string | undefined {
    return this.byDigest.get(hex(digest))?.claimId;
  }

  /** Folds an event of control. */
  take({ facts, occurredAt }: Envelope): TokenSpent | undefined {
    if (facts.case !== 'tokenSpent') return undefined;
    const { tokenDigest, claimId, expiresAt } = facts.value;
    const digest = hex(tokenDigest);
    if (!this.byDigest.has(digest)) this.byDigest.set(digest, { claimId, expiresAt });
    if (this.byDigest.size >= this.lookAt) this.forget(occurredAt);
    return facts.value;
  }

  /** So seldom that each look is paid for by those that came since the last. */
  private forget(atNs: bigint): void {
    for (const [digest, { expiresAt }] of this.byDigest) {
      if (expiresAt + SKEW_NS < atNs) this.byDigest.delete(digest);
    }
    this.lookAt = Math.max(LOOK_AT, this.byDigest.size * 2);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
