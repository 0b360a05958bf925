import type { SessionStatus } from '@steno/proto';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.js';

export interface StatusWords {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: 'ok' | 'live' | 'warning' | 'danger' | 'plain';
  readonly means: string;
}

export const STATUS_WORDS: Readonly<Record<SessionStatus, StatusWords>> = {
  complete: {
    icon: 'check',
    word: 'Complete',
    tone: 'ok',
    means: 'Closed, and every event is there.',
  },
  open: { icon: 'record', word: 'Open', tone: 'live', means: 'Still running.' },
  silent: {
    icon: 'silent',
    word: 'Silent',
    tone: 'warning',
    means: 'Its recorder stopped reporting; it may still run.',
  },
  gapped: { icon: 'gap', word: 'Gapped', tone: 'danger', means: 'Events are missing.' },
  failed: {
    icon: 'cross',
    word: 'Failed',
    tone: 'danger',
    means: 'Ended without being closed in order; what was recorded until then is there.',
  },
};

export function StatusBadge({ status }: { readonly status: SessionStatus }): ReactNode {
  const { icon, word, tone, means } = STATUS_WORDS[status];
  return (
    <span className="badge" data-tone={tone} title={means}>
      <Icon name={icon} size={12} />
      {word}
    </span>
  );
}

/** Beside the status: its instance was declared lost, and some of it came after that. */
export function LateBadge({ lateFrom }: { readonly lateFrom: number | undefined }): ReactNode {
  if (lateFrom === undefined) return null;
  const means = `From position ${lateFrom} on, events came after its instance was declared lost.`;
  return (
    <span className="badge" data-tone="warning" title={means}>
      <Icon name="warning" size={12} />
      Late
    </span>
  );
}
