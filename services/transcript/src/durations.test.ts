import { describe, expect, it } from 'vitest';
import { counted, grouped, instant, timeLine } from './durations.js';

describe('timeLine', () => {
  it.each([
    [0n, 'Time: 0.000 ms'],
    [1_234_000n, 'Time: 1.234 ms'],
    [999_999_000n, 'Time: 999.999 ms'],
    [1_234_567_000n, 'Time: 1234.567 ms (00:01.235)'],
    [61_000_000_000n, 'Time: 61000.000 ms (01:01.000)'],
    [3_661_500_000_000n, 'Time: 3661500.000 ms (01:01:01.500)'],
    [90_061_000_000_000n, 'Time: 90061000.000 ms (1 d 01:01:01.000)'],
  ])('%s ns', (nanoseconds, line) => {
    expect(timeLine(nanoseconds)).toBe(line);
  });
});

it('writes instants and counts for people', () => {
  expect(instant(1_795_318_385_123_456_789n)).toBe('2026-11-22 03:33:05 UTC');
  expect(instant(9_000_000_000_000_000_000_000n)).toBe('at an unknown time');
  expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([1, 2].map((count) => counted(count, 'row'))).toEqual(['1 row', '2 rows']);
});
