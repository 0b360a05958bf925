import type { ApprovalView } from '@steno/proto';

export interface Arranged {
  /** The oldest first, as the api gives them. */
  readonly waiting: readonly ApprovalView[];
  /** The one that ended last first. */
  readonly ended: readonly ApprovalView[];
}

export function arrange(approvals: readonly ApprovalView[]): Arranged {
  const waiting = approvals.filter(({ state }) => state === 'waiting');
  const ended = approvals.filter(({ state }) => state !== 'waiting');
  return { waiting, ended: ended.toSorted((a, b) => Date.parse(endOf(b)) - Date.parse(endOf(a))) };
}

/** Of one that expired unheard nobody said so. */
export const endOf = ({ endedAt, expiresAt }: ApprovalView): string => endedAt ?? expiresAt;

/** A line's worth of a command, without the white space that could push its end out of sight. */
export function lineOf({ command, kind, calls }: ApprovalView): string {
  if (command === null) return '(the text is not there)';
  const line = command.slice(0, lineCharacters).replaceAll(/\s+/g, ' ').trim();
  return line === '' ? `(${kind} ${calls.join(', ')})` : line;
}

const lineCharacters = 300;
