import { expect, it } from 'vitest';
import { ago, formatAge } from './ages.js';

it.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_000, '59 min'],
  [86_399_000, '23 h'],
  [400 * 86_400_000, '400 d'],
])('%i ms are told as %s', (ms, text) => expect(formatAge(ms)).toBe(text));

it('what was just now, or is of a clock that is ahead, is now', () => {
  const now = Date.parse('2026-11-23T12:00:00Z');
  expect(ago('2026-11-23T12:00:05Z', now)).toBe('just now');
  expect(ago('2026-11-23T11:58:00Z', now)).toBe('2 min ago');
});
