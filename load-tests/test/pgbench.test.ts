import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePgbench, percentile } from '../postgres/pgbench.js';

/** As pgbench printed it. */
const output = (name: string) =>
  readFileSync(new URL(`fixtures/pgbench-15-${name}.txt`, import.meta.url), 'utf8');

describe("pgbench's summary", () => {
  it.each([
    ['simple', { transactions: 27_225, tps: 29_155.315102 }],
    ['prepared', { transactions: 24_178, tps: 24_394.59965 }],
  ])('of %s queries', (name, expected) => {
    expect(parsePgbench(output(name))).toEqual(expected);
  });

  it('of pgbench 14, which counts no failures', () => {
    const older = output('simple').replace(/^number of failed.*\n/m, '');
    expect(parsePgbench(older).transactions).toBe(27_225);
  });

  it('is refused when transactions failed', () => {
    const failed = output('simple').replace('transactions: 0 (', 'transactions: 3 (');
    expect(() => parsePgbench(failed)).toThrow('3 transactions failed');
  });

  it('is refused when every client was aborted', () => {
    expect(() => parsePgbench(output('aborted'))).toThrow(/nothing like .*tps/);
  });
});

describe('the latencies that pgbench noted', () => {
  const log = Array.from({ length: 100 }, (_, index) => `0 ${index} ${index * 1000} 0 17 2\n`);

  it('have a percentile, in milliseconds', () => {
    expect(percentile(log.toReversed().join(''), 0.99)).toBe(98);
    expect(percentile('0 1 1500 0 17 2\n', 0.99)).toBe(1.5);
  });

  it('must be there', () => {
    expect(() => percentile('', 0.99)).toThrow('no latencies');
  });
});
