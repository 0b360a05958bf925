const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** Nanoseconds since the epoch as RFC 3339 in UTC with all nine digits. */
export function toRfc3339(nanoseconds: bigint): string {
  const fraction = ((nanoseconds % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const seconds = (nanoseconds - fraction) / NS_PER_SECOND;
  const date = new Date(Number(seconds) * 1000).toISOString();
  return `${date.slice(0, -'.000Z'.length)}.${String(fraction).padStart(9, '0')}Z`;
}

// RFC 3339 §5.6, date-time. Leap seconds are refused: no clock of ours counts them.
const FORM =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Nanoseconds since the epoch; undefined if `text` is no RFC 3339 time or has over nine digits. */
export function parseRfc3339(text: string): bigint | undefined {
  const [, date, time, fraction = '', zone = 'Z'] = FORM.exec(text) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const local = Date.parse(`${date}T${time}Z`);
  // Date takes February 30 for March 2; a day that does not exist is a mistake here.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(date)) return undefined;
  const milliseconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  return BigInt(milliseconds) * NS_PER_MS + BigInt(fraction.padEnd(9, '0'));
}
