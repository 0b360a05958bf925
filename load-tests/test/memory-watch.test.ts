import { describe, expect, it } from 'vitest';
import { courseOf } from '../soak/memory-watch.js';

describe('the course of memory', () => {
  it('compares the last quarter with the second, whatever the start was', () => {
    const samples = [900, 500, 100, 100, 100, 150, 110, 110];
    expect(courseOf('capture', samples)).toEqual({
      name: 'capture',
      before: 100,
      after: 110,
      growth: expect.closeTo(0.1) as number,
    });
  });

  it('is no number where there were no samples, and so passes no bar', () => {
    const { growth } = courseOf('capture', []);
    expect(growth).toBeNaN();
  });
});
