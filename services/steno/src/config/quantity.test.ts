import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration, parseQuantity, parseSize } from './quantity.js';

describe('parseSize', () => {
  it.each<[string | number, number]>([
    ['64KiB', 65_536],
    ['64 KiB', 65_536],
    ['1.5MiB', 1_572_864],
    ['1GB', 1_000_000_000],
    ['12B', 12],
    ['4096', 4096],
    [4096, 4096],
    [0, 0],
  ])('%s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '64kib', 'KiB', '-1', '1e3', '1KiB2', '0x10', '1 K', Number.NaN, -1, 1.5e300])(
    'not %s',
    (text) => expect(parseSize(text)).toBeUndefined(),
  );
});

describe('parseDuration', () => {
  it.each<[string | number, number]>([
    ['250ms', 250],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['90d', 7_776_000_000],
    ['0', 0],
    [0, 0],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', 15, 'm', '-1s', '1 h', '1w', '1s2', 'PT1H'])('not %s', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it('never throws and gives a finite number or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double()), (text) => {
        const ms = parseDuration(text);
        expect(ms === undefined || Number.isFinite(ms)).toBe(true);
      }),
    );
  });
});

describe('parseQuantity', () => {
  it('takes whole days', () => {
    expect(parseQuantity('days', '90d')).toBe(90);
    expect(parseQuantity('days', '48h')).toBe(2);
    expect(parseQuantity('days', '36h')).toBeUndefined();
  });

  it('takes whole counts', () => {
    expect(parseQuantity('count', 12)).toBe(12);
    expect(parseQuantity('count', 1.5)).toBeUndefined();
    expect(parseQuantity('count', '12')).toBeUndefined();
  });
});
