import type { CommandDecided, Decision, Envelope, Masked } from '@steno/proto';

/** A point on a lane of the timeline of a session. */
export interface LaneMark {
  readonly lane:
    | 'command'
    | 'decision'
    | 'approval'
    | 'error'
    | 'mask'
    | 'redaction'
    | 'limit'
    | 'gap'
    | 'state';
  readonly label: string;
  /**
   * decision: deny, hold, allow. approval: waiting, or what became of it as command.decided says.
   */
  readonly outcome?: string;
  /** Of an approval that ended: the position at which it was asked for. */
  readonly askedAt?: number;
}

/**
 * Where an event stands on the lanes; queries/session-marks.sql finds the same ones. That a command
 * was allowed is told only where people had to let it go: else each would stand there.
 */
export function laneMarks({ facts }: Envelope): readonly LaneMark[] {
  switch (facts.case) {
    case 'commandSubmitted': {
      const { kind, decision, redacted } = facts.value;
      const command = { lane: 'command', label: kind } as const;
      return [command, ...decisionMarks(decision), ...counted('redaction', redacted)];
    }
    case 'commandDecided':
      return [outcomeMark(facts.value)];
    case 'statementPrepared':
      return counted('redaction', facts.value.redacted);
    case 'responseCompleted': {
      const { status, error, masked, inputRedacted } = facts.value;
      const failed = { lane: 'error', label: error?.code ?? '' } as const;
      return [
        ...(status === 'error' ? [failed] : []),
        ...counted('mask', masked),
        ...counted('redaction', inputRedacted),
      ];
    }
    case 'limitReached':
      return [{ lane: 'limit', label: facts.value.limit }];
    case 'gap':
      return [{ lane: 'gap', label: facts.value.reason }];
    case 'sessionOpened':
      return [{ lane: 'state', label: 'opened' }];
    case 'sessionClosed':
      return [{ lane: 'state', label: facts.value.reason }];
    default:
      return [];
  }
}

function decisionMarks(decision: Decision | undefined): readonly LaneMark[] {
  const { effect = '', rule = '', approval = '' } = decision ?? {};
  const by = rule === '' ? '' : ` by ${rule}`;
  switch (effect) {
    case 'deny':
      return [{ lane: 'decision', label: `denied${by}`, outcome: effect }];
    case 'hold':
      return [
        { lane: 'decision', label: `held${by}`, outcome: effect },
        { lane: 'approval', label: 'approval asked for', outcome: 'waiting' },
      ];
    default:
      if (approval === '') return [];
      return [{ lane: 'decision', label: 'allowed by an earlier approval', outcome: 'allow' }];
  }
}

function outcomeMark({ command, outcome, actor, reason, decision }: CommandDecided): LaneMark {
  const word = outcome || (decision?.effect ?? '');
  const by = actor === '' ? '' : ` by ${actor}`;
  const why = reason === '' ? '' : `: ${reason}`;
  const label = `${word}${by}${why}`;
  return { lane: 'approval', label, outcome: word, askedAt: Number(command) };
}

/** `3 email, 1 iban` */
function counted(lane: 'mask' | 'redaction', counts: readonly Masked[]): readonly LaneMark[] {
  const some = counts.filter(({ count }) => count > 0n);
  if (some.length === 0) return [];
  return [{ lane, label: some.map(({ type, count }) => `${count} ${type}`).join(', ') }];
}
