import { Buffer } from 'node:buffer';
import { Malformed, type MalformedReason } from './malformed.js';

/** Where a short scan by hand gives way to the native search, which is slow to call. */
const shortStringBytes = 48;

/** The offset of the zero byte that ends the string at `from`, or -1 where the body has none. */
export function stringEnd(body: Buffer, from: number): number {
  const stop = Math.min(body.length, from + shortStringBytes);
  for (let at = from; at < stop; at += 1) if (body[at] === 0) return at;
  return stop === body.length ? -1 : body.indexOf(0, stop);
}

/** The zero-terminated string at `offset` as a view, without its zero; undefined if unended. */
export function cString(body: Buffer, offset: number): Buffer | undefined {
  const end = stringEnd(body, offset);
  return end < 0 ? undefined : body.subarray(offset, end);
}

/**
 * Reads the fields of one body in order and never beyond it. The first field that fails stays the
 * failure: later reads give zeros and empty views, so that a decoder checks once, in `finish`, and
 * in its loops, by `failed`.
 */
export class BodyReader {
  private readonly body: Buffer;
  private position: number;
  private failure: Malformed | undefined = undefined;

  constructor(body: Buffer, offset = 0) {
    this.body = body;
    this.position = offset;
  }

  get offset(): number {
    return this.position;
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  get remaining(): number {
    return this.body.length - this.position;
  }

  uint8(): number {
    return this.has(1, 'a byte') ? this.body.readUInt8(this.advance(1)) : 0;
  }

  int16(): number {
    return this.has(2, 'an Int16') ? this.body.readInt16BE(this.advance(2)) : 0;
  }

  /** Counts are unsigned in practice: Postgres takes up to 65,535 parameters in a Bind. */
  uint16(): number {
    return this.has(2, 'an Int16') ? this.body.readUInt16BE(this.advance(2)) : 0;
  }

  int32(): number {
    return this.has(4, 'an Int32') ? this.body.readInt32BE(this.advance(4)) : 0;
  }

  uint32(): number {
    return this.has(4, 'an Int32') ? this.body.readUInt32BE(this.advance(4)) : 0;
  }

  bytes(length: number): Buffer {
    if (!this.has(length, `${length} bytes`)) return this.body.subarray(0, 0);
    const start = this.advance(length);
    return this.body.subarray(start, start + length);
  }

  /** A value with its Int32 length before it; -1 stands for null. */
  value(): Buffer | null {
    const length = this.int32();
    if (length === -1) return null;
    if (length < 0) {
      this.fail('beyond-body', `a value of length ${length}`);
      return null;
    }
    return this.bytes(length);
  }

  values(count: number): (Buffer | null)[] {
    const values: (Buffer | null)[] = [];
    for (let index = 0; index < count && !this.failed; index += 1) values.push(this.value());
    return values;
  }

  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  /** A zero-terminated string as bytes. */
  text(): Buffer {
    if (this.failed) return this.body.subarray(0, 0);
    const end = stringEnd(this.body, this.position);
    if (end < 0) {
      this.fail('missing-terminator', 'a string does not end in its message');
      return this.body.subarray(0, 0);
    }
    const start = this.position;
    this.position = end + 1;
    return this.body.subarray(start, end);
  }

  /** A zero-terminated name: one character for each byte, see `nameText`. */
  name(): string {
    const text = this.text();
    return text.length === 0 ? '' : text.toString('latin1');
  }

  /** A zero-terminated string that people read; bytes that are not UTF-8 become U+FFFD. */
  label(): string {
    return this.text().toString('utf8');
  }

  /** `count` times what `read` reads, given up at the first failure. */
  list<T>(count: number, read: () => T): T[] {
    const items: T[] = [];
    for (let index = 0; index < count && !this.failed; index += 1) items.push(read());
    return items;
  }

  fail(reason: MalformedReason, detail: string): void {
    this.failure ??= new Malformed(reason, detail);
  }

  /** The decoder's last step: `value`, if all fields were there and nothing comes after them. */
  finish<T>(value: T): T | Malformed {
    if (!this.failed && this.remaining > 0) {
      this.fail('trailing-bytes', `${this.remaining} bytes after the last field`);
    }
    return this.failure ?? value;
  }

  private has(length: number, what: string): boolean {
    if (this.failed) return false;
    if (length <= this.remaining) return true;
    this.fail('beyond-body', `${what} where ${this.remaining} bytes remain`);
    return false;
  }

  private advance(length: number): number {
    const start = this.position;
    this.position += length;
    return start;
  }
}

/**
 * A name for people. Names are decoded one character for each byte, whatever the client's encoding,
 * so that two are equal exactly when their bytes are; a lossy decoding would let two prepared
 * statements share a name. ASCII names, nearly all, read the same either way.
 */
export function nameText(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}
