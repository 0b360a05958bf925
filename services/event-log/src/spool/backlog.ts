/** How much may wait in a spool. */
export interface SpoolLimits {
  readonly bytesMax: number;
  readonly ageMsMax: number;
}

/**
 * `ok`; `low`: room gets low, no new sessions; `critical`: nothing more is taken, so that commands
 * of `strict` are refused.
 */
export type BacklogState = 'ok' | 'low' | 'critical';

/** What waits to be shipped. */
export interface Backlog {
  readonly state: BacklogState;
  readonly bytes: number;
  /** Age of the oldest of it, in milliseconds. */
  readonly ageMs: number;
}

/** Shares of the limit that is nearer: a state is entered above, and left below again. */
const ENTER = { low: 0.8, critical: 0.95 };
const LEAVE = { low: 0.6, critical: 0.9 };

/** The state that follows, with hysteresis: at a threshold it does not flap. */
export function nextBacklogState(
  state: BacklogState,
  waiting: { readonly bytes: number; readonly ageMs: number },
  { bytesMax, ageMsMax }: SpoolLimits,
): BacklogState {
  const share = Math.max(waiting.bytes / bytesMax, waiting.ageMs / ageMsMax);
  if (share >= ENTER.critical) return 'critical';
  if (state === 'critical' && share >= LEAVE.critical) return 'critical';
  if (share >= ENTER.low) return 'low';
  return state !== 'ok' && share >= LEAVE.low ? 'low' : 'ok';
}
