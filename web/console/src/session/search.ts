import { readMoment, writeMoment, type Moment } from '@steno/player';

/**
 * What the address of a session says about the moment. `e` is the position of an event: the moment
 * just after it, which no change of clocks moves. `t` is a time from the session's start, as
 * `1h2m3.5s` or in nanoseconds. `e` wins.
 */
export interface SessionSearch {
  readonly e?: number;
  readonly t?: string;
}

export function validateSessionSearch(raw: Readonly<Record<string, unknown>>): SessionSearch {
  const { e, t } = raw;
  if (typeof e === 'string' || typeof e === 'number') {
    const position = /^\d{1,15}$/.test(String(e)) ? Number(e) : undefined;
    if (position !== undefined) return { e: position };
  }
  const ns = typeof t === 'string' ? readMoment(t) : undefined;
  return ns === undefined ? {} : { t: writeMoment(ns) };
}

export function momentOf({ e, t }: SessionSearch): Moment | undefined {
  if (e !== undefined) return { kind: 'position', position: e };
  const ns = t === undefined ? undefined : readMoment(t);
  return ns === undefined ? undefined : { kind: 't', t: ns };
}

export const searchOf = (moment: Moment): SessionSearch =>
  moment.kind === 'position' ? { e: moment.position } : { t: writeMoment(moment.t) };
