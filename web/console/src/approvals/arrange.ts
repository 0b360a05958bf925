import type { ApprovalView } from '@steno/proto';

export interface Arranged {
  /** The oldest first, as the api gives them. */
  readonly waiting: readonly ApprovalView[];
  /** The one that ended last first. */
  readonly ended: readonly ApprovalView[];
}

/** From two answers of the api, either of which may be the newer one. */
export function arrange(
  waiting: readonly ApprovalView[],
  all: readonly ApprovalView[] = [],
): Arranged {
  const ended = all.filter(({ state }) => state !== 'waiting');
  const endedIds = new Set(ended.map(({ approvalId }) => approvalId));
  return {
    waiting: waiting.filter(({ approvalId }) => !endedIds.has(approvalId)),
    ended: ended.toSorted((a, b) => Date.parse(endOf(b)) - Date.parse(endOf(a))),
  };
}

/** Of one that expired unheard nobody said so. */
export const endOf = ({ endedAt, expiresAt }: ApprovalView): string => endedAt ?? expiresAt;

/** A line's worth of a command, without the white space that could push its end out of sight. */
export function lineOf({ command, kind, calls }: ApprovalView): string {
  if (command === null) return '(the text is not there)';
  if (command === '') return `(${kind} ${calls.join(', ')})`;
  return command.trimStart().slice(0, lineCharacters).replaceAll(/\s+/g, ' ').trim();
}

const lineCharacters = 300;
