import { describe, expect, it } from 'vitest';
import type { PathName } from '../postgres/options.js';
import { judge, median, summarise, tables } from '../postgres/report.js';
import type { Sample } from '../postgres/report.js';

const sample = (path: PathName, tps: number, more: Partial<Sample> = {}): Sample => ({
  ...{ path, tps, p99Ms: 1, mode: 'simple', clients: 8 },
  ...more,
});

describe('median', () => {
  it.each([
    [[7], 7],
    [[100, 9, 20], 20],
    [[4, 1, 100, 2], 3],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing does not exist', () => {
    expect(() => median([])).toThrow('nothing');
  });
});

describe('a summary', () => {
  it('keeps loads and paths apart', () => {
    const samples = [
      sample('direct', 30),
      sample('relay', 5),
      sample('direct', 10),
      sample('direct', 7, { clients: 1 }),
      sample('direct', 12),
      sample('direct', 8, { mode: 'prepared' }),
    ];
    const rest = { mode: 'simple', clients: 8, p99Ms: 1 };
    expect(summarise(samples)).toEqual([
      { path: 'direct', ...rest, median: 12, least: 10, most: 30 },
      { path: 'relay', ...rest, median: 5, least: 5, most: 5 },
      { path: 'direct', mode: 'simple', clients: 1, median: 7, least: 7, most: 7, p99Ms: 1 },
      { path: 'direct', mode: 'prepared', clients: 8, median: 8, least: 8, most: 8, p99Ms: 1 },
    ]);
  });
});

describe('the tables', () => {
  it('compare each path with the others under the same load', () => {
    const samples = [
      sample('direct', 40_000),
      sample('pgbouncer', 20_000),
      sample('steno-fast', 11_000),
      sample('direct', 1_000, { clients: 1 }),
      sample('steno-fast', 999, { clients: 1 }),
    ];
    const columns = tables(summarise(samples))
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(columns).toEqual([
      ['simple, 8 clients'],
      ['path', 'TPS', 'least', 'most', 'p99 ms', '/ pgbouncer', '/ direct', '/ relay'],
      ['direct', '40,000', '40,000', '40,000', '1.00', '2.00', '1.00', '-'],
      ['pgbouncer', '20,000', '20,000', '20,000', '1.00', '1.00', '0.50', '-'],
      ['steno-fast', '11,000', '11,000', '11,000', '1.00', '0.55', '0.27', '-'],
      [''],
      ['simple, 1 client'],
      ['path', 'TPS', 'least', 'most', 'p99 ms', '/ pgbouncer', '/ direct', '/ relay'],
      ['direct', '1,000', '1,000', '1,000', '1.00', '-', '1.00', '-'],
      ['steno-fast', '999', '999', '999', '1.00', '-', '0.99', '-'],
    ]);
  });
});

describe('the bars', () => {
  const measured = (simple: number, prepared: number) =>
    summarise([
      sample('pgbouncer', 1_000),
      sample('steno-fast', simple),
      sample('pgbouncer', 2_000, { mode: 'prepared' }),
      sample('steno-fast', prepared, { mode: 'prepared' }),
      // None of these is asked about.
      sample('pgbouncer', 1, { clients: 1 }),
      sample('steno-fast', 9, { clients: 1 }),
      sample('steno-strict', 5_000),
    ]);

  const verdicts = ({ text }: { text: string }) =>
    text.split('\n').map((line) => line.match(/PASS|MISSED|NOT JUDGED|\b0\.\d\d(?= {3})/g) ?? []);

  it('are reached at the bar itself', () => {
    const judgement = judge(measured(500, 1_000), 'embedded');
    expect(verdicts(judgement)).toEqual([[], ['0.50', 'PASS', 'MISSED'], ['0.50', 'PASS', 'PASS']]);
    expect(judgement.missed).toBe(0);
  });

  it('are missed just below, and the ratio is not rounded up', () => {
    const judgement = judge(measured(499.9, 799.9), 'embedded');
    expect(verdicts(judgement)).toEqual([
      [],
      ['0.49', 'MISSED', 'MISSED'],
      ['0.39', 'MISSED', 'MISSED'],
    ]);
    expect(judgement.missed).toBe(2);
  });

  it('are not judged without the rival', () => {
    const judgement = judge(
      summarise([sample('steno-fast', 5_000), sample('direct', 1)]),
      'embedded',
    );
    expect(verdicts(judgement)).toEqual([
      [],
      ['NOT JUDGED', 'NOT JUDGED'],
      ['NOT JUDGED', 'NOT JUDGED'],
    ]);
    expect(judgement.missed).toBe(2);
  });

  it('of Kafka ask for strict too, and for what it adds to the p99', () => {
    const run = (path: PathName, tps: number, p99Ms: number) =>
      (['simple', 'prepared'] as const).map((mode) => sample(path, tps, { mode, p99Ms }));
    const judgement = (strictMs: number) =>
      judge(
        summarise([
          ...run('direct', 2_000, 1),
          ...run('pgbouncer', 1_000, 2),
          ...run('steno-fast', 600, 3),
          ...run('steno-strict', 340, strictMs),
        ]),
        'kafka',
      );
    expect(judgement(10.9).missed).toBe(2);
    expect(judgement(10.9).text).toContain('9.9 ms   bar 10 ms: PASS');
    expect(judgement(11.1).missed).toBe(3);
  });
});
