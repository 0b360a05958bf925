const INITIAL_BYTES = 16 * 1024;
const VARINT_BYTES_MAX = 10;
const LONG_BYTES = 8;
/** Characters; so many bytes fit a length of one byte. */
const SHORT = 0x7f;
const UINT32_VALUES = 0x1_0000_0000;

/**
 * Bytes as ClickHouse reads them: little-endian numbers, strings after their length as LEB128
 * (ClickHouse manual, Interfaces, Native).
 */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private view = viewOf(this.buffer);
  private length = 0;

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  string(text: string): void {
    const { length } = text;
    this.reserve(VARINT_BYTES_MAX + 3 * length);
    const start = this.length;
    // Most texts are short and plain, and then this is three times as fast as asking Node.
    if (length <= SHORT) {
      const { buffer } = this;
      let at = start + 1;
      let all = 0;
      for (let index = 0; index < length; index += 1) {
        const code = text.charCodeAt(index);
        all |= code;
        buffer[at] = code;
        at += 1;
      }
      if (all <= 0x7f) {
        buffer[start] = length;
        this.length = at;
        return;
      }
    }
    this.varint(Buffer.byteLength(text));
    this.length += this.buffer.write(text, this.length);
  }

  blob(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A whole number that a double holds, in 64 bits. */
  integer(value: number): void {
    this.reserve(LONG_BYTES);
    this.view.setUint32(this.length, value % UINT32_VALUES, true);
    this.view.setUint32(this.length + 4, Math.floor(value / UINT32_VALUES), true);
    this.length += LONG_BYTES;
  }

  /** In 64 bits, with a sign or without. */
  long(value: bigint): void {
    this.reserve(LONG_BYTES);
    this.view.setBigInt64(this.length, value, true);
    this.length += LONG_BYTES;
  }

  varint(value: number): void {
    this.reserve(VARINT_BYTES_MAX);
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.length] = (rest & 0x7f) | 0x80;
      this.length += 1;
      rest >>>= 7;
    }
    this.buffer[this.length] = rest;
    this.length += 1;
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
    this.view = viewOf(larger);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
