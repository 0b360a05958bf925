import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binaryText } from './decode.js';

/** Recorded by test/record-fixtures.mjs: one value in both formats, as a server sent it. */
interface Recorded {
  readonly sql: string;
  readonly oid: number;
  /** Hex digits; absent for NULL. */
  readonly binary?: string;
  readonly text?: string;
}

const file = new URL('../../fixtures/binary-values.json', import.meta.url);
const values = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];
const present = values.filter(({ binary }) => binary !== undefined);

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe('binaryText', () => {
  it.each(present)('writes $sql as the server does', ({ oid, binary = '', text }) => {
    expect(binaryText(oid, bytes(binary))).toBe(text);
  });

  it('gives hex digits for types that it does not know', () => {
    expect(binaryText(999_999, bytes('00ff'))).toBe('\\x00ff');
    expect(binaryText(0, bytes(''))).toBe('\\x');
  });

  it('gives hex digits for values that end early', () => {
    const fixed = present.filter(({ oid }) => [20, 23, 701, 1114, 1186, 600, 1007].includes(oid));
    expect(fixed.length).toBeGreaterThan(20);
    for (const { oid, binary = '' } of fixed) {
      const short = binary.slice(0, -2);
      expect(binaryText(oid, bytes(short))).toBe(`\\x${short}`);
    }
  });

  it('writes the same beginning when it may stop early', () => {
    for (const { oid, binary = '', text = '' } of present) {
      const start = binaryText(oid, bytes(binary), 10).slice(0, 10);
      // Leading zeros of a long number, and what follows its end, are not worth the time.
      expect(text.startsWith(start), `${text} from ${start}`).toBe(true);
    }
  });

  it('takes any bytes for any type, in bounded time and length', () => {
    const oids = [...new Set(values.map(({ oid }) => oid))];
    const anyType = fc.constantFrom(...oids);
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.constantFrom(...present.map(({ binary = '' }) => bytes(binary))),
    );
    fc.assert(
      fc.property(anyType, anyBytes, (oid, value) => {
        expect(binaryText(oid, value, 100).length).toBeLessThan(2_000);
      }),
      { numRuns: 5_000 },
    );
  });

  it('does not follow containers without end', () => {
    const nested = (depth: number): number[] =>
      depth === 0 ? [] : [0, 0, 0, 1, 0, 0, 8, 201, 0, 0, 0, 0, ...nested(depth - 1)];
    const record = Uint8Array.from(nested(1_000));
    const view = new DataView(record.buffer);
    for (let at = 8; at < record.length; at += 12) view.setInt32(at, record.length - at - 4);
    expect(binaryText(2249, record, 10).startsWith('\\x')).toBe(true);
  });
});
