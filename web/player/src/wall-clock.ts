export type Zone = 'utc' | 'local';

/** Wall-clock time of a moment, to the millisecond, with its zone. */
export function wallClock(startedAt: string, t: number, zone: Zone): string {
  const at = new Date(Date.parse(startedAt) + t / 1e6);
  if (Number.isNaN(at.getTime())) return '';
  if (zone === 'utc') return `${at.toISOString().slice(11, 23)} UTC`;
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = -at.getTimezoneOffset();
  const hours = two(Math.floor(Math.abs(offset) / 60));
  const sign = `${offset < 0 ? '−' : '+'}${hours}:${two(Math.abs(offset) % 60)}`;
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${time}.${milliseconds} UTC${sign}`;
}
