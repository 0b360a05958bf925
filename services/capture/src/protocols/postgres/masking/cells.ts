import { Token } from '@steno/masking';
import { Slab, viewOf } from '../slab.js';
import type { Span } from '../slab.js';

const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const NOT_BEGUN = -1;
const WORD_BYTES = 4;
/** Up to here bytes are copied quicker word by word. */
const SHORT_BYTES = 160;
/** The same of characters, one by one. */
const SHORT_TEXT = 48;
const NOTHING = Buffer.alloc(0);

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
  private source: Buffer = NOTHING;
  private view = viewOf(NOTHING);
  private sourceEnd = 0;
  private readonly slab: Slab;
  private readonly room: number;
  /** Bytes before each length. */
  private readonly before: number;
  private at = 0;
  /** Up to here the source is written, once it is begun to be. */
  private from = 0;
  private begun = 0;
  private to = NOT_BEGUN;

  constructor(options: CellsOptions = {}) {
    this.slab = options.slab ?? new Slab();
    this.room = options.room ?? 0;
    this.before = options.before ?? 0;
  }

  /** Begins with the next source; `ahead`: bytes before its first value. */
  begin({ source, start, end }: Span, ahead: number): this {
    if (source !== this.source) {
      this.source = source;
      this.view = viewOf(source);
    }
    this.sourceEnd = end;
    this.at = start + ahead;
    this.from = start;
    this.to = NOT_BEGUN;
    this.isSound = true;
    this.hasNewNull = false;
    return this;
  }

  /** Nothing stands behind the last value. */
  get isAll(): boolean {
    return this.isSound && this.at === this.sourceEnd;
  }

  /** Goes over so many of them; those without bytes stay. */
  each(count: number, change: Change): void {
    const { source, view, sourceEnd } = this;
    let { at } = this;
    for (let index = 0; index < count; index += 1) {
      const start = at + this.before;
      const from = start + LENGTH_BYTES;
      const length = from > sourceEnd ? NULL_LENGTH - 1 : view.getInt32(start);
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
    const { sourceEnd, from, slab } = this;
    if (this.to === NOT_BEGUN) return undefined;
    this.reserve(sourceEnd - from);
    this.copy(sourceEnd);
    slab.end = this.to;
    return { source: slab.bytes, start: this.begun, end: slab.end };
  }

  /** What lies up to a value, and what is in its place. */
  private replace(start: number, end: number, by: New): void {
    const length = by === null ? NULL_LENGTH : by.length;
    this.reserve(start - this.from + LENGTH_BYTES + Math.max(0, length));
    this.copy(start);
    const { slab } = this;
    slab.view.setInt32(this.to, length);
    this.to = putValue(slab, this.to + LENGTH_BYTES, by);
    this.from = end;
    this.hasNewNull ||= by === null;
  }

  /** The source as it is, up to `end`. */
  private copy(end: number): void {
    const { source, slab, from, to } = this;
    const { bytes, view } = slab;
    this.from = end;
    this.to = to + end - from;
    if (end - from > SHORT_BYTES) {
      source.copy(bytes, to, from, end);
      return;
    }
    const ahead = to - from;
    let at = from;
    for (; at + WORD_BYTES <= end; at += WORD_BYTES) {
      view.setInt32(at + ahead, this.view.getInt32(at, true), true);
    }
    for (; at < end; at += 1) bytes[at + ahead] = source[at] as number;
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

function putValue({ bytes, view }: Pick<Slab, 'bytes' | 'view'>, at: number, value: New): number {
  if (value === null) return at;
  if (typeof value === 'string') return putText(bytes, at, value);
  return value instanceof Token ? value.write(view, at) : at + value.copy(bytes, at);
}

function putText(bytes: Buffer, at: number, text: string): number {
  if (text.length > SHORT_TEXT) return at + bytes.write(text, at, 'latin1');
  for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}
