import type { WithdrawalCause } from '../../approvals/waiting.js';
import type { HeldPart } from './clearing.js';

/** Sent while a command waits; beyond it the client is not read, and its end not seen. */
const LATER_BYTES_MAX = 256 * 1024;

/** Commands of one session that wait for people, in order, and what the client sends meanwhile. */
export class HeldCommands {
  private parts: HeldPart[] = [];
  private later: Buffer[] = [];
  private laterBytes = 0;

  /** The one that everything else waits for. */
  get first(): HeldPart | undefined {
    return this.parts[0];
  }

  /** Nothing waits, and nothing came meanwhile. */
  get isIdle(): boolean {
    return this.parts.length === 0 && this.laterBytes === 0;
  }

  add(parts: readonly HeldPart[]): void {
    this.parts.push(...parts);
  }

  /** Its time has come. */
  shift(): void {
    this.parts.shift();
  }

  /** Keeps what comes meanwhile; false where there should be no more for now. */
  keep(chunk: Buffer): boolean {
    this.later.push(chunk);
    this.laterBytes += chunk.length;
    return this.laterBytes < LATER_BYTES_MAX;
  }

  /** What came meanwhile; undefined: nothing. */
  takeLater(): Buffer | undefined {
    const chunk = this.laterBytes === 0 ? undefined : Buffer.concat(this.later);
    this.later = [];
    this.laterBytes = 0;
    return chunk;
  }

  withdraw(cause: WithdrawalCause): void {
    for (const { held } of this.parts) held.waiting.withdraw(cause);
  }
}
