import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.js';

const hexOf = (write: (out: ByteWriter) => void): string => {
  const out = new ByteWriter();
  write(out);
  return out.bytes.toString('hex');
};

describe('what ClickHouse reads', () => {
  it('has numbers in little-endian order', () => {
    expect(hexOf((out) => out.long(2n ** 64n - 2n))).toBe('feffffffffffffff');
    expect(hexOf((out) => out.long(-2n))).toBe('feffffffffffffff');
    expect(hexOf((out) => out.integer(Number.MAX_SAFE_INTEGER))).toBe('ffffffffffff1f00');
    expect(hexOf((out) => out.integer(2 ** 32))).toBe('0000000001000000');
    expect(hexOf((out) => out.varint(300))).toBe('ac02');
  });

  it('has texts after their length in bytes', () => {
    expect(hexOf((out) => out.string(''))).toBe('00');
    expect(hexOf((out) => out.string('é'))).toBe('02c3a9');
    expect(hexOf((out) => out.string('x'.repeat(127))).slice(0, 4)).toBe('7f78');
    expect(hexOf((out) => out.string('x'.repeat(128))).slice(0, 6)).toBe('800178');
    expect(hexOf((out) => out.blob(Buffer.alloc(16_384))).slice(0, 8)).toBe('80800100');
  });

  it('may be longer than what is reserved at first', () => {
    const out = new ByteWriter();
    const blob = Buffer.alloc(300_000, 7);
    for (let n = 0; n < 5; n += 1) {
      out.blob(blob);
      out.string('é'.repeat(n));
    }
    expect(out.bytes.length).toBe(5 * 300_003 + 5 + 20);
    expect(out.bytes.subarray(3, 300_003).equals(blob)).toBe(true);
    expect(out.bytes.subarray(-9).toString()).toBe('\u0008éééé');
  });
});
