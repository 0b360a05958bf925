import { describe, expect, it } from 'vitest';
import { ago, duration } from './relative-time.js';

describe('ago', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  it.each([
    ['2026-11-22T11:59:59.900Z', 'now'],
    ['2026-11-22T11:59:18Z', '42s ago'],
    ['2026-11-22T11:57:00.123456789Z', '2m ago'],
    ['2026-11-22T09:00:00Z', '3h ago'],
    ['2026-11-01T12:00:00Z', '21d ago'],
    ['nonsense', '?'],
  ])('%s: %s', (time, text) => expect(ago(time, now)).toBe(text));
});

describe('duration', () => {
  it.each([
    [250, '250ms'],
    [1500, '1.5s'],
    [42_400, '42s'],
    [150_000, '2m30s'],
    [3_725_000, '1h02m'],
  ])('%d: %s', (ms, text) => expect(duration(ms)).toBe(text));
});
