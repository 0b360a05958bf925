import type { ApprovalDetailView, MeView } from '@steno/proto';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { meQuery } from '../api/queries.js';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { useNow } from '../ui/use-now.js';
import { AnswerDialog, type Saying } from './answer-dialog.js';
import { ApprovalActions } from './approval-actions.js';
import { ApprovalBadge } from './approval-badge.js';
import { Environment } from './approval-row.js';
import { BackLink } from './back-link.js';
import { Countdown } from './countdown.js';
import { openAsks, standingOf } from './standing.js';

interface HeaderProps extends ApprovalProps {
  /** Of the link that led here; undefined: none did. */
  readonly link: string | undefined;
}

interface ApprovalProps {
  readonly approval: ApprovalDetailView;
}

/** Who asks for it where, how it stands, and what one may say. */
export function ApprovalHeader({ approval, link }: HeaderProps): ReactNode {
  const { data: me } = useQuery(meQuery);
  const heading = useRef<HTMLHeadingElement>(null);
  const [saying, setSaying] = useState<Saying>();
  const isAnswerable = link === undefined || approval.link === 'good';
  const focusHeading = (): void => heading.current?.focus({ preventScroll: true });
  return (
    <header className="approval-head">
      <div className="approval-title">
        <BackLink />
        <h2 className="mono" tabIndex={-1} ref={heading}>
          <InertName name={approval.identity} />
          <span className="faint" aria-hidden="true">
            <Icon name="right" size={14} />
          </span>
          <span className="visually-hidden">on</span>
          <InertName name={approval.target} />
          <Environment name={approval.environment} />
        </h2>
        <span className="grow" />
        {approval.state === 'waiting' && isAnswerable && me !== undefined && (
          <ApprovalActions
            approval={approval}
            me={me}
            onSay={setSaying}
            onFocusGone={focusHeading}
          />
        )}
      </div>
      <Standing approval={approval} me={me} />
      {(['approve', 'refuse', 'override'] as const).map((each) => (
        <AnswerDialog
          key={each}
          saying={each}
          approval={approval}
          link={link}
          me={me}
          opened={saying === each}
          onClose={() => setSaying(undefined)}
          onClosed={() => {
            // The button that it was opened by may be gone.
            if (document.activeElement === document.body) focusHeading();
          }}
        />
      ))}
    </header>
  );
}

const CAUSES: Readonly<Record<string, string>> = {
  canceled: 'The client canceled it.',
  'client-left': 'The client left.',
  'session-ended': 'Its session ended.',
};

/** A line on how it stands, and why one may not approve it. */
function Standing({
  approval,
  me,
}: ApprovalProps & { readonly me: MeView | undefined }): ReactNode {
  const now = useNow();
  const { state, cause, expiresAt, command } = approval;
  if (state !== 'waiting') {
    return (
      <p className="approval-standing" role="status">
        <ApprovalBadge state={state} />
        {cause !== undefined && (CAUSES[cause] ?? cause)}
      </p>
    );
  }
  const why = me === undefined ? '' : standingOf(approval, me).why;
  return (
    <p className="approval-standing">
      <ApprovalBadge state={state} />
      <span>
        for <InertName name={openAsks(approval)} />
      </span>
      <Countdown expiresAt={expiresAt} now={now} />
      {why !== '' && <span className="approval-why">{why}</span>}
      {why === '' && command === null && (
        <span className="approval-why">Nobody approves what cannot be read.</span>
      )}
    </p>
  );
}
