import type { ContextNames } from './context-names.js';

const MINUTE_MS = 60_000;

/** When something is asked, and what the session has been so far: what changes while it runs. */
export interface Moment {
  /** Milliseconds since 1970, UTC: the begin of the minute. */
  readonly minute: number;
  /** Whole minutes since the session was opened. */
  readonly age: number;
  /** Commands of the session that were denied. */
  readonly denied: number;
}

export function momentOf(now: number, openedAt: number, denied: number): Moment {
  const age = Math.max(0, Math.floor((now - openedAt) / MINUTE_MS));
  return { minute: now - (now % MINUTE_MS), age, denied };
}

/** Names in `context` of which a ruling holds for the moment alone. */
const MOMENTARY: readonly string[] = ['time', 'weekday', 'session'];

/** Whether what looks at these names in the context may say otherwise a moment later. */
export function isMomentary(names: ContextNames): boolean {
  return names === 'any' || MOMENTARY.some((name) => names.has(name));
}

/** As Cedar has it, with the day of the week: 1 is Monday. */
export function timeContext({ minute }: Moment) {
  const date = new Date(minute);
  return {
    time: { __extn: { fn: 'datetime', arg: date.toISOString() } },
    weekday: date.getUTCDay() === 0 ? 7 : date.getUTCDay(),
  };
}
