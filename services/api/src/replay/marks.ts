import type { Envelope } from '@steno/proto';

export interface MarkOf {
  readonly lane: 'command' | 'error' | 'limit' | 'gap' | 'state';
  readonly label: string;
}

/** Where an event stands on the lanes of the timeline; the same as queries/session-marks.sql. */
export function markOf({ facts }: Envelope): MarkOf | undefined {
  switch (facts.case) {
    case 'commandSubmitted':
      return { lane: 'command', label: facts.value.kind };
    case 'responseCompleted':
      return facts.value.status === 'error'
        ? { lane: 'error', label: facts.value.error?.code ?? '' }
        : undefined;
    case 'limitReached':
      return { lane: 'limit', label: facts.value.limit };
    case 'gap':
      return { lane: 'gap', label: facts.value.reason };
    case 'sessionOpened':
      return { lane: 'state', label: 'opened' };
    case 'sessionClosed':
      return { lane: 'state', label: facts.value.reason };
    default:
      return undefined;
  }
}
