import { Buffer } from 'node:buffer';

const defaultBodyBytes = 128;

/**
 * Builds one message: its fields in order, then `finish`, which fills the length in. A zero byte
 * inside a string throws, since sent it would let the rest of the string pass for other fields.
 */
export class MessageWriter {
  private buffer: Buffer;
  private used: number;
  private readonly lengthAt: number;

  /** `type` is undefined for start-up packets, which have none. */
  constructor(type: number | undefined, bodyBytes = defaultBodyBytes) {
    this.lengthAt = type === undefined ? 0 : 1;
    this.used = this.lengthAt + 4;
    this.buffer = Buffer.allocUnsafe(this.used + bodyBytes);
    if (type !== undefined) this.buffer[0] = type;
  }

  uint8(value: number): this {
    const at = this.take(1);
    this.buffer.writeUInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.take(2);
    this.buffer.writeInt16BE(value, at);
    return this;
  }

  uint16(value: number): this {
    const at = this.take(2);
    this.buffer.writeUInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.take(4);
    this.buffer.writeInt32BE(value, at);
    return this;
  }

  uint32(value: number): this {
    const at = this.take(4);
    this.buffer.writeUInt32BE(value, at);
    return this;
  }

  bytes(value: Buffer): this {
    const at = this.take(value.length);
    value.copy(this.buffer, at);
    return this;
  }

  /** A zero-terminated string; a `string` as UTF-8. */
  text(value: Buffer | string): this {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    if (bytes.includes(0)) throw new RangeError('a zero byte inside a string of a message');
    return this.bytes(bytes).uint8(0);
  }

  /** A zero-terminated name as decoders give it: each character is a byte (`nameText`). */
  name(value: string): this {
    for (let index = 0; index < value.length; index += 1) {
      if (value.charCodeAt(index) > 0xff) throw new RangeError('a name with more than bytes in it');
    }
    return this.text(Buffer.from(value, 'latin1'));
  }

  /** A value with its Int32 length before it; -1 for null. */
  value(value: Buffer | null): this {
    return value === null ? this.int32(-1) : this.int32(value.length).bytes(value);
  }

  /** An Int16 count, then each item as `write` writes it. */
  list<T>(items: readonly T[], write: (item: T) => void): this {
    this.uint16(items.length);
    for (const item of items) write(item);
    return this;
  }

  finish(): Buffer {
    this.buffer.writeUInt32BE(this.used - this.lengthAt, this.lengthAt);
    return this.buffer.subarray(0, this.used);
  }

  private take(bytes: number): number {
    const at = this.used;
    this.used += bytes;
    if (this.used > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.used, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, at);
      this.buffer = grown;
    }
    return at;
  }
}
