import type { ChainView } from '@steno/proto';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { chainQuery } from '../api/queries.js';
import { countOf, short } from '../ui/format.js';
import { Icon, type IconName } from '../ui/icons.js';

interface ChainBadgeProps {
  readonly sessionId: string;
  readonly running: boolean;
}

/** Whether the chain of the session's events, recomputed just now, is whole. */
export function ChainBadge({ sessionId, running }: ChainBadgeProps): ReactNode {
  const { data, isError } = useQuery(chainQuery(sessionId, running));
  if (isError) {
    return (
      <span className="badge" data-tone="warning">
        <Icon name="shield" size={12} /> Not verified
      </span>
    );
  }
  if (data === undefined) {
    return (
      <span className="badge" data-tone="plain" role="status">
        <Icon name="shield" size={12} /> Verifying…
      </span>
    );
  }
  const { icon, tone, text } = wordsOf(data);
  return (
    <span
      className="badge"
      data-tone={tone}
      title={`Checked at ${data.checkedAt}, head ${data.head}`}
    >
      <Icon name={icon} size={12} /> {text}
    </span>
  );
}

interface ChainWords {
  readonly icon: IconName;
  readonly tone: 'ok' | 'danger';
  readonly text: string;
}

export function wordsOf({ state, events, head, problem }: ChainView): ChainWords {
  const where = problem === undefined ? '' : ` at event ${problem.position}: ${problem.what}`;
  switch (state) {
    case 'whole':
      return {
        icon: 'shield',
        tone: 'ok',
        text: `Verified ${countOf(events, 'event')}, head ${short(head, 8)}`,
      };
    case 'gapped':
      return { icon: 'gap', tone: 'danger', text: `Chain has a gap${where}` };
    case 'changed':
      return { icon: 'warning', tone: 'danger', text: `Chain was changed${where}` };
  }
}
