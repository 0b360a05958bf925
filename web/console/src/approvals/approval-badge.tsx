import type { ApprovalState } from '@steno/proto';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import type { StatusWords } from '../ui/status-badge.js';

const STATES: Readonly<Record<ApprovalState, StatusWords>> = {
  waiting: { icon: 'pause', word: 'Waiting', tone: 'live', means: 'Nobody has decided yet.' },
  granted: { icon: 'check', word: 'Granted', tone: 'ok', means: 'Those who were asked agreed.' },
  refused: { icon: 'ban', word: 'Refused', tone: 'danger', means: 'Somebody refused it.' },
  overridden: {
    icon: 'warning',
    word: 'Glass broken',
    tone: 'warning',
    means: 'An administrator let it go, past those who were asked.',
  },
  expired: { icon: 'silent', word: 'Expired', tone: 'plain', means: 'Its time was over.' },
  withdrawn: {
    icon: 'left',
    word: 'Withdrawn',
    tone: 'plain',
    means: 'Who asked does not want it any more.',
  },
};

export function ApprovalBadge({ state }: { readonly state: ApprovalState }): ReactNode {
  const { icon, word, tone, means } = STATES[state];
  return (
    <span className="badge" data-tone={tone} title={means}>
      <Icon name={icon} size={12} />
      {word}
    </span>
  );
}
