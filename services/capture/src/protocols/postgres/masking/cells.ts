import { Token } from '@steno/masking';
import { Slab } from '../slab.js';
import type { Span } from '../slab.js';

const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const NOT_BEGUN = -1;
/** Up to here bytes are copied quicker one by one. */
const SHORT_BYTES = 48;

/** What a value becomes: undefined is as it was, null is no value; a string is all ASCII. */
export type Changed = Buffer | string | Token | null | undefined;
type New = Exclude<Changed, undefined>;

/** What the value at [start, end) of the source becomes. */
export type Change = (index: number, source: Buffer, start: number, end: number) => Changed;

export interface CellsOptions {
  /** Where what changes is written. */
  readonly slab?: Slab;
  /** Bytes to be left for the caller in front of what is written. */
  readonly room?: number;
  /** Bytes before each length. */
  readonly before?: number;
}

/**
 * A run of values, each with its length before it: Int32(length or -1) Byte[length]; in records an
 * Int32(type) stands before the length. Each is looked at once; from the first that changes on
 * all is written anew, to a slab.
 */
export class Cells {
  /** False where a length leads out of the source. */
  isSound = true;
  /** Some value became none. */
  hasNewNull = false;
  private readonly source: Buffer;
  private readonly sourceEnd: number;
  private readonly slab: Slab;
  private readonly room: number;
  /** Bytes before each length. */
  private readonly before: number;
  private at: number;
  /** Up to here the source is written, once it is begun to be. */
  private from: number;
  private begun = 0;
  private to = NOT_BEGUN;

  /** `ahead`: bytes before the first value. */
  constructor({ source, start, end }: Span, ahead: number, options: CellsOptions = {}) {
    this.source = source;
    this.sourceEnd = end;
    this.at = start + ahead;
    this.from = start;
    this.slab = options.slab ?? new Slab();
    this.room = options.room ?? 0;
    this.before = options.before ?? 0;
  }

  /** Nothing stands behind the last value. */
  get isAll(): boolean {
    return this.isSound && this.at === this.sourceEnd;
  }

  /** Goes over so many of them; those without bytes stay. */
  each(count: number, change: Change): void {
    const { source, sourceEnd } = this;
    let { at } = this;
    for (let index = 0; index < count; index += 1) {
      const start = at + this.before;
      const from = start + LENGTH_BYTES;
      const length = from > sourceEnd ? NULL_LENGTH - 1 : lengthAt(source, start);
      const end = from + Math.max(0, length);
      if (length < NULL_LENGTH || end > sourceEnd) {
        this.isSound = false;
        return;
      }
      at = end;
      if (length <= 0) continue;
      const by = change(index, source, from, end);
      if (by !== undefined) this.replace(start, end, by);
    }
    this.at = at;
  }

  /** The source with what was changed, in the slab; undefined where nothing was. */
  rewritten(): Span | undefined {
    const { source, sourceEnd, from, slab } = this;
    if (this.to === NOT_BEGUN) return undefined;
    this.reserve(sourceEnd - from);
    slab.end = put(slab.bytes, this.to, { source, start: from, end: sourceEnd });
    return { source: slab.bytes, start: this.begun, end: slab.end };
  }

  /** What lies up to a value, and what is in its place. */
  private replace(start: number, end: number, by: New): void {
    const { source, from } = this;
    const length = by === null ? NULL_LENGTH : by.length;
    this.reserve(start - from + LENGTH_BYTES + Math.max(0, length));
    const { bytes } = this.slab;
    let to = put(bytes, this.to, { source, start: from, end: start });
    to = putLength(bytes, to, length);
    this.to = putValue(bytes, to, by);
    this.from = end;
    this.hasNewNull ||= by === null;
  }

  private reserve(length: number): void {
    const { slab, room } = this;
    if (this.to === NOT_BEGUN) {
      // Most is as long as it was.
      slab.reserve(room + length + this.sourceEnd - this.from);
      this.begun = slab.end;
      this.to = this.begun + room;
      return;
    }
    if (this.to + length <= slab.bytes.length) return;
    this.to = slab.move(this.begun, this.to, length + this.sourceEnd - this.from);
    this.begun = 0;
  }
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
  return value instanceof Token ? value.write(bytes, at) : at + value.copy(bytes, at);
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
