import { decodeHex } from './hex.js';

const TWO_32 = 0x1_0000_0000;
/** Up to here the length is one byte, and a loop over ASCII is quicker than a call of Buffer's. */
const SHORT_STRING = 0x7f;

/**
 * Writes protobuf's wire format (protobuf.dev, "Encoding") straight into one growing buffer. It
 * exists for the data path, where two messages are written per command; everything else uses the
 * generated code, and tests hold both against each other byte for byte. It is not a general
 * encoder: fields come in ascending order, by the caller's care.
 */
export class ProtoWriter {
  buffer: Buffer;
  length = 0;
  private view: DataView;

  constructor(initialBytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.view = new DataView(this.buffer.buffer);
  }

  reset(): void {
    this.length = 0;
  }

  bytesWritten(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Makes room for `extra` more bytes. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }

  /** A varint without its tag; whole numbers from 0 to 2^53 - 1. */
  rawVarint(value: number): void {
    this.reserve(10);
    const { buffer } = this;
    let at = this.length;
    let rest = value;
    while (rest >= TWO_32) {
      buffer[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    rest = rest >>> 0;
    while (rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.length = at;
  }

  /** Leaves out 0, as proto3 does. */
  varint(field: number, value: number): void {
    if (value === 0) return;
    this.rawVarint(field * 8);
    this.rawVarint(value);
  }

  sfixed64(field: number, value: bigint): void {
    if (value === 0n) return;
    this.rawVarint(field * 8 + 1);
    this.reserve(8);
    this.view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.rawVarint(field * 8 + 2);
    this.rawVarint(value.length);
    this.raw(value);
  }

  /** `hex` as the bytes it stands for. */
  hex(field: number, hex: string): void {
    const size = hex.length >>> 1;
    if (size === 0) return;
    this.rawVarint(field * 8 + 2);
    this.rawVarint(size);
    this.reserve(size);
    decodeHex(hex, this.buffer, this.length);
    this.length += size;
  }

  string(field: number, value: string): void {
    if (value.length === 0) return;
    this.rawVarint(field * 8 + 2);
    if (value.length <= SHORT_STRING && this.shortAscii(value)) return;
    const size = Buffer.byteLength(value);
    this.rawVarint(size);
    this.reserve(size);
    this.buffer.write(value, this.length, size, 'utf8');
    this.length += size;
  }

  /** Length and characters; false, and nothing is written, where one of them is not ASCII. */
  private shortAscii(value: string): boolean {
    const { length } = value;
    this.reserve(length + 1);
    const { buffer } = this;
    const start = this.length + 1;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[start + index] = code;
    }
    buffer[start - 1] = length;
    this.length = start + length;
    return true;
  }

  /** Bytes as they are, without a tag: what was encoded before. */
  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** Opens an embedded message; the returned mark is for `endMessage`. */
  beginMessage(field: number): number {
    this.rawVarint(field * 8 + 2);
    this.reserve(1);
    this.length += 1;
    return this.length;
  }

  endMessage(mark: number): void {
    const size = this.length - mark;
    if (size < 0x80) {
      this.buffer[mark - 1] = size;
      return;
    }
    let extra = 0;
    for (let rest = size >>> 7; rest > 0; rest >>>= 7) extra += 1;
    this.reserve(extra);
    this.buffer.copyWithin(mark + extra, mark, this.length);
    const end = this.length + extra;
    this.length = mark - 1;
    this.rawVarint(size);
    this.length = end;
  }
}
