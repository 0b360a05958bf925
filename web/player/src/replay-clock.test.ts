import { describe, expect, it } from 'vitest';
import { ReplayClock } from './replay-clock.js';

const clockOf = (duration: number): ReplayClock => {
  const clock = new ReplayClock();
  clock.duration = duration;
  clock.play();
  return clock;
};

/** Draws frames of 50 ms for so many milliseconds of the wall clock. */
function watch(clock: ReplayClock, milliseconds: number, loadedTo = Infinity): boolean {
  let waiting = false;
  for (let now = 0; now <= milliseconds; now += 50) waiting = clock.advance(now, loadedTo);
  return waiting;
}

describe('the clock', () => {
  it('moves with the wall clock times the speed, and not while paused', () => {
    const clock = clockOf(100e9);
    watch(clock, 2000);
    expect(clock.t).toBe(2e9);
    clock.pause();
    watch(clock, 2000);
    expect(clock.t).toBe(2e9);
    clock.speed = 4;
    clock.play();
    watch(clock, 2000);
    expect(clock.t).toBe(10e9);
  });

  it('stops at the end', () => {
    const clock = clockOf(1e9);
    expect(watch(clock, 3000)).toBe(false);
    expect(clock.t).toBe(1e9);
  });

  it('waits for what has not arrived', () => {
    const clock = clockOf(100e9);
    expect(watch(clock, 3000, 1.5e9)).toBe(true);
    expect(clock.t).toBe(1.5e9);
    expect(clock.advance(3050, 100e9)).toBe(false);
    expect(clock.t).toBe(1.55e9);
  });

  it('does not run ahead after a frame that came late', () => {
    const clock = clockOf(100e9);
    clock.advance(0, Infinity);
    clock.advance(60_000, Infinity);
    expect(clock.t).toBe(0.25e9);
  });

  it('jumps over what is idle after a rest, unless it shall not', () => {
    const clock = clockOf(100e9);
    clock.idle = [[1e9, 90e9]];
    watch(clock, 1500);
    expect(clock.t).toBe(1.5e9);
    clock.advance(1600, Infinity);
    expect(clock.t).toBe(90e9);
    clock.moveTo(1e9);
    clock.skipIdle = false;
    clock.play();
    watch(clock, 5000);
    expect(clock.t).toBe(6e9);
  });

  it('jumps no further than what has arrived', () => {
    const clock = clockOf(100e9);
    clock.idle = [[1e9, 90e9]];
    expect(watch(clock, 5000, 20e9)).toBe(true);
    expect(clock.t).toBe(20e9);
  });

  it('has speeds from a quarter to 32', () => {
    const clock = clockOf(1e9);
    for (let index = 0; index < 20; index += 1) clock.faster();
    expect(clock.speed).toBe(32);
    for (let index = 0; index < 20; index += 1) clock.slower();
    expect(clock.speed).toBe(0.25);
  });
});
