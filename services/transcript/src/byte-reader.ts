/**
 * Reads big-endian fields of one message body. It is NOT a validator by itself: a read beyond the
 * end gives zeros and sets `failed`, which the caller looks at once, when it is done.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private offset = 0;
  failed = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  uint8(): number {
    return this.take(1) ? this.view.getUint8(this.offset - 1) : 0;
  }

  int16(): number {
    return this.take(2) ? this.view.getInt16(this.offset - 2) : 0;
  }

  uint16(): number {
    return this.take(2) ? this.view.getUint16(this.offset - 2) : 0;
  }

  int32(): number {
    return this.take(4) ? this.view.getInt32(this.offset - 4) : 0;
  }

  uint32(): number {
    return this.take(4) ? this.view.getUint32(this.offset - 4) : 0;
  }

  int64(): bigint {
    return this.take(8) ? this.view.getBigInt64(this.offset - 8) : 0n;
  }

  uint64(): bigint {
    return this.take(8) ? this.view.getBigUint64(this.offset - 8) : 0n;
  }

  float32(): number {
    return this.take(4) ? this.view.getFloat32(this.offset - 4) : 0;
  }

  float64(): number {
    return this.take(8) ? this.view.getFloat64(this.offset - 8) : 0;
  }

  /** A view of the next bytes; empty, and `failed`, where there are not as many. */
  slice(length: number): Uint8Array {
    const from = this.offset;
    return this.take(length) ? this.bytes.subarray(from, from + length) : new Uint8Array();
  }

  rest(): Uint8Array {
    return this.slice(this.left);
  }

  /** Bytes up to a zero byte, which is consumed. */
  cstring(): Uint8Array {
    const end = this.bytes.indexOf(0, this.offset);
    if (end === -1) {
      this.failed = true;
      return this.rest();
    }
    const text = this.bytes.subarray(this.offset, end);
    this.offset = end + 1;
    return text;
  }

  private take(length: number): boolean {
    if (length < 0 || length > this.left) {
      this.failed = true;
      return false;
    }
    this.offset += length;
    return true;
  }
}
