import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Has a browser keep what this process alone can read and write, so that strangers cannot fill its
 * memory. The key lives as long as the process.
 */
export class Seal<Value> {
  private readonly key = randomBytes(32);

  constructor(private readonly now: () => number) {}

  close(value: Value, forMs: number): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    const text = JSON.stringify({ value, until: this.now() + forMs });
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Undefined where we did not seal it, or its time is over. */
  open(text: string): Value | undefined {
    const bytes = Buffer.from(text, 'base64url');
    const iv = bytes.subarray(0, IV_BYTES);
    const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
    if (tag.length !== TAG_BYTES) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.key, iv);
    decipher.setAuthTag(tag);
    const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    const { value, until } = JSON.parse(opened.toString('utf8')) as Sealed<Value>;
    return this.now() < until ? value : undefined;
  }
}

interface Sealed<Value> {
  readonly value: Value;
  readonly until: number;
}
