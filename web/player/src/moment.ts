/** Times are nanoseconds from the session's start, as numbers: exact up to 104 days. */
const second = 1e9;
const minute = 60 * second;
const hour = 60 * minute;

/** Shown on the clock: `1:02:03.4`, without hours where there are none. */
export function formatClock(ns: number, withTenths = false): string {
  const total = Math.max(0, ns);
  const hours = Math.floor(total / hour);
  const minutes = Math.floor((total % hour) / minute);
  const seconds = Math.floor((total % minute) / second);
  const tenths = withTenths ? `.${Math.floor((total % second) / 1e8)}` : '';
  const tail = `${String(seconds).padStart(2, '0')}${tenths}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** For people and screen readers: `1 h 2 min`, `3.4 s`, `12 ms`. */
export function formatSpan(ns: number): string {
  if (ns < 1e3) return `${Math.max(0, Math.round(ns))} ns`;
  if (ns < 1e6) return `${trim(ns / 1e3)} µs`;
  if (ns < second) return `${trim(ns / 1e6)} ms`;
  if (ns < minute) return `${trim(ns / second)} s`;
  if (ns < hour) return `${Math.floor(ns / minute)} min ${Math.floor((ns % minute) / second)} s`;
  return `${Math.floor(ns / hour)} h ${Math.floor((ns % hour) / minute)} min`;
}

const trim = (value: number): string => {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return String(Number(value.toFixed(digits)));
};

/** What stands behind `t=` in a link: `1h2m3.25s`, exact to the nanosecond. */
export function writeMoment(ns: number): string {
  const total = Math.max(0, Math.round(ns));
  const hours = Math.floor(total / hour);
  const minutes = Math.floor((total % hour) / minute);
  const whole = Math.floor((total % minute) / second);
  const fraction = String(total % second)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const seconds = `${whole}${fraction === '' ? '' : `.${fraction}`}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

const written = /^(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,9})(?:\.(\d{1,9}))?s)?$/;

/**
 * Reads `1h2m3.25s` (any part may be missing) or a whole number of nanoseconds.
 *
 * @returns nanoseconds, or undefined where the text is neither
 */
export function readMoment(text: string): number | undefined {
  if (/^\d{1,16}$/.test(text)) {
    const ns = Number(text);
    return Number.isSafeInteger(ns) ? ns : undefined;
  }
  const match = written.exec(text);
  if (match === null || text === '') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  const ns =
    Number(hours) * hour +
    Number(minutes) * minute +
    Number(seconds) * second +
    Number(fraction.padEnd(9, '0'));
  return Number.isSafeInteger(ns) ? ns : undefined;
}
