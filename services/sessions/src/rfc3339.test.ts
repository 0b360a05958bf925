import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRfc3339, toRfc3339 } from './rfc3339.js';

describe('times', () => {
  it('are written with nine digits', () => {
    expect(toRfc3339(0n)).toBe('1970-01-01T00:00:00.000000000Z');
    expect(toRfc3339(1_795_000_000_000_000_001n)).toBe('2026-11-18T11:06:40.000000001Z');
    expect(toRfc3339(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
  });

  it('come back as they were', () => {
    const moments = fc.bigInt({ min: -(2n ** 61n), max: 2n ** 62n });
    fc.assert(fc.property(moments, (at) => parseRfc3339(toRfc3339(at)) === at));
  });

  it('are read with offsets and fewer digits', () => {
    const noon = parseRfc3339('2026-11-22T12:00:00Z');
    expect(parseRfc3339('2026-11-22T14:00:00+02:00')).toBe(noon);
    expect(parseRfc3339('2026-11-22t11:30:00.0-00:30')).toBe(noon);
    expect(parseRfc3339('2026-11-22T12:00:00.5Z')).toBe((noon ?? 0n) + 500_000_000n);
  });

  it('that do not exist are refused', () => {
    const wrong = [
      '',
      'yesterday',
      '2026-11-22',
      '2026-11-22T12:00:00',
      '2026-02-30T12:00:00Z',
      '2026-13-01T12:00:00Z',
      '2026-11-22T12:60:00Z',
      '2026-11-22T23:59:60Z',
      '2026-11-22T12:00:00.0000000001Z',
      '2026-11-22T12:00:00+24:00',
    ];
    expect(wrong.filter((text) => parseRfc3339(text) !== undefined)).toEqual([]);
  });
});
