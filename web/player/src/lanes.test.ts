import { describe, expect, it } from 'vitest';
import {
  byTone,
  densityPath,
  lanePath,
  lanesOf,
  marksAt,
  spanPath,
  ticksOf,
  withWaiting,
} from './lanes.js';
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

  it('tell all that stands under the pointer, one mark of each', () => {
    const lanes = lanesOf([
      mark('command', 1, 50e9),
      mark('command', 2, 50.2e9),
      mark('error', 3, 50.1e9),
      mark('gap', 4, 90e9),
    ]);
    const at = (x: number) =>
      marksAt(lanes, axis, { x, width: 1000, reach: 5 }).map(({ mark: { position } }) => position);
    expect(at(501)).toEqual([2, 3]);
    expect(at(520)).toEqual([]);
  });
});

describe('approvals', () => {
  const asked = { ...mark('approval', 5, 20e9), outcome: 'waiting' };
  const granted = { ...mark('approval', 6, 60e9), outcome: 'granted', since: 20e9 };

  it('are stretches from where they were asked for to their end', () => {
    expect(spanPath([asked, granted], axis, 1000)).toBe('M200 2h400v4h-400z');
    expect(spanPath([{ ...granted, t: 20e9 }], axis, 1000)).toBe('M200 2h1v4h-1z');
    const lanes = lanesOf([asked, granted]);
    const found = marksAt(lanes, axis, { x: 400, width: 1000, reach: 5 });
    expect(found.map(({ mark: { label, outcome } }) => [label, outcome])).toEqual([
      ['approval', 'granted'],
    ]);
  });

  it('go on to now while they wait', () => {
    expect(spanPath(withWaiting([asked], 90e9), axis, 1000)).toBe('M200 2h700v4h-700z');
    expect(withWaiting([asked, granted], 90e9)).toEqual([asked, granted]);
    expect(withWaiting([], 90e9)).toEqual([]);
  });
});

it('what is grave is drawn over what is not', () => {
  const marks = ['deny', 'allow', 'hold', 'constructor', 'granted'].map((outcome, position) => ({
    ...mark('decision', position, position),
    outcome,
  }));
  const drawn = byTone(marks).map(([tone, some]) => [tone, some.map(({ position }) => position)]);
  expect(drawn).toEqual([
    ['plain', [3]],
    ['ok', [1, 4]],
    ['warning', [2]],
    ['danger', [0]],
  ]);
});

it('density is drawn where its events are', () => {
  const path = densityPath([0, 0, 4, 1], axis, { width: 400, height: 30 });
  expect(path.match(/M\d+/g)).toEqual(['M249', 'M348']);
});

it('the scale has round times', () => {
  expect(ticksOf(axis, 600)).toEqual([0, 15e9, 30e9, 45e9, 60e9, 75e9, 90e9]);
});
