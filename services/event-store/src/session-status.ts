import { EVENT_TYPE } from '@steno/proto';
import type { SessionStatus } from '@steno/proto';

/** What the store knows of a session's end and of its completeness. */
export interface SessionTotals {
  readonly closed: boolean;
  readonly reason: string;
  /** Events that are there, and the last position among them. */
  readonly events: number;
  readonly lastPosition: number;
  /** Events that say that something is missing. */
  readonly gaps: number;
  /** Positions that are held twice. */
  readonly forks: number;
  /** The last event about the boot that opened it; empty: none. */
  readonly owner: string;
  /** Its last events came after that boot was declared lost. */
  readonly late: boolean;
}

/** Reasons of session.closed that mean: the session did not end in order. */
export const FAILED_REASONS = [
  'process-lost',
  'protocol-error',
  'log-failed',
  'target-lost',
  'target-misspoke',
  'gateway-failed',
] as const;

const failed: ReadonlySet<string> = new Set(FAILED_REASONS);

/** A hole goes before everything, also in a session that still runs. */
export function sessionStatus(totals: SessionTotals): SessionStatus {
  if (totals.gaps > 0 || totals.forks > 0 || totals.events !== totals.lastPosition + 1)
    return 'gapped';
  // Lost is final: neither does a close that comes later make it whole.
  if (totals.owner === EVENT_TYPE.instanceLost && (!totals.closed || totals.late)) return 'failed';
  if (!totals.closed) return totals.owner === EVENT_TYPE.instanceSilent ? 'silent' : 'open';
  return failed.has(totals.reason) ? 'failed' : 'complete';
}
