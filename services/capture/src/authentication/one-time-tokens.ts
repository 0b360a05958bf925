import { createHmac, hkdfSync } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import type { BootStream } from '@steno/event-log';
import { TokenSpentSchema } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { SpentTokens } from '@steno/sessions';
import { uuidv7 } from '../session/uuidv7.js';
import type { OneTimeUse, VerifiedIdentity } from './token-verifier.js';

/** What control does not show after so long is not waited for: the session is refused. */
const CLAIM_MS = 5_000;
const KEY_BYTES = 32;
const PURPOSE = 'steno/v1/one-time-token';

/** Why a one-time token opens no session. */
export type NotClaimed = 'token-spent' | 'token-not-claimed';

interface OneTimeTokensOptions {
  readonly control: BootStream;
  /** As the log tells them. */
  readonly spentTokens: SpentTokens;
  readonly installationKey: Buffer;
}

/**
 * Sees to it that a one-time token opens one session on all captures together: whoever would take
 * it says so on control, and goes by who was first there.
 */
export class OneTimeTokens {
  private readonly key: Buffer;
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly options: OneTimeTokensOptions) {
    const { installationKey } = options;
    this.key = Buffer.from(
      hkdfSync('sha256', installationKey, Buffer.alloc(0), PURPOSE, KEY_BYTES),
    );
  }

  /** Undefined: the token is this session's, or may be used again. */
  async claim(identity: VerifiedIdentity, target: string): Promise<NotClaimed | undefined> {
    const { oneTime } = identity;
    if (oneTime === undefined) return undefined;
    const { spentTokens } = this.options;
    const digest = this.digest(identity.issuer, oneTime);
    if (spentTokens.claimOf(digest) !== undefined) return 'token-spent';
    if (spentTokens.isFull) return 'token-not-claimed';
    const claimId = uuidv7();
    const message = create(TokenSpentSchema, {
      tokenDigest: digest,
      claimId,
      expiresAt: oneTime.until,
      identity: identity.identity,
      target,
    });
    const facts = generatedFacts('tokenSpent', TokenSpentSchema, message);
    if (!(await this.isHeard(claimId, this.options.control.record(facts)))) {
      return 'token-not-claimed';
    }
    return spentTokens.claimOf(digest) === claimId ? undefined : 'token-spent';
  }

  /** A claim as control tells it now. */
  heard({ claimId }: { readonly claimId: string }): void {
    this.waiting.get(claimId)?.();
  }

  private async isHeard(claimId: string, recorded: Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<boolean>((resolve) => {
      this.waiting.set(claimId, () => {
        resolve(true);
      });
      timer = setTimeout(() => {
        resolve(false);
      }, CLAIM_MS);
      recorded.catch(() => {
        resolve(false);
      });
    });
    const isHeard = await heard;
    clearTimeout(timer);
    this.waiting.delete(claimId);
    return isHeard;
  }

  /** Tells a token apart from others; the names in it need not be guessable to be told. */
  private digest(issuer: string, { tokenId }: OneTimeUse): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(issuer));
    return createHmac('sha256', this.key).update(length).update(issuer).update(tokenId).digest();
  }
}
