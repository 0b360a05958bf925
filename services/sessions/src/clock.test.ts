import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.js';

const MS = 1_000_000n;

afterEach(() => {
  vi.useRealTimers();
});

describe('the system clock', () => {
  it('tells nanoseconds since the epoch', () => {
    const before = BigInt(Date.now() - 1) * MS;
    const now = systemClock()();
    const after = BigInt(Date.now() + 1) * MS;
    expect(now >= before && now <= after).toBe(true);
  });

  it('tells each caller a later time than the one before', () => {
    const clock = systemClock();
    let last = clock();
    for (let count = 0; count < 50_000; count++) {
      const now = clock();
      if (now <= last) throw new Error(`${now} after ${last}`);
      last = now;
    }
  });

  it('goes on when the machine’s own counter stands still', () => {
    const clock = systemClock();
    vi.useFakeTimers({ toFake: ['hrtime'] });
    const times = [clock(), clock(), clock()];
    expect(times.map((time) => time - (times[0] ?? 0n))).toEqual([0n, 1n, 2n]);
  });

  it('does not follow a wall clock that is set back or forth', () => {
    const clock = systemClock();
    const before = clock();
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const year of [1970, 2100]) {
      vi.setSystemTime(new Date(Date.UTC(year, 0)));
      const passed = clock() - before;
      expect(passed > 0n && passed < 60_000n * MS).toBe(true);
    }
  });
});
