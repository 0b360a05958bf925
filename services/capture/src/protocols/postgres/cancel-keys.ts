import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { BackendKey } from '@steno/wire-postgres';
import { encodeCancelRequest } from '@steno/wire-postgres';
import type { Target } from '../../options.js';
import { openSocket } from './upstream.js';

const SHORT_KEY_BYTES = 4;
/** Protocol 3.2 takes up to 256. */
const LONG_KEY_BYTES = 32;

interface Entry {
  readonly secretKey: Buffer;
  readonly target: Target;
  readonly key: BackendKey;
}

/**
 * The cancel keys that clients got, and the targets' own that they stand for: a client never holds
 * a key that a target would take.
 */
export class CancelKeys {
  private readonly entries = new Map<number, Entry>();

  constructor(private readonly timeoutMs: number) {}

  /** A key for a client of protocol 3.`minor`, standing for the target's. */
  issue(minor: number, target: Target, key: BackendKey): BackendKey {
    let processId = randomInt(1, 0x7fff_ffff);
    while (this.entries.has(processId)) processId = randomInt(1, 0x7fff_ffff);
    const secretKey = randomBytes(minor >= 2 ? LONG_KEY_BYTES : SHORT_KEY_BYTES);
    this.entries.set(processId, { secretKey, target, key });
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
    const socket = await openSocket(entry.target, this.timeoutMs);
    if ('name' in socket) return;
    const timer = setTimeout(() => socket.destroy(), this.timeoutMs);
    await new Promise<void>((resolve) => {
      socket.once('close', resolve);
      socket.once('error', () => {
        resolve();
      });
      socket.end(encodeCancelRequest(entry.key.processId, entry.key.secretKey));
      socket.resume();
    });
    clearTimeout(timer);
  }
}
