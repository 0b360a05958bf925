import type { ApprovalDetailView, MeView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../ui/icons.js';
import { usePageKeys } from '../ui/page-keys.js';
import { useFocusGone } from '../ui/use-focus-gone.js';
import type { Saying } from './answer-dialog.js';
import { standingOf } from './standing.js';

interface ActionsProps {
  readonly approval: ApprovalDetailView;
  readonly me: MeView;
  readonly onSay: (saying: Saying) => void;
  /** One of its buttons had the focus, and goes. */
  readonly onFocusGone: () => void;
}

/** What one may say to it, as buttons and as keys. */
export function ApprovalActions({ approval, me, onSay, onFocusGone }: ActionsProps): ReactNode {
  const buttons = useFocusGone<HTMLDivElement>(onFocusGone);
  const { mayApprove, mayRefuse, mayOverride } = standingOf(approval, me);
  const canApprove = mayApprove && approval.command !== null;
  usePageKeys({
    ...(canApprove ? { a: () => onSay('approve') } : {}),
    ...(mayRefuse ? { x: () => onSay('refuse') } : {}),
  });
  return (
    <div className="approval-actions" ref={buttons}>
      {mayOverride && (
        <UnstyledButton className="button" data-tone="danger" onClick={() => onSay('override')}>
          <Icon name="warning" size={14} /> Break glass…
        </UnstyledButton>
      )}
      {mayRefuse && (
        <UnstyledButton
          className="button"
          data-tone="danger"
          title="Refuse (x)"
          onClick={() => onSay('refuse')}
        >
          <Icon name="ban" size={14} /> Refuse…
        </UnstyledButton>
      )}
      {mayApprove && (
        <UnstyledButton
          className="button"
          data-tone="primary"
          title="Approve (a)"
          disabled={!canApprove}
          onClick={() => onSay('approve')}
        >
          <Icon name="check" size={14} /> Approve…
        </UnstyledButton>
      )}
    </div>
  );
}
