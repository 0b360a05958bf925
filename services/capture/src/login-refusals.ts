import { create } from '@bufbuild/protobuf';
import { LoginRefusedSchema, LoginsSuppressedSchema } from '@steno/proto';
import { generatedFacts } from '@steno/sessions';
import type { Clock, Facts } from '@steno/sessions';

/** Of one source within a minute this many refusals are recorded in full. */
const FULL_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
/** Sources that are counted apart; those beyond share one count. */
const SOURCES_MAX = 10_000;
const OTHERS = 'others';
const TEXT_MAX = 256;

/** What is known of a client that was not let in; nothing in it is proven. */
export interface RefusedLogin {
  readonly source: string;
  readonly code: string;
  readonly reason: string;
  readonly requestedTarget: string;
  readonly requestedUser: string;
  readonly claimedIssuer?: string;
  readonly claimedSubject?: string;
  readonly fingerprint?: Uint8Array;
}

interface Window {
  readonly endsAt: number;
  readonly from: bigint;
  refusals: number;
}

/**
 * Records refused logins: the first ten a minute per source in full, the rest as one count when the
 * minute is over.
 */
export class LoginRefusals {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly record: (facts: Facts) => void,
    private readonly clock: Clock,
    private readonly now: () => number = Date.now,
  ) {}

  refused(login: RefusedLogin): void {
    const known = this.windows.has(login.source) || this.windows.size < SOURCES_MAX;
    const source = known ? login.source : OTHERS;
    const window = this.windows.get(source) ?? {
      endsAt: this.now() + MINUTE_MS,
      from: this.clock(),
      refusals: 0,
    };
    this.windows.set(source, window);
    window.refusals += 1;
    if (window.refusals > FULL_PER_MINUTE) return;
    const message = create(LoginRefusedSchema, {
      source: login.source,
      protocol: 'postgres',
      code: login.code,
      reason: login.reason.slice(0, TEXT_MAX),
      requestedTarget: login.requestedTarget.slice(0, TEXT_MAX),
      requestedUser: login.requestedUser.slice(0, TEXT_MAX),
      claimedIssuer: (login.claimedIssuer ?? '').slice(0, TEXT_MAX),
      claimedSubject: (login.claimedSubject ?? '').slice(0, TEXT_MAX),
      tokenFingerprint: login.fingerprint ?? new Uint8Array(),
    });
    this.record(generatedFacts('loginRefused', LoginRefusedSchema, message));
  }

  /** Closes the minutes that are over; `all` at the end of the process. */
  sweep(all = false): void {
    const now = this.now();
    for (const [source, window] of this.windows) {
      if (!all && window.endsAt > now) continue;
      this.windows.delete(source);
      const count = window.refusals - FULL_PER_MINUTE;
      if (count <= 0) continue;
      const message = create(LoginsSuppressedSchema, {
        source,
        count: BigInt(count),
        from: window.from,
        until: this.clock(),
      });
      this.record(generatedFacts('loginsSuppressed', LoginsSuppressedSchema, message));
    }
  }
}
