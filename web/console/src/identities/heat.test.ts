import { expect, it } from 'vitest';
import { cellText, gridOf, levelOf, summaryOf } from './heat.js';

const hours = [
  { weekday: 1, hour: 0, commands: 3 },
  { weekday: 7, hour: 23, commands: 1200 },
];

it('puts hours where they are in the week', () => {
  const grid = gridOf(hours);
  expect(grid.map((row) => row.length)).toEqual(Array.from({ length: 7 }, () => 24));
  expect(grid[0]?.[0]).toBe(3);
  expect(grid[6]?.[23]).toBe(1200);
  expect(grid.flat().reduce((sum, one) => sum + one)).toBe(1203);
});

it.each([
  [0, 0],
  [1, 1],
  [100, 2],
  [399, 4],
  [400, 4],
])('of 400 at most %i has level %i', (commands, level) =>
  expect(levelOf(commands, 400)).toBe(level),
);

it('says of a cell and of all what they show', () => {
  expect(cellText(6, 23, 1200)).toBe('Sunday 23:00 to 24:00: 1,200 commands');
  expect(cellText(0, 9, 0)).toBe('Monday 09:00 to 10:00: no commands');
  expect(summaryOf([], 28)).toBe('No commands in the last 28 days.');
  const most = '1,203 commands in the last 28 days, most on Sunday 23:00 to 24:00 (1,200)';
  expect(summaryOf(hours, 28)).toBe(most);
  const more = [2, 3].map((weekday) => ({ weekday, hour: 9, commands: 0 }));
  expect(summaryOf([...hours, ...more], 28)).toBe(`${most}, none on Thursday, Friday and Saturday`);
});
