/** A stretch without events: [from, to] in nanoseconds; sorted, apart from each other. */
export type Idle = readonly (readonly [number, number])[];

/** The stretch that t lies in, its end not included. */
export function idleAt(idle: Idle, t: number): readonly [number, number] | undefined {
  let low = 0;
  let high = idle.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const stretch = idle[middle];
    if (stretch === undefined || t < stretch[0]) high = middle - 1;
    else if (t >= stretch[1]) low = middle + 1;
    else return stretch;
  }
  return undefined;
}

/** Idle stretches of a session that went on since they were told: the last one may still last. */
export function lastingIdle(idle: Idle, toldAt: number, duration: number): Idle {
  const last = idle.at(-1);
  if (last === undefined || last[1] < toldAt || duration <= toldAt) return idle;
  return [...idle.slice(0, -1), [last[0], duration]];
}

/** The time at which `active` nanoseconds outside of idle stretches have passed since `from`. */
export function afterActive(idle: Idle, from: number, active: number): number {
  let t = from;
  let left = active;
  for (const [start, end] of idle) {
    if (end <= t) continue;
    if (start > t) {
      if (start - t >= left) return t + left;
      left -= start - t;
    }
    t = end;
  }
  return t + left;
}
