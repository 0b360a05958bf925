import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterActive, idleAt, lastingIdle, type Idle } from './idle.js';
import { TimeAxis } from './time-axis.js';

const idle: Idle = [
  [10e9, 40e9],
  [50e9, 1000e9],
];

/** Stretches in order, apart from each other, within the duration. */
const sessions = fc
  .uniqueArray(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 21 })
  .map((times) => {
    const sorted = times.sort((a, b) => a - b);
    const duration = sorted.pop() ?? 1;
    const stretches = sorted.flatMap((from, index): [number, number][] => {
      const to = sorted[index + 1];
      return index % 2 === 0 && to !== undefined ? [[from, to]] : [];
    });
    return { duration, stretches };
  });

describe('the axis', () => {
  it('folds what is idle and keeps the times', () => {
    const axis = new TimeAxis(1010e9, idle);
    expect(axis.fractionOf(50e9) - axis.fractionOf(40e9)).toBeGreaterThan(0.2);
    expect(axis.fractionOf(1000e9) - axis.fractionOf(50e9)).toBeLessThan(0.1);
    expect(axis.timeAt(axis.fractionOf(45e9))).toBeCloseTo(45e9, -3);
  });

  it('goes from 0 to 1, never back, and finds each time again', () => {
    fc.assert(
      fc.property(sessions, ({ duration, stretches }) => {
        const axis = new TimeAxis(duration, stretches);
        let last = 0;
        for (let step = 0; step <= 50; step += 1) {
          const t = (duration * step) / 50;
          const fraction = axis.fractionOf(t);
          expect(fraction).toBeGreaterThanOrEqual(last);
          expect(fraction).toBeLessThanOrEqual(1 + 1e-9);
          expect(Math.abs(axis.timeAt(fraction) - t)).toBeLessThanOrEqual(duration * 1e-6 + 1);
          last = fraction;
        }
        expect(axis.fractionOf(duration)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('gives folds a third of the width at most', () => {
    const many: Idle = Array.from({ length: 500 }, (_, i) => [i * 10e9 + 1e8, i * 10e9 + 10e9]);
    const axis = new TimeAxis(5000e9, many);
    const folded = axis.pieces.filter((piece) => piece.folded);
    expect(folded.reduce((sum, { width }) => sum + width, 0)).toBeLessThanOrEqual(1 / 3 + 1e-9);
  });
});

describe('idle stretches', () => {
  it('are found by a time in them', () => {
    expect(idleAt(idle, 9e9)).toBeUndefined();
    expect(idleAt(idle, 10e9)).toEqual([10e9, 40e9]);
    expect(idleAt(idle, 40e9)).toBeUndefined();
    expect(idleAt(idle, 999e9)).toEqual([50e9, 1000e9]);
  });

  it('do not count as active time', () => {
    expect(afterActive(idle, 0, 5e9)).toBe(5e9);
    expect(afterActive(idle, 5e9, 10e9)).toBe(45e9);
    expect(afterActive(idle, 20e9, 15e9)).toBe(1005e9);
  });

  it('last on where nothing is known to have come since', () => {
    expect(lastingIdle([[1e9, 9e9]], 9e9, 12e9)).toEqual([[1e9, 12e9]]);
    expect(lastingIdle([[1e9, 5e9]], 9e9, 12e9)).toEqual([[1e9, 5e9]]);
  });
});
