import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatClock, formatSpan, readMoment, writeMoment } from './moment.js';

describe('a moment in a link', () => {
  it.each([
    ['0s', 0],
    ['1m2.5s', 62.5e9],
    ['1h2m3.000000001s', 3_723_000_000_001],
    ['90m', 5400e9],
    ['62500000000', 62.5e9],
  ])('%s is read', (text, ns) => {
    expect(readMoment(text)).toBe(ns);
  });

  it.each(['', 's', '1', '-1s', '1m2', '1.5m', '1s2m', '1e9', '99999999999999999'])(
    '%s is not one, or is a plain number',
    (text) => {
      expect(readMoment(text)).toBe(text === '1' ? 1 : undefined);
    },
  );

  it('is written so that the same nanosecond is read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (ns) => {
        expect(readMoment(writeMoment(ns))).toBe(ns);
      }),
    );
  });
});

describe('times for people', () => {
  it('have hours only where there are some', () => {
    expect(formatClock(62.34e9, true)).toBe('1:02.3');
    expect(formatClock(3_723e9)).toBe('1:02:03');
    expect(formatClock(-5)).toBe('0:00');
  });

  it('have a unit that fits', () => {
    expect([850, 12_300, 4.25e6, 3.4e9, 75e9, 7_260e9].map(formatSpan)).toEqual([
      '850 ns',
      '12.3 µs',
      '4.25 ms',
      '3.4 s',
      '1 min 15 s',
      '2 h 1 min',
    ]);
  });
});
