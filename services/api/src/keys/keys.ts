import { hash, randomUUID } from 'node:crypto';
import { readProofUses } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import type { ApiKeyView } from '@steno/proto';
import { keyState, newKeyText, toRfc3339 } from '@steno/sessions';
import type { ApiKey } from '@steno/sessions';

/** The newest first; of those beyond a limit it is not looked up when they were used. */
export async function keysOf(
  reader: StoreReader,
  identity: string,
  all: readonly ApiKey[],
  atNs: bigint,
): Promise<ApiKeyView[]> {
  const own = all.filter((key) => key.identity === identity).reverse();
  const prints = own.map(({ fingerprint }) => fingerprint);
  const uses = await readProofUses(reader, identity, prints);
  return own.map((key, index) => {
    const used = uses[index];
    if (index >= uses.length) return keyView(key, atNs);
    return { ...keyView(key, atNs), usedAt: used === undefined ? null : toRfc3339(used) };
  });
}

export function keyView(key: ApiKey, atNs: bigint): ApiKeyView {
  const { keyId, name, identity, owner, groups, issuedBy, revoked } = key;
  return {
    ...{ keyId, name, identity, owner, groups },
    state: keyState(key, atNs),
    issuedAt: toRfc3339(key.issuedAt),
    issuedBy,
    expiresAt: toRfc3339(key.expiresAt),
    ...(revoked === undefined ? {} : { revokedBy: revoked.actor, reason: revoked.reason }),
  };
}

/** What is kept is a plain SHA-256: of 256 random bits nobody can try so many as to hit one. */
export function newKey() {
  const key = newKeyText();
  return { key, keyId: randomUUID(), keyDigest: hash('sha256', key, 'buffer') };
}
