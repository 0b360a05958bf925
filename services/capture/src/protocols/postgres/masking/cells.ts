import { tokenLength, writeToken } from '@steno/masking';
import type { Token } from '@steno/masking';
import { Slab } from '../slab.js';
import type { Span } from '../slab.js';

const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
/** Up to here bytes are copied quicker one by one. */
const SHORT_BYTES = 48;

/** What a value becomes: undefined is as it was, null is no value; a string is all ASCII. */
export type Changed = Buffer | string | Token | null | undefined;
type New = Exclude<Changed, undefined>;

interface Change {
  /** Of its length and value in the source. */
  readonly start: number;
  readonly end: number;
  readonly by: New;
}

/**
 * A run of values, each with its length before it: Int32(length or -1) Byte[length]; in records an
 * Int32(type) stands before the length. Each is looked at once, and what none changes is not
 * copied.
 */
export class Cells {
  /** False where a length leads out of the source. */
  isSound = true;
  /** Some value became none. */
  hasNewNull = false;
  private readonly changes: Change[] = [];
  private readonly source: Buffer;
  private readonly sourceStart: number;
  private readonly sourceEnd: number;
  private at: number;

  constructor(
    { source, start, end }: Span,
    /** Bytes before the first value. */
    ahead: number,
    /** Bytes before each length. */
    private readonly before = 0,
  ) {
    this.source = source;
    this.sourceStart = start;
    this.sourceEnd = end;
    this.at = start + ahead;
  }

  /** Nothing stands behind the last value. */
  get isAll(): boolean {
    return this.isSound && this.at === this.sourceEnd;
  }

  /**
   * Goes over so many of them. `change` is told where in the source each value lies; it is not
   * asked for those that `skips` says nothing changes.
   */
  each(
    count: number,
    change: (index: number, start: number, end: number) => Changed,
    skips?: (index: number) => boolean,
  ): void {
    const { source, sourceEnd } = this;
    for (let index = 0; index < count; index += 1) {
      const start = this.at + this.before;
      const from = start + LENGTH_BYTES;
      const length = from > sourceEnd ? NULL_LENGTH - 1 : lengthAt(source, start);
      const end = from + Math.max(0, length);
      if (length < NULL_LENGTH || end > sourceEnd) {
        this.isSound = false;
        return;
      }
      this.at = end;
      if (length <= 0 || skips?.(index) === true) continue;
      const by = change(index, from, end);
      if (by === undefined) continue;
      this.changes.push({ start, end, by });
      this.hasNewNull ||= by === null;
    }
  }

  /**
   * The source with what was changed, written to a slab behind so many bytes that the caller fills;
   * undefined where nothing was changed.
   */
  rewritten(slab = new Slab(), ahead = 0): Span | undefined {
    const { changes, source, sourceStart, sourceEnd } = this;
    if (changes.length === 0) return undefined;
    let length = ahead + sourceEnd - sourceStart;
    for (const { start, end, by } of changes) {
      length += LENGTH_BYTES + Math.max(0, lengthOf(by)) - (end - start);
    }
    slab.reserve(length);
    const { bytes, end: begun } = slab;
    let to = begun + ahead;
    let from = sourceStart;
    for (const { start, end, by } of changes) {
      to = put(bytes, to, { source, start: from, end: start });
      to = putLength(bytes, to, lengthOf(by));
      to = putValue(bytes, to, by);
      from = end;
    }
    slab.end = put(bytes, to, { source, start: from, end: sourceEnd });
    return { source: bytes, start: begun, end: slab.end };
  }
}

function lengthOf(by: New): number {
  if (by === null) return NULL_LENGTH;
  return typeof by === 'string' || 'length' in by ? by.length : tokenLength(by);
}

/** Several times faster than `readInt32BE`, whose checks the caller has made. */
function lengthAt(source: Buffer, at: number): number {
  const high = ((source[at] as number) << 24) | ((source[at + 1] as number) << 16);
  return high | ((source[at + 2] as number) << 8) | (source[at + 3] as number);
}

function putLength(bytes: Buffer, at: number, length: number): number {
  bytes[at] = length >> 24;
  bytes[at + 1] = length >> 16;
  bytes[at + 2] = length >> 8;
  bytes[at + 3] = length;
  return at + LENGTH_BYTES;
}

function putValue(bytes: Buffer, at: number, value: New): number {
  if (value === null) return at;
  if (typeof value === 'string') return putText(bytes, at, value);
  return 'length' in value ? at + value.copy(bytes, at) : writeToken(value, bytes, at);
}

function putText(bytes: Buffer, at: number, text: string): number {
  if (text.length > SHORT_BYTES) return at + bytes.write(text, at, 'latin1');
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function put(bytes: Buffer, at: number, { source, start, end }: Span): number {
  if (end - start > SHORT_BYTES) return at + source.copy(bytes, at, start, end);
  for (let index = start; index < end; index += 1)
    bytes[at + index - start] = source[index] as number;
  return at + end - start;
}
