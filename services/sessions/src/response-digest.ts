import { createHash, hash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { RunningCommitment, SessionKey } from './session-key.js';

const FIRST_BYTES = 2 * 1024;
const CHUNK_BYTES = 64 * 1024;

export interface DigestResult {
  /** Lower-case hex, or empty where the keyed one stands instead. */
  readonly sha256: string;
  readonly hmac: string;
}

/**
 * Digest over bytes that come in many small pieces. Pieces are gathered, since a hash call costs
 * more than copying a row: a small response is hashed in one call, a large one by 64 KiB. Which
 * digest is told is known only at the end (plain where the output was kept whole, keyed where not),
 * so a large response runs both until the plain one is given up.
 */
export class ResponseDigest {
  /** Bytes added since the last `finish`. */
  bytes = 0;
  private gathered: Buffer | undefined;
  private gatheredBytes = 0;
  private plain: Hash | undefined;
  private keyed: RunningCommitment | undefined;
  private plainGivenUp = false;

  constructor(private readonly key: SessionKey) {}

  add(source: Buffer, start: number, end: number): void {
    let at = start;
    this.bytes += end - start;
    while (at < end) {
      const room = this.room(end - at);
      const take = Math.min(room.length - this.gatheredBytes, end - at);
      source.copy(room, this.gatheredBytes, at, at + take);
      this.gatheredBytes += take;
      at += take;
    }
  }

  /** The output will not be kept whole: only the keyed digest will be told. */
  giveUpPlain(): void {
    this.plainGivenUp = true;
    this.plain = undefined;
  }

  finish(): DigestResult {
    const rest = this.gathered?.subarray(0, this.gatheredBytes) ?? Buffer.alloc(0);
    const keyed = this.plainGivenUp;
    const result = { sha256: '', hmac: '' };
    if (this.keyed === undefined) {
      if (keyed) result.hmac = this.key.digest(rest);
      else result.sha256 = hash('sha256', rest, 'hex');
    } else {
      this.flush();
      if (keyed) result.hmac = this.keyed.finish();
      else result.sha256 = this.plain?.digest('hex') ?? '';
    }
    this.reset();
    return result;
  }

  private reset(): void {
    this.bytes = 0;
    this.gatheredBytes = 0;
    if (this.keyed !== undefined) this.gathered = undefined;
    this.plain = undefined;
    this.keyed = undefined;
    this.plainGivenUp = false;
  }

  private room(wanted: number): Buffer {
    const { gathered } = this;
    if (gathered === undefined) {
      this.gathered = Buffer.allocUnsafe(Math.max(FIRST_BYTES, Math.min(wanted, CHUNK_BYTES)));
      return this.gathered;
    }
    if (this.gatheredBytes + wanted <= gathered.length) return gathered;
    if (gathered.length < CHUNK_BYTES) {
      const size = Math.min(
        CHUNK_BYTES,
        Math.max(gathered.length * 4, this.gatheredBytes + wanted),
      );
      this.gathered = Buffer.allocUnsafe(size);
      gathered.copy(this.gathered, 0, 0, this.gatheredBytes);
      return this.gathered;
    }
    if (this.gatheredBytes === gathered.length) this.flush();
    return gathered;
  }

  private flush(): void {
    const bytes = this.gathered?.subarray(0, this.gatheredBytes);
    if (bytes === undefined) return;
    if (!this.plainGivenUp) {
      this.plain ??= createHash('sha256');
      this.plain.update(bytes);
    }
    this.keyed ??= this.key.beginDigest();
    this.keyed.update(bytes);
    this.gatheredBytes = 0;
  }
}
