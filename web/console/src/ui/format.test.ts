import { expect, it } from 'vitest';
import { freshnessOf } from '../shell/freshness.js';
import { codeOf } from '../sign-in/use-sign-in.js';
import { countOf, formatBytes, formatTime, nsBetween, short } from './format.js';

it('bytes have a unit that fits', () => {
  expect([0, 999, 1000, 1234, 99_960, 34e6, 5.2e9].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.2 kB',
    '100 kB',
    '34.0 MB',
    '5.2 GB',
  ]);
});

it('one is not many', () => {
  expect([countOf(1, 'event'), countOf(1204, 'event')]).toEqual(['1 event', '1,204 events']);
});

it('times are shown in UTC, and as they are where they are none', () => {
  expect(formatTime('2026-11-22T03:52:01.123456789Z', 'utc')).toBe('2026-11-22 03:52:01');
  expect(formatTime('never', 'utc')).toBe('never');
  expect(nsBetween('2026-11-22T03:52:01Z', '2026-11-22T03:52:03.5Z')).toBe(2.5e9);
});

it('long texts are cut', () => {
  expect([short('abcdef', 3), short('abc', 3)]).toEqual(['abc…', 'abc']);
});

it('how fresh the data is has a word and a tone', () => {
  expect(freshnessOf(400, false)).toMatchObject({ tone: 'ok', text: 'Up to date' });
  expect(freshnessOf(4200, false)).toMatchObject({ tone: 'warning', text: '4.2 s behind' });
  expect(freshnessOf(95_000, false)).toMatchObject({ tone: 'danger', text: '95 s behind' });
  expect(freshnessOf(0, true)).toMatchObject({ tone: 'danger', text: 'No connection' });
});

it('a sign-in link and the code in it are the same', () => {
  expect(codeOf('http://127.0.0.1:8080/sign-in#code=ab-12')).toBe('ab-12');
  expect(codeOf('  ab-12 ')).toBe('ab-12');
});
