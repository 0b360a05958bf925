import type { Durability } from './installation.js';
import type { Kill } from './part.js';

/** Something that a client asked. */
export interface Statement {
  /** Stands in its text, and in no other. */
  readonly marker: string;
  /** The name that the connection gave, which its session has. */
  readonly connection: string;
  readonly capture: string;
  readonly durability: Durability;
  /** When its answer had come to its end; undefined: it never did. */
  acknowledgedAt: number | undefined;
}

/** What ClickHouse says of a session. */
export interface RecordedSession {
  readonly session: string;
  readonly connection: string;
  readonly closed: boolean;
  readonly reason: string;
  /** Events that admit that something is missing. */
  readonly gaps: number;
  readonly forks: number;
  /** What it counts as the session's, and the last position by that count. */
  readonly counted: number;
  readonly countedLast: number;
  /** Rows of its events, their different positions, the highest of them. */
  readonly rows: number;
  readonly positions: number;
  readonly last: number;
}

export interface Evidence {
  readonly statements: readonly Statement[];
  readonly kills: readonly Kill[];
  /** Markers of changes that the target made. */
  readonly ran: readonly string[];
  /** How often each marker stands in a recorded command. */
  readonly recorded: ReadonlyMap<string, number>;
  readonly sessions: readonly RecordedSession[];
  /** Rows of events or content beyond one for each place. */
  readonly repeatedRows: number;
}

export interface Outcome {
  readonly acknowledged: number;
  readonly lost: number;
  readonly inWindow: number;
  readonly duplicated: number;
  readonly unflagged: number;
  /** Sessions that are said to have holes, and have none. */
  readonly falselyFlagged: number;
  /** Some of those that are counted as wrong. */
  readonly examples: readonly string[];
}

/** `limits.fastWindow`, and how long a commit may take until clients wait for it. */
export const FAST_WINDOW_MS = 250;

const EXAMPLES_MAX = 5;
/** Reasons of session.closed by which a session is `failed` (event-store, session-status.ts). */
const FAILED = new Set([
  'process-lost',
  'protocol-error',
  'log-failed',
  'target-lost',
  'target-misspoke',
  'gateway-failed',
]);

/** Compares what was acknowledged, and done, with what is recorded. */
export function judge(evidence: Evidence): Outcome {
  const { statements, recorded, sessions } = evidence;
  const missing = missingOf(evidence);
  const lost = missing.filter((statement) => !isInWindow(statement, evidence.kills));
  const twice = statements.filter(({ marker }) => (recorded.get(marker) ?? 0) > 1);
  const flagged = new Set(sessions.filter(isFlagged).map(({ connection }) => connection));
  const unflagged = missing.filter(({ connection }) => !flagged.has(connection));
  const hidden = sessions.filter((session) => hasHole(session) && !isGapped(session));
  const falsely = sessions.filter((session) => isGapped(session) && !hasHole(session));
  const examples = [
    ...lost.map(({ marker }) => `lost ${marker}`),
    ...twice.map(({ marker }) => `twice ${marker}`),
    ...unflagged.map(({ marker }) => `unflagged ${marker}`),
    ...hidden.map(({ session }) => `hole not shown in ${session}`),
    ...falsely.map(({ session }) => `no hole in ${session}`),
  ];
  return {
    acknowledged: statements.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length,
    lost: lost.length,
    inWindow: missing.length - lost.length,
    duplicated: twice.length + evidence.repeatedRows,
    unflagged: unflagged.length + hidden.length,
    falselyFlagged: falsely.length,
    examples: examples.slice(0, EXAMPLES_MAX),
  };
}

/** Acknowledged, or done by a strict target, and not recorded. */
function missingOf({ statements, ran, recorded }: Evidence): Statement[] {
  const done = new Set(ran);
  return statements.filter(({ marker, durability, acknowledgedAt }) => {
    const counts = acknowledgedAt !== undefined || (durability === 'strict' && done.has(marker));
    return counts && !recorded.has(marker);
  });
}

/** What a capture wrote behind shortly before it was killed may be lost, and only that. */
function isInWindow({ durability, capture, acknowledgedAt }: Statement, kills: readonly Kill[]) {
  if (durability === 'strict' || acknowledgedAt === undefined) return false;
  return kills.some(
    (kill) =>
      kill.part === capture &&
      acknowledgedAt >= kill.at - FAST_WINDOW_MS - kill.stallMs &&
      acknowledgedAt <= kill.at + FAST_WINDOW_MS + kill.stallMs,
  );
}

function hasHole({ positions, last, rows, gaps }: RecordedSession): boolean {
  return rows === 0 || positions !== last + 1 || gaps > 0;
}

/** As event-store/src/session-status.ts has it. */
function isGapped({ gaps, forks, counted, countedLast }: RecordedSession): boolean {
  return gaps > 0 || forks > 0 || counted !== countedLast + 1;
}

function isFlagged(session: RecordedSession): boolean {
  return isGapped(session) || (session.closed && FAILED.has(session.reason));
}
