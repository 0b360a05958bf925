import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursOfWeek, isZone } from './hours.js';

const quarterAt = (time: string) => Date.parse(time) / 900_000;
const told = (zone: string, ...times: string[]) =>
  hoursOfWeek(
    times.map((time) => ({ quarter: quarterAt(time), commands: 1 })),
    zone,
  ).map(({ weekday, hour, commands }) => [weekday, hour, commands]);

describe('hours of the week', () => {
  it.each([
    ['UTC', '2026-11-23T00:00:00Z', [1, 0, 1]],
    ['America/New_York', '2026-11-23T00:00:00Z', [7, 19, 1]],
    ['Asia/Kolkata', '2026-11-23T18:30:00Z', [2, 0, 1]],
    ['Asia/Kathmandu', '2026-11-23T18:15:00Z', [2, 0, 1]],
    ['Pacific/Kiritimati', '2026-11-22T10:00:00Z', [1, 0, 1]],
  ])('are those of a clock in %s', (zone, time, expected) => {
    expect(told(zone, time)).toEqual([expected]);
  });

  it('follow the clock when it changes', () => {
    const before = '2026-10-23T07:00:00Z';
    const after = '2026-10-30T08:00:00Z';
    expect(told('Europe/Berlin', before, after)).toEqual([[5, 9, 2]]);
  });

  it('lose no command', () => {
    const quarters = fc.array(fc.record({ quarter: fc.nat(3e6), commands: fc.nat(9) }));
    const zone = fc.constantFrom(
      'UTC',
      'Asia/Kathmandu',
      'America/St_Johns',
      'Australia/Lord_Howe',
    );
    fc.assert(
      fc.property(quarters, zone, (some, where) => {
        const hours = hoursOfWeek(some, where);
        const sum = (of: readonly { commands: number }[]) =>
          of.reduce((total, { commands }) => total + commands, 0);
        expect(sum(hours)).toBe(sum(some));
        for (const { weekday, hour } of hours) {
          expect(weekday).toBeGreaterThanOrEqual(1);
          expect(weekday).toBeLessThanOrEqual(7);
          expect(hour).toBeGreaterThanOrEqual(0);
          expect(hour).toBeLessThanOrEqual(23);
        }
      }),
    );
  });

  it('are told in zones that there are', () => {
    expect(['UTC', 'Europe/Berlin', 'Asia/Calcutta', 'Etc/GMT+5'].map(isZone)).not.toContain(false);
    expect(
      ['', 'Mars/Olympus', '+05:30', "UTC'", 'UTC\n', 'x'.repeat(65)].map(isZone),
    ).not.toContain(true);
  });
});
