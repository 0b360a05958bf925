import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash,
  hkdfSync,
  randomFillSync,
} from 'node:crypto';
import type { Hash } from 'node:crypto';
import { decodeHex } from './hex.js';

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Up to here one hash call over a copied block is quicker than an HMAC object. */
const SCRATCH_BYTES = 40 * 1024;

/**
 * The key of a session as it comes to rest: nonce, ciphertext and tag of AES-256-GCM under the
 * installation's key.
 */
export type WrappedKey = Buffer;

const POOL_KEYS = 64;
const pool = Buffer.allocUnsafeSlow(KEY_BYTES * POOL_KEYS);
let pooled = 0;

function randomKey(): Buffer {
  if (pooled === 0) {
    randomFillSync(pool);
    pooled = POOL_KEYS;
  }
  pooled -= 1;
  const at = pooled * KEY_BYTES;
  const key = Buffer.from(pool.subarray(at, at + KEY_BYTES));
  pool.fill(0, at, at + KEY_BYTES);
  return key;
}

/**
 * HMAC-SHA256 (RFC 2104) under one key, as two one-shot hashes: on the data path that is half the
 * price of an HMAC object. Not re-entrant across threads: the scratch memory is shared by all
 * instances.
 */
class Hmac {
  private static readonly inner = Buffer.allocUnsafeSlow(BLOCK_BYTES + SCRATCH_BYTES);
  private static readonly outer = Buffer.allocUnsafeSlow(BLOCK_BYTES + HASH_BYTES);
  private readonly innerPad = Buffer.alloc(BLOCK_BYTES, 0x36);
  private readonly outerPad = Buffer.alloc(BLOCK_BYTES, 0x5c);

  constructor(private readonly key: Buffer) {
    for (let i = 0; i < key.length; i++) {
      this.innerPad[i] = (this.innerPad[i] ?? 0) ^ (key[i] ?? 0);
      this.outerPad[i] = (this.outerPad[i] ?? 0) ^ (key[i] ?? 0);
    }
  }

  /** Lower-case hex of HMAC(prefix || bytes). */
  digest(prefix: Buffer, bytes: Uint8Array): string {
    const size = BLOCK_BYTES + prefix.length + bytes.length;
    if (size > Hmac.inner.length) {
      return createHmac('sha256', this.key).update(prefix).update(bytes).digest('hex');
    }
    this.innerPad.copy(Hmac.inner);
    prefix.copy(Hmac.inner, BLOCK_BYTES);
    Hmac.inner.set(bytes, BLOCK_BYTES + prefix.length);
    return this.finish(hash('sha256', Hmac.inner.subarray(0, size), 'hex'));
  }

  /** A hash that `finish` turns into the HMAC: for what comes in pieces. */
  begin(): Hash {
    return createHash('sha256').update(this.innerPad);
  }

  finish(innerHex: string): string {
    this.outerPad.copy(Hmac.outer);
    decodeHex(innerHex, Hmac.outer, BLOCK_BYTES);
    return hash('sha256', Hmac.outer, 'hex');
  }
}

export type ContentKind =
  'text' | 'binds' | 'output' | 'input' | 'error' | 'notice' | 'description' | 'claims' | 'key';

const KIND_PREFIX = new Map<string, Buffer>();
for (const kind of [
  'text',
  'binds',
  'output',
  'input',
  'error',
  'notice',
  'description',
  'claims',
  'key',
] as const) {
  KIND_PREFIX.set(kind, Buffer.from(`${kind}\0`));
}

function kindPrefix(kind: string): Buffer {
  return KIND_PREFIX.get(kind) ?? Buffer.from(`${kind}\0`);
}

/** Content that arrives in pieces: its commitment is known at the end. */
export interface RunningCommitment {
  update(bytes: Uint8Array): void;
  /** Lower-case hex; once. */
  finish(): string;
}

/**
 * The random key of one session. Commitments and keyed digests are made under keys derived from it
 * (HKDF, RFC 5869), so that whoever destroys it makes erased text unguessable.
 */
export class SessionKey {
  private readonly commitments: Hmac;
  private readonly digests: Hmac;

  private constructor(private readonly secret: Buffer) {
    this.commitments = new Hmac(derive(secret, 'steno/v1/commitment'));
    this.digests = new Hmac(derive(secret, 'steno/v1/digest'));
  }

  static generate(): SessionKey {
    return new SessionKey(randomKey());
  }

  /** Undefined when `wrapped` was not made under this installation key. */
  static unwrap(wrapped: Uint8Array, installationKey: Buffer): SessionKey | undefined {
    if (wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(
      'aes-256-gcm',
      installationKey,
      wrapped.subarray(0, NONCE_BYTES),
    );
    decipher.setAuthTag(wrapped.subarray(NONCE_BYTES + KEY_BYTES));
    const body = wrapped.subarray(NONCE_BYTES, NONCE_BYTES + KEY_BYTES);
    try {
      return new SessionKey(Buffer.concat([decipher.update(body), decipher.final()]));
    } catch {
      return undefined; // the tag does not fit: another key, or changed bytes
    }
  }

  wrap(installationKey: Buffer): WrappedKey {
    const nonce = randomFillSync(Buffer.alloc(NONCE_BYTES));
    const cipher = createCipheriv('aes-256-gcm', installationKey, nonce);
    return Buffer.concat([nonce, cipher.update(this.secret), cipher.final(), cipher.getAuthTag()]);
  }

  /** Commitment to a piece of content in lower-case hex: HMAC-SHA256(k, kind || 0x00 || bytes). */
  commit(kind: string, bytes: Uint8Array): string {
    return this.commitments.digest(kindPrefix(kind), bytes);
  }

  beginCommitment(kind: ContentKind): RunningCommitment {
    return this.running(this.commitments, kindPrefix(kind));
  }

  /** Keyed digest of a response whose output is not kept whole. */
  beginDigest(): RunningCommitment {
    return this.running(this.digests, Buffer.alloc(0));
  }

  digest(bytes: Uint8Array): string {
    return this.digests.digest(Buffer.alloc(0), bytes);
  }

  private running(hmac: Hmac, prefix: Buffer): RunningCommitment {
    const inner = hmac.begin().update(prefix);
    return {
      update: (bytes) => void inner.update(bytes),
      finish: () => hmac.finish(inner.digest('hex')),
    };
  }
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), purpose, KEY_BYTES));
}
