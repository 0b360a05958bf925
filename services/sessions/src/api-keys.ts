import type { KeyIssued, ApiKeyState, Envelope } from '@steno/proto';

/** The issuer of sessions that keys opened; their subject is the name of the key. */
export const KEY_ISSUER = 'steno:api-key';

const SECOND_NS = 1_000_000_000n;
/** Of the SHA-256 of what proves an identity, its first bytes: its fingerprint. */
export const FINGERPRINT_BYTES = 16;

/** No key is good for longer. */
export const KEY_LIFETIME_MAX_NS = 90n * 86_400n * SECOND_NS;
/** So long after its end a key is still told of, and sessions that it opened can be cut. */
const KEPT_NS = KEY_LIFETIME_MAX_NS;

/** A key by which a bot opens sessions, as control tells of it. */
export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly identity: string;
  readonly owner: string;
  readonly groups: readonly string[];
  readonly issuedAt: bigint;
  readonly issuedBy: string;
  readonly expiresAt: bigint;
  readonly fingerprint: Uint8Array;
  readonly revoked: { readonly actor: string; readonly reason: string } | undefined;
}

/** Keys of bots, folded from the control topic. */
export class ApiKeys {
  private readonly byId = new Map<string, ApiKey>();
  /** Ids by the SHA-256 of the key, in hex. */
  private readonly byDigest = new Map<string, string>();

  all(): Iterable<ApiKey> {
    return this.byId.values();
  }

  get size(): number {
    return this.byId.size;
  }

  get(keyId: string): ApiKey | undefined {
    return this.byId.get(keyId);
  }

  /** Whatever has become of it. Whoever finds a key by its digest could not have guessed it. */
  withDigest(digest: Uint8Array): ApiKey | undefined {
    return this.byId.get(this.byDigest.get(hex(digest)) ?? '');
  }

  /** The one of this name that has not been revoked: the last. */
  named(name: string): ApiKey | undefined {
    return [...this.byId.values()].findLast(
      (key) => key.name === name && key.revoked === undefined,
    );
  }

  /** Folds an event of control; the key that was revoked by it. */
  take({ facts, occurredAt }: Envelope): ApiKey | undefined {
    switch (facts.case) {
      case 'keyIssued':
        this.forget(occurredAt);
        this.add(facts.value, occurredAt);
        return undefined;
      case 'keyRevoked': {
        const { keyId, actor, reason } = facts.value;
        const known = this.byId.get(keyId);
        if (known === undefined || known.revoked !== undefined) return undefined;
        const revoked = { ...known, revoked: { actor, reason } };
        this.byId.set(keyId, revoked);
        return revoked;
      }
      default:
        return undefined;
    }
  }

  /** One is issued once, and for no longer than any may be good. */
  private add(issued: KeyIssued, issuedAt: bigint): void {
    const { keyId, name, identity, owner, groups, actor } = issued;
    const digest = hex(issued.keyDigest);
    if (this.byId.has(keyId) || this.byDigest.has(digest)) return;
    const latest = issuedAt + KEY_LIFETIME_MAX_NS;
    const expiresAt = issued.expiresAt < latest ? issued.expiresAt : latest;
    const fingerprint = issued.keyDigest.subarray(0, FINGERPRINT_BYTES);
    const said = { keyId, name, identity, owner, groups, issuedBy: actor, fingerprint };
    this.byId.set(keyId, { ...said, issuedAt, expiresAt, revoked: undefined });
    this.byDigest.set(digest, keyId);
  }

  private forget(atNs: bigint): void {
    for (const [digest, keyId] of this.byDigest) {
      const { expiresAt = 0n } = this.byId.get(keyId) ?? {};
      if (expiresAt + KEPT_NS > atNs) continue;
      this.byDigest.delete(digest);
      this.byId.delete(keyId);
    }
  }
}

export function keyState({ expiresAt, revoked }: ApiKey, atNs: bigint): ApiKeyState {
  if (revoked !== undefined) return 'revoked';
  return atNs >= expiresAt ? 'expired' : 'good';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
