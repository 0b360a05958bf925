/** How a key of a bot stands. */
export type ApiKeyState = 'good' | 'expired' | 'revoked';

/** A key of a bot; the key itself is kept nowhere. */
export interface ApiKeyView {
  readonly keyId: string;
  readonly name: string;
  readonly identity: string;
  /** An accountable person. */
  readonly owner: string;
  readonly groups: readonly string[];
  readonly state: ApiKeyState;
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly expiresAt: string;
  /** When it opened a session last; null: never. Absent: it was not asked for by identity. */
  readonly usedAt?: string | null;
  /** Absent: nobody has. */
  readonly revokedBy?: string;
  readonly reason?: string;
}

export interface NewApiKeyView extends ApiKeyView {
  /** Shown this once. */
  readonly key: string;
}
