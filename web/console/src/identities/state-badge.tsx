import type { IdentityState } from '@steno/proto';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import type { StatusWords } from '../ui/status-badge.js';

export const STATE_WORDS: Readonly<Record<IdentityState, StatusWords>> = {
  observed: {
    icon: 'search',
    word: 'Observed',
    tone: 'plain',
    means: 'It was seen, and nobody has said anything of it.',
  },
  declared: {
    icon: 'quote',
    word: 'Declared',
    tone: 'warning',
    means: 'Somebody answers for it; nobody has approved it yet.',
  },
  approved: { icon: 'check', word: 'Approved', tone: 'ok', means: 'Declared and approved.' },
  suspended: {
    icon: 'pause',
    word: 'Suspended',
    tone: 'danger',
    means: 'Kept out until it is resumed.',
  },
  revoked: {
    icon: 'ban',
    word: 'Revoked',
    tone: 'danger',
    means: 'Kept out until it is declared and approved anew.',
  },
  expired: {
    icon: 'silent',
    word: 'Expired',
    tone: 'danger',
    means: 'The time for which it was declared is over.',
  },
};

export function StateBadge({ state }: { readonly state: IdentityState }): ReactNode {
  const { icon, word, tone, means } = STATE_WORDS[state];
  return (
    <span className="badge" data-tone={tone} title={means}>
      <Icon name={icon} size={12} />
      {word}
    </span>
  );
}
