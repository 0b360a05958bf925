/** A secret of control, which its key alone opens. */
export interface SealedCredentialView {
  readonly name: string;
  readonly version: number;
  readonly keyId: string;
  readonly actor: string;
  readonly sealedAt: string;
}

/** What it takes to seal the next secret of a name, or this one under another key. */
export interface SealedBoxView {
  readonly installation: string;
  readonly name: string;
  readonly nextVersion: number;
  /** Null: there is none of this name. */
  readonly sealed: SealedBox | null;
}

/** Bytes are in base64. */
export interface SealedBox {
  readonly version: number;
  readonly keyId: string;
  readonly wrappedKey: string;
  readonly ciphertext: string;
}
