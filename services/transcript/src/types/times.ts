import type { ByteReader } from '../byte-reader.js';

/**
 * Dates and times in Postgres' binary format, as its output functions write them with DateStyle
 * ISO, IntervalStyle postgres and TimeZone UTC. The session's own settings are not recorded.
 */

const daysTo2000 = 10_957;
const microsPerSecond = 1_000_000n;
const microsPerDay = 86_400_000_000n;
const int32Max = 0x7fffffff;
const int32Min = -0x80000000;
const int64Max = 0x7fffffffffffffffn;
const int64Min = -0x8000000000000000n;

const pad = (value: number | bigint, digits = 2) => String(value).padStart(digits, '0');

/** Gregorian calendar, proleptic; `days` from 1970-01-01. The era comes last in Postgres. */
function civil(days: number): { readonly day: string; readonly era: string } {
  const shifted = days + 719_468;
  const cycle = Math.floor(shifted / 146_097);
  const dayOfCycle = shifted - cycle * 146_097;
  const leaps =
    Math.floor(dayOfCycle / 1_460) -
    Math.floor(dayOfCycle / 36_524) +
    Math.floor(dayOfCycle / 146_096);
  const yearOfCycle = Math.floor((dayOfCycle - leaps) / 365);
  const dayOfYear =
    dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0);
  const shown = year > 0 ? year : 1 - year;
  return { day: `${pad(shown, 4)}-${pad(month)}-${pad(day)}`, era: year > 0 ? '' : ' BC' };
}

export function dateText(days: number): string {
  if (days === int32Max) return 'infinity';
  if (days === int32Min) return '-infinity';
  const { day, era } = civil(days + daysTo2000);
  return `${day}${era}`;
}

/** `micros` from midnight, not negative; 24:00:00 is a time. */
export function timeText(micros: bigint): string {
  const seconds = micros / microsPerSecond;
  const clock = `${pad(seconds / 3_600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}`;
  return `${clock}${fraction(micros % microsPerSecond)}`;
}

function fraction(micros: bigint): string {
  return micros === 0n ? '' : `.${pad(micros, 6).replace(/0+$/, '')}`;
}

/** `zone` is `+00` for timestamptz, empty for timestamp. */
export function timestampText(micros: bigint, zone: '' | '+00'): string {
  if (micros === int64Max) return 'infinity';
  if (micros === int64Min) return '-infinity';
  const time = ((micros % microsPerDay) + microsPerDay) % microsPerDay;
  const { day, era } = civil(Number((micros - time) / microsPerDay) + daysTo2000);
  return `${day} ${timeText(time)}${zone}${era}`;
}

/** Int64 microseconds, Int32 seconds west of Greenwich. */
export function timetzText(reader: ByteReader): string {
  const time = timeText(reader.int64());
  const west = reader.int32();
  const size = Math.abs(west);
  const parts = [Math.floor(size / 3_600), Math.floor(size / 60) % 60, size % 60];
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
  return `${time}${west > 0 ? '-' : '+'}${parts.map((part) => pad(part)).join(':')}`;
}

/** Int64 microseconds, Int32 days, Int32 months. */
export function intervalText(reader: ByteReader): string {
  const micros = reader.int64();
  const days = reader.int32();
  const months = reader.int32();
  if (months === int32Max && days === int32Max && micros === int64Max) return 'infinity';
  if (months === int32Min && days === int32Min && micros === int64Min) return '-infinity';
  const fields: [number, string][] = [
    [Math.trunc(months / 12), 'year'],
    [months % 12, 'mon'],
    [days, 'day'],
  ];
  const parts: string[] = [];
  let afterNegative = false;
  for (const [value, unit] of fields) {
    if (value === 0) continue;
    // A plus only where a reader might take the sign of the field before for all of them.
    const plus = afterNegative && value > 0 ? '+' : '';
    parts.push(`${plus}${value} ${unit}${value === 1 ? '' : 's'}`);
    afterNegative = value < 0;
  }
  if (micros !== 0n || parts.length === 0) {
    const sign = micros < 0n ? '-' : afterNegative ? '+' : '';
    parts.push(`${sign}${timeText(micros < 0n ? -micros : micros)}`);
  }
  return parts.join(' ');
}
