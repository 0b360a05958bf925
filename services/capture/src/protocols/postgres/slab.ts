const FIRST_BYTES = 1024;
const MOST_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** Bytes of `source` from `start` to `end`. */
export interface Span {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

export function spanOf(bytes: Buffer): Span {
  return { source: bytes, start: 0, end: bytes.length };
}

export function bytesOf({ source, start, end }: Span): Buffer {
  return source.subarray(start, end);
}

export function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/**
 * Where what replaces messages is written, one behind the other: rows that lie side by side go out
 * and are kept as one piece. What was written never moves, and its memory is not used again.
 */
export class Slab {
  bytes = NOTHING;
  view = viewOf(NOTHING);
  /** Where the next byte is to be written. */
  end = 0;

  constructor(private next = 0) {}

  /** Makes room for so many bytes from `end` on. */
  reserve(length: number): void {
    if (this.end + length > this.bytes.length) this.begin(length);
  }

  /** Takes what is being written to the start of new memory, with room for more; its end there. */
  move(start: number, end: number, more: number): number {
    const { bytes } = this;
    this.begin(end - start + more);
    return bytes.copy(this.bytes, 0, start, end);
  }

  private begin(length: number): void {
    this.bytes = Buffer.allocUnsafe(Math.max(this.next, length));
    this.view = viewOf(this.bytes);
    this.next = Math.min(MOST_BYTES, 4 * this.next);
    this.end = 0;
  }
}

/** One for many messages: the more come, the more memory it takes at a time. */
export const slabForMany = () => new Slab(FIRST_BYTES);
