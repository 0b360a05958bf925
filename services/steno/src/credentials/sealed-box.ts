import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  hash,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Secrets are filled up to a multiple of it, so that their length is not told. */
const BLOCK_BYTES = 64;
const FILLING = 0x80;
/** The longest secret. */
export const SECRET_BYTES_MAX = 4 * 1024;

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

/** What a box is for; for anything else it does not open. */
export interface BoxPurpose {
  readonly installation: string;
  readonly name: string;
  readonly version: number;
}

/** A secret that takes the private half of a key to open. */
export interface SealedBox {
  readonly keyId: string;
  readonly wrappedKey: Uint8Array;
  /** Nonce, ciphertext, tag. */
  readonly ciphertext: Uint8Array;
}

/**
 * Where the keys that open boxes are: a file, or a key management service. It is given the wrapped
 * key of one box and hands out that key alone (RSA-OAEP with SHA-256). Rejects with a message for
 * the operator.
 */
export interface KeyStore {
  unwrap(keyId: string, wrappedKey: Uint8Array): Promise<Buffer>;
}

/** Anybody who has the public half can seal. */
export function sealSecret(secret: string, publicKey: string, purpose: BoxPurpose): SealedBox {
  const keyId = keyIdOf(publicKey);
  const key = randomBytes(KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(boundTo(purpose, keyId));
  const sealed = [cipher.update(filled(Buffer.from(secret))), cipher.final()];
  return {
    keyId,
    wrappedKey: publicEncrypt({ key: publicKey, ...OAEP }, key),
    ciphertext: Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]),
  };
}

/** Rejects with a message for the operator, which says nothing of the secret. */
export async function openSecret(
  { keyId, wrappedKey, ciphertext }: SealedBox,
  keys: KeyStore,
  purpose: BoxPurpose,
): Promise<string> {
  const { name, version } = purpose;
  const key = await keys.unwrap(keyId, wrappedKey);
  try {
    const bytes = Buffer.from(ciphertext);
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(purpose, keyId))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return emptied(Buffer.concat([opened, decipher.final()]));
  } catch {
    throw new Error(`sealed:${name} of version ${version} is damaged, or was sealed for another`);
  } finally {
    key.fill(0);
  }
}

/** The name of a key, by its public half. */
export function keyIdOf(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' });
  return hash('sha256', der, 'hex').slice(0, 16);
}

function boundTo({ installation, name, version }: BoxPurpose, keyId: string): Buffer {
  return Buffer.from(['steno/v1/credential', installation, name, version, keyId].join('\0'));
}

function filled(secret: Buffer): Buffer {
  const room = BLOCK_BYTES - (secret.length % BLOCK_BYTES);
  const filling = Buffer.alloc(room);
  filling[0] = FILLING;
  return Buffer.concat([secret, filling]);
}

function emptied(bytes: Buffer): string {
  return bytes.subarray(0, bytes.lastIndexOf(FILLING)).toString('utf8');
}
