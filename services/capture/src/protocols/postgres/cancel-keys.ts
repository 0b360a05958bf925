import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { BackendKey } from '@steno/wire-postgres';
import type { Target } from '../../options.js';
import { sendCancel } from './outgoing-connection.js';
import { placeOf } from './upstream.js';

const SHORT_KEY_BYTES = 4;
/** Protocol 3.2 takes up to 256. */
const LONG_KEY_BYTES = 32;
/** Of the 31 bits of a process id the upper ten say which capture it is of. */
const TAG_BITS = 10;
const NUMBER_BITS = 21;

interface Entry {
  readonly secretKey: Buffer;
  readonly target: Target;
  readonly key: BackendKey;
  readonly withdraw: () => boolean;
}

/** What the keys of a capture have in common, from one start of it to its end. */
export function tagOfBoot(boot: string): number {
  return createHash('sha256').update(boot).digest().readUInt16BE(0) >>> (16 - TAG_BITS);
}

/** The tag of whoever issued a key; of a key that no capture issues, none that there is. */
export function tagOfKey({ processId }: BackendKey): number {
  return processId >>> NUMBER_BITS;
}

/**
 * The cancel keys that clients got, and the targets' own that they stand for: a client never holds
 * a key that a target would take.
 */
export class CancelKeys {
  private readonly entries = new Map<number, Entry>();

  constructor(
    private readonly tag: number,
    private readonly timeoutMs: number,
  ) {}

  /**
   * A key for a client of protocol 3.`minor`, standing for the target's. `withdraw`: whether what
   * is canceled has not reached the target, and need not.
   */
  issue(minor: number, target: Target, key: BackendKey, withdraw: () => boolean): BackendKey {
    let processId = this.newProcessId();
    while (this.entries.has(processId)) processId = this.newProcessId();
    const secretKey = randomBytes(minor >= 2 ? LONG_KEY_BYTES : SHORT_KEY_BYTES);
    this.entries.set(processId, { secretKey, target, key, withdraw });
    return { processId, secretKey };
  }

  forget(processId: number): void {
    this.entries.delete(processId);
  }

  /**
   * Passes a cancel request on, over a connection of its own; says nothing to the client, as
   * Postgres does.
   */
  async cancel(request: BackendKey): Promise<void> {
    const entry = this.entries.get(request.processId);
    if (entry?.secretKey.length !== request.secretKey.length) return;
    if (!timingSafeEqual(entry.secretKey, request.secretKey)) return;
    if (entry.withdraw()) return;
    await sendCancel(placeOf(entry.target), entry.key, this.timeoutMs);
  }

  private newProcessId(): number {
    return this.tag * 2 ** NUMBER_BITS + randomInt(1, 2 ** NUMBER_BITS);
  }
}
