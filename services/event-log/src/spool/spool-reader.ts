import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { KAFKA_LIMITS } from '../kafka/options.js';
import { SEGMENT_MAGIC, readFrame } from './frame.js';
import type { Frame } from './frame.js';
import type { SpoolPlace } from './shipped-mark.js';
import type { Spool } from './spool.js';

const READ_BYTES = 2 * 1024 * 1024;

/** Frames for one request, none at the end of a segment, and the place behind them. */
export interface SpoolPiece {
  readonly frames: readonly Frame[];
  readonly end: SpoolPlace;
}

/** Reads a spool in order, across its segments. */
export class SpoolReader {
  private place: SpoolPlace;

  constructor(
    private readonly spool: Spool,
    /** Told of what cannot be read and is left out. */
    private readonly onDamage: (message: string, details: object) => void,
  ) {
    this.place = spool.shippedUpTo;
  }

  /** What comes next, of about one request; undefined where nothing more is there yet. */
  async next(): Promise<SpoolPiece | undefined> {
    const segment = this.spool.segmentAt(this.place);
    if (segment === undefined) return undefined;
    const { number, path, size, isActive } = segment;
    const offset = number === this.place.segment ? this.place.offset : 0;
    const file = await open(path, 'r');
    try {
      const from = Math.max(offset, SEGMENT_MAGIC.length);
      const found = await this.read(file, from, size);
      if (found.frames.length > 0) {
        this.place = { segment: number, offset: found.end };
        return { frames: found.frames, end: this.place };
      }
      if (isActive) return undefined;
      if (found.broken !== undefined) await this.leave(number, found.end, found.broken);
      this.place = { segment: number + 1, offset: 0 };
      return { frames: [], end: this.place };
    } finally {
      await file.close();
    }
  }

  /** Frames from an offset on. With none, `broken` says why, unless its end is there or torn. */
  private async read(file: FileHandle, from: number, size: number) {
    const frames: Frame[] = [];
    let bytes = await readAt(file, from, Math.min(READ_BYTES, size - from));
    let at = 0;
    let taken = 0;
    for (;;) {
      const found = readFrame(bytes, at);
      if ('frame' in found) {
        taken += found.end - at;
        if (frames.length > 0 && taken > KAFKA_LIMITS.requestBytesMax) break;
        frames.push(found.frame);
        at = found.end;
        continue;
      }
      if (frames.length > 0) break;
      if ('broken' in found) {
        // A power cut leaves zeros where a write did not come to the disk.
        const isTorn = bytes.every((byte) => byte === 0);
        return { frames, end: from, broken: isTorn ? undefined : found.broken };
      }
      if (found.needs > size - from) break;
      bytes = await readAt(file, from, found.needs);
    }
    return { frames, end: from + at, broken: undefined };
  }

  private async leave(number: number, offset: number, reason: string): Promise<void> {
    await this.spool.setAside(number);
    this.onDamage('a segment of the spool is damaged; what follows in it was not shipped', {
      segment: number,
      offset,
      reason,
    });
  }
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}
