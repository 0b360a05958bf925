import type { Zone } from '@steno/player';

const counts = new Intl.NumberFormat('en');

/** 1,204 */
export const formatCount = (value: number): string => counts.format(value);

/** `1 command`, `1,204 commands` */
export const countOf = (value: number, noun: string, many = `${noun}s`): string =>
  `${formatCount(value)} ${value === 1 ? noun : many}`;

/** 0 B, 812 B, 1.2 kB, 34 MB: powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-22 03:52:01`, in the zone; what is not a time stays as it is. */
export function formatTime(iso: string, zone: Zone): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  if (zone === 'utc') return at.toISOString().slice(0, 19).replace('T', ' ');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Nanoseconds between two times; to the millisecond, which is what Date holds. */
export const nsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) * 1e6;

/** The first words of a hash or an id. */
export const short = (text: string, length = 12): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
