import { describe, expect, it } from 'vitest';
import { RowBinaryWriter } from './row-binary.js';

const hexOf = (write: (row: RowBinaryWriter) => void): string => {
  const row = new RowBinaryWriter();
  write(row);
  return row.bytes.toString('hex');
};

describe('a row in RowBinary', () => {
  it('has numbers in little-endian order', () => {
    expect(hexOf((row) => row.uint8(255))).toBe('ff');
    expect(hexOf((row) => row.uint16(0x0102))).toBe('0201');
    expect(hexOf((row) => row.uint32(0x01020304))).toBe('04030201');
    expect(hexOf((row) => row.uint64(2n ** 64n - 2n))).toBe('feffffffffffffff');
    expect(hexOf((row) => row.int64(-2n))).toBe('feffffffffffffff');
    expect(hexOf((row) => row.integer(Number.MAX_SAFE_INTEGER))).toBe('ffffffffffff1f00');
    expect(hexOf((row) => row.integer(2 ** 32))).toBe('0000000001000000');
  });

  it('has texts after their length in bytes', () => {
    expect(hexOf((row) => row.string(''))).toBe('00');
    expect(hexOf((row) => row.string('é'))).toBe('02c3a9');
    expect(hexOf((row) => row.string('x'.repeat(127))).slice(0, 4)).toBe('7f78');
    expect(hexOf((row) => row.string('x'.repeat(128))).slice(0, 6)).toBe('800178');
    expect(hexOf((row) => row.blob(Buffer.alloc(16_384))).slice(0, 8)).toBe('80800100');
  });

  it('may be longer than what is reserved at first', () => {
    const row = new RowBinaryWriter();
    const blob = Buffer.alloc(300_000, 7);
    for (let n = 0; n < 5; n += 1) {
      row.blob(blob);
      row.string('é'.repeat(n));
      row.endRow();
    }
    expect(row.rows).toBe(5);
    expect(row.bytes.length).toBe(5 * 300_003 + 5 + 20);
    expect(row.bytes.subarray(3, 300_003).equals(blob)).toBe(true);
    expect(row.bytes.subarray(-9).toString()).toBe('\u0008éééé');
  });
});
