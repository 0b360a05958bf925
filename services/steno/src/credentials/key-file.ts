import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../cli/errors.js';
import {
  createPrivateFile,
  readPrivateFile,
  writePrivateFile,
} from '../data-directory/private-file.js';
import { keyIdOf } from './sealed-box.js';
import type { KeyStore } from './sealed-box.js';

const MODULUS_BITS = 3072;
const PRIVATE_KEYS = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/g;

/**
 * Private keys in PEM, the newest first, in a file that its owner alone can read; beside it, in
 * PATH.pub, the public half of the newest, with which secrets are sealed. It is read anew each
 * time, so that keys can be replaced while processes run.
 */
export class KeyFile implements KeyStore {
  constructor(private readonly path: string) {}

  /** Whether something can be sealed, though perhaps not opened here. */
  get isThere(): boolean {
    return existsSync(this.publicPath) || existsSync(this.path);
  }

  /** @throws CliError `key-exposed` */
  get canOpen(): boolean {
    return this.keys().length > 0;
  }

  unwrap(keyId: string, wrappedKey: Uint8Array): Promise<Buffer> {
    // What goes wrong here is told to whoever waits, never thrown at whoever calls.
    return new Promise((resolve) => {
      resolve(this.unwrapNow(keyId, wrappedKey));
    });
  }

  /**
   * False where there is one already.
   *
   * @throws CliError `no-credential-key` where there is no folder for it: this is no gateway's host
   */
  create(): boolean {
    if (!existsSync(dirname(this.path))) throw this.missing();
    const made = newKey();
    if (!createPrivateFile(this.path, made)) return false;
    this.publish(made);
    return true;
  }

  /** From now on secrets are sealed with a new key; the others still open what they did. */
  add(): void {
    const made = newKey();
    writePrivateFile(this.path, made + this.keys().join(''));
    this.publish(made);
  }

  /** Forgets all but the newest. */
  prune(): void {
    writePrivateFile(this.path, this.keys().slice(0, 1).join(''));
  }

  /** With which secrets are sealed. */
  get publicKey(): string {
    const path = this.publicPath;
    if (existsSync(path)) return readFileSync(path, 'utf8');
    const [newest] = this.keys();
    if (newest === undefined) throw this.missing();
    return publicHalf(newest);
  }

  private missing(): CliError {
    return new CliError('no-credential-key', `It would be ${this.path}.`);
  }

  private get publicPath(): string {
    return `${this.path}.pub`;
  }

  private publish(privateKey: string): void {
    writeFileSync(this.publicPath, publicHalf(privateKey));
  }

  private keys(): readonly string[] {
    return readPrivateFile(this.path)?.match(PRIVATE_KEYS) ?? [];
  }

  private unwrapNow(keyId: string, wrappedKey: Uint8Array): Buffer {
    const key = this.keys().find((candidate) => keyIdOf(publicHalf(candidate)) === keyId);
    if (key === undefined) throw new Error(`the key ${keyId} is not in ${this.path}`);
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      return privateDecrypt({ key, padding, oaepHash: 'sha256' }, wrappedKey);
    } catch {
      throw new Error(`what is wrapped for the key ${keyId} is damaged`);
    }
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function publicHalf(privateKey: string): string {
  const half = createPublicKey(createPrivateKey(privateKey));
  return half.export({ type: 'spki', format: 'pem' }).toString();
}
