import type { IdentityDetailView } from '@steno/proto';
import { countOf, formatCount } from '../ui/format.js';

type Hours = IdentityDetailView['activity']['hours'];

export const WEEKDAYS = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Commands by weekday, Monday first, and hour. */
export function gridOf(hours: Hours): readonly (readonly number[])[] {
  const grid = WEEKDAYS.map(() => HOURS.map(() => 0));
  for (const { weekday, hour, commands } of hours) {
    const row = grid[weekday - 1];
    if (row?.[hour] !== undefined) row[hour] = commands;
  }
  return grid;
}

/** 0 to 4, by the square root of the share of the most: one burst does not pale all else. */
export function levelOf(commands: number, most: number): number {
  if (commands === 0) return 0;
  return Math.min(4, Math.max(1, Math.ceil(Math.sqrt(commands / most) * 4)));
}

/** `Monday 13:00 to 14:00: 12 commands` */
export function cellText(weekday: number, hour: number, commands: number): string {
  const count = commands === 0 ? 'no commands' : countOf(commands, 'command');
  return `${WEEKDAYS[weekday] ?? ''} ${clock(hour)} to ${clock(hour + 1)}: ${count}`;
}

/** More quiet days than this are not listed. */
const fewDays = 3;

/** What the grid shows, in words. */
export function summaryOf(hours: Hours, days: number): string {
  const total = hours.reduce((sum, { commands }) => sum + commands, 0);
  if (total === 0) return `No commands in the last ${days} days.`;
  const most = hours.reduce((one, other) => (other.commands > one.commands ? other : one));
  const quiet = WEEKDAYS.filter((_, index) => hours.every(({ weekday }) => weekday !== index + 1));
  const day = WEEKDAYS[most.weekday - 1] ?? '';
  const busiest = `${day} ${clock(most.hour)} to ${clock(most.hour + 1)}`;
  return [
    `${countOf(total, 'command')} in the last ${days} days`,
    `most on ${busiest} (${formatCount(most.commands)})`,
    ...(quiet.length === 0 || quiet.length > fewDays ? [] : [`none on ${listed(quiet)}`]),
  ].join(', ');
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
