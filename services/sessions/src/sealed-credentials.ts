import type { CredentialSealed, Envelope } from '@steno/proto';

/** A secret that only the holder of the key named here can open. */
export interface SealedCredential {
  readonly name: string;
  readonly version: number;
  readonly keyId: string;
  readonly wrappedKey: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly actor: string;
  readonly sealedAt: bigint;
}

/** The sealed secrets of an installation, folded from the control topic. */
export class SealedCredentials {
  private readonly byName = new Map<string, SealedCredential>();
  /** The last version of each name; a removed secret does not come back by an older event. */
  private readonly versions = new Map<string, number>();

  all(): Iterable<SealedCredential> {
    return this.byName.values();
  }

  get(name: string): SealedCredential | undefined {
    return this.byName.get(name);
  }

  /** What the next secret of this name must have. */
  nextVersion(name: string): number {
    return (this.versions.get(name) ?? 0) + 1;
  }

  take({ facts, occurredAt }: Envelope): void {
    if (facts.case === 'credentialSealed') this.seal(facts.value, occurredAt);
    else if (facts.case === 'credentialRemoved') this.byName.delete(facts.value.name);
  }

  /** Of two that were sealed at once the first counts. */
  private seal(sealed: CredentialSealed, sealedAt: bigint): void {
    const { name, version, keyId, wrappedKey, ciphertext, actor } = sealed;
    if (version !== this.nextVersion(name)) return;
    this.versions.set(name, version);
    this.byName.set(name, { name, version, keyId, wrappedKey, ciphertext, actor, sealedAt });
  }
}
