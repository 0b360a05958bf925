const INITIAL_BYTES = 256 * 1024;
const VARINT_BYTES_MAX = 10;

/**
 * Writes rows of ClickHouse's RowBinary: little-endian numbers, strings after their length as
 * LEB128 (ClickHouse manual, Interfaces, RowBinary). Not for nullable columns.
 */
export class RowBinaryWriter {
  rows = 0;
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private length = 0;

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  string(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.reserve(VARINT_BYTES_MAX + bytes);
    this.varint(bytes);
    this.length += this.buffer.write(text, this.length);
  }

  blob(bytes: Uint8Array): void {
    this.reserve(VARINT_BYTES_MAX + bytes.length);
    this.varint(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  uint8(value: number): void {
    this.reserve(1);
    this.buffer[this.length] = value;
    this.length += 1;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.length = this.buffer.writeUInt16LE(value, this.length);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.buffer.writeUInt32LE(value, this.length);
  }

  uint64(value: bigint): void {
    this.reserve(8);
    this.length = this.buffer.writeBigUInt64LE(value, this.length);
  }

  /** A whole number that a double holds. */
  integer(value: number): void {
    this.reserve(8);
    this.buffer.writeUInt32LE(value % 0x1_0000_0000, this.length);
    this.buffer.writeUInt32LE(Math.floor(value / 0x1_0000_0000), this.length + 4);
    this.length += 8;
  }

  int64(value: bigint): void {
    this.reserve(8);
    this.length = this.buffer.writeBigInt64LE(value, this.length);
  }

  endRow(): void {
    this.rows += 1;
  }

  private varint(value: number): void {
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
  }
}
