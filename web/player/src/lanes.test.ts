import { describe, expect, it } from 'vitest';
import { densityPath, lanePath, lanesOf, nearestMark, ticksOf } from './lanes.js';
import { TimeAxis } from './time-axis.js';

const mark = (lane: string, position: number, t: number) => ({ lane, position, t, label: lane });
const axis = new TimeAxis(100e9, []);

describe('lanes', () => {
  it('hold each mark once, in order, wherever it came from', () => {
    const lanes = lanesOf(
      [mark('command', 2, 20e9), mark('error', 3, 21e9)],
      [mark('command', 1, 10e9), mark('command', 2, 20e9)],
    );
    expect(lanes.map(({ name, marks }) => [name, marks.map(({ position }) => position)])).toEqual([
      ['command', [1, 2]],
      ['error', [3]],
    ]);
  });

  it('have one for commands even where there are none', () => {
    expect(lanesOf([]).map(({ name }) => name)).toEqual(['command']);
  });

  it('draw many marks on one pixel once', () => {
    const marks = Array.from({ length: 5000 }, (_, index) => mark('command', index, index * 1e3));
    expect(lanePath(marks, axis, 800)).toBe('M0 0v8');
  });

  it('find the mark under the pointer, the graver one first', () => {
    const lanes = lanesOf([mark('command', 1, 50e9), mark('error', 2, 50.1e9)]);
    const place = { width: 1000, reach: 5 };
    expect(nearestMark(lanes, axis, { ...place, x: 501 })?.lane).toBe('error');
    expect(nearestMark(lanes, axis, { ...place, x: 520 })).toBeUndefined();
  });
});

it('density is drawn where its events are', () => {
  const path = densityPath([0, 0, 4, 1], axis, { width: 400, height: 30 });
  expect(path.match(/M\d+/g)).toEqual(['M249', 'M348']);
});

it('the scale has round times', () => {
  expect(ticksOf(axis, 600)).toEqual([0, 15e9, 30e9, 45e9, 60e9, 75e9, 90e9]);
});
