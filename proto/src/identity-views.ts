/** observed: it was seen, and nobody has said anything of it. */
export type IdentityState =
  'observed' | 'declared' | 'approved' | 'suspended' | 'revoked' | 'expired';

/** Who acts, as far as its sessions and people tell. */
export interface IdentityView {
  readonly identity: string;
  readonly state: IdentityState;
  /** Declared for it, or else as its last token had it; null: neither is known. */
  readonly issuer: string | null;
  /** Of its last token; null: it was not seen. */
  readonly subject: string | null;
  /** Of its last token, where that is not the one that was declared. */
  readonly seenIssuer?: string;
  /** Of the declaration. */
  readonly subjectPattern?: string;
  /** The declaration that speaks for it, where that has another name. */
  readonly through?: string;
  /** An accountable person; empty: nobody is named. */
  readonly owner: string;
  readonly team: string;
  readonly purpose: string;
  readonly environment: string;
  readonly expiresAt: string | null;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly sessions: number;
  readonly commands: number;
  readonly errors: number;
  /** The token of its last session; null: it was not seen. */
  readonly credential: {
    readonly usedAt: string;
    /** null: it does not say. */
    readonly issuedAt: string | null;
    readonly expiresAt: string | null;
  } | null;
}

/** What somebody said of an identity. */
export interface LifecycleView {
  /** expired: nobody said so, its time was over. */
  readonly said:
    'declared' | 'approved' | 'owner-changed' | 'suspended' | 'resumed' | 'revoked' | 'expired';
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  /** Who answered for it from then on. */
  readonly owner?: string;
  /** Why it does not count. */
  readonly void?: string;
}

export interface IdentityCommandView {
  readonly sessionId: string;
  readonly position: number;
  readonly at: string;
  readonly target: string;
  readonly kind: string;
  /** The first 200 characters; null where it was erased or has expired. */
  readonly text: string | null;
  /** null: it runs, or waits. */
  readonly status: string | null;
  readonly errorCode: string | null;
}

export interface IdentityDetailView extends IdentityView {
  readonly groups: readonly string[];
  readonly targets: readonly {
    readonly target: string;
    readonly sessions: number;
    readonly commands: number;
    readonly errors: number;
    readonly lastSeen: string;
  }[];
  /** Its last commands within the time of `activity`, the newest first. */
  readonly recent: readonly IdentityCommandView[];
  /** Commands by hour of the week in a time zone; hours without any are left out. */
  readonly activity: {
    readonly from: string;
    /** As IANA names it. */
    readonly zone: string;
    readonly hours: readonly {
      /** Monday is 1. */
      readonly weekday: number;
      readonly hour: number;
      readonly commands: number;
    }[];
  };
  /** Oldest first. */
  readonly lifecycle: readonly LifecycleView[];
}

/** How an identity stands after something was said of it. */
export interface IdentityStandingView {
  readonly identity: string;
  readonly state: IdentityState;
  readonly owner: string;
}
