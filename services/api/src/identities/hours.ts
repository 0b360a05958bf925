import type { QuarterActivity } from '@steno/event-store';
import type { IdentityDetailView } from '@steno/proto';

type Hours = IdentityDetailView['activity']['hours'];

const QUARTER_MS = 15 * 60_000;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** As IANA names them; what is an offset and not a zone begins with a sign. */
const ZONE = /^[A-Za-z][\w+\-/]{0,63}$/;

/** Whether hours can be told in a zone. */
export function isZone(zone: string): boolean {
  if (!ZONE.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false; // the one way to ask Intl whether it knows a name
  }
}

/** Sums quarters of an hour up by hours of the week, as a clock in the zone shows them. */
export function hoursOfWeek(quarters: readonly QuarterActivity[], zone: string): Hours {
  const format = formatOf(zone);
  const sums = new Map<number, number>();
  for (const { quarter, commands } of quarters) {
    const parts = format.formatToParts(quarter * QUARTER_MS);
    const weekday = WEEKDAYS.indexOf(valueOf(parts, 'weekday'));
    const hour = weekday * 24 + Number(valueOf(parts, 'hour'));
    sums.set(hour, (sums.get(hour) ?? 0) + commands);
  }
  return [...sums]
    .sort(([one], [other]) => one - other)
    .map(([at, commands]) => ({ weekday: Math.floor(at / 24) + 1, hour: at % 24, commands }));
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
}

function valueOf(parts: readonly Intl.DateTimeFormatPart[], wanted: string): string {
  return parts.find(({ type }) => type === wanted)?.value ?? '';
}
