import type { ApprovalDetailView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';

const WORDS = {
  used: {
    title: 'This link was used already',
    text: 'Somebody has answered since it was sent, and it is good for one answer.',
  },
  unknown: {
    title: 'This link is not one that Steno made for this approval',
    text: 'It may have been cut off, or changed on its way. Nothing can be answered by it.',
  },
} as const;

/** That the link that led here is good for nothing, and where to go. */
export function LinkWarning({ approval }: { readonly approval: ApprovalDetailView }): ReactNode {
  const { link, state } = approval;
  if (link === undefined || link === 'good') return null;
  const { title, text } = WORDS[link];
  return (
    <div className="callout approval-stale" data-tone="warning" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        <p>
          {text}{' '}
          <Link to="/approvals/{-$approvalId}" params={{ approvalId: undefined }} search={{}}>
            Open the inbox
          </Link>{' '}
          {state === 'waiting' ? 'and answer there.' : 'to see what waits.'}
        </p>
      </div>
    </div>
  );
}
