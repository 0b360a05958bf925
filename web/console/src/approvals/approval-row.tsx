import type { ApprovalView } from '@steno/proto';
import type { Zone } from '@steno/player';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { ApprovalBadge } from './approval-badge.js';
import { endOf, lineOf } from './arrange.js';
import { Countdown } from './countdown.js';
import { withoutLink } from './search.js';

interface ApprovalRowProps {
  readonly approval: ApprovalView;
  readonly index: number;
  readonly now: number;
  readonly zone: Zone;
}

const mostKinds = 4;

/** One command that waits, or what became of it; all of the row leads to it. */
export function ApprovalRow({ approval, index, now, zone }: ApprovalRowProps): ReactNode {
  const { approvalId, state, identity, target, environment, kinds, whereMissing } = approval;
  const shownKinds = kinds.slice(0, mostKinds);
  return (
    <Link
      to="/approvals/{-$approvalId}"
      params={{ approvalId }}
      search={withoutLink}
      className="approval-row"
      data-row={index}
      data-approval={approvalId}
    >
      <span className="approval-line">
        <b className="approval-who mono">
          <InertName name={identity} />
        </b>
        {state === 'waiting' ? (
          <Countdown expiresAt={approval.expiresAt} now={now} />
        ) : (
          <ApprovalBadge state={state} />
        )}
      </span>
      <span className="approval-line">
        <span className="approval-where mono">
          <Icon name="right" size={12} />
          <span className="visually-hidden">on </span>
          <InertName name={target} />
          <Environment name={environment} />
        </span>
        {state !== 'waiting' && (
          <span className="approval-when">{formatTime(endOf(approval), zone)}</span>
        )}
      </span>
      <code className="approval-command">
        <InertName name={lineOf(approval)} />
      </code>
      <span className="approval-kinds">
        {shownKinds.map((kind) => (
          <span className="tag" key={kind}>
            {kind}
          </span>
        ))}
        {kinds.length > mostKinds && <span className="faint">+{kinds.length - mostKinds}</span>}
        {whereMissing && (
          <span className="tag" data-tone="danger">
            no WHERE
          </span>
        )}
        {approval.opaqueParts.length > 0 && (
          <span className="tag" data-tone="warning">
            opaque
          </span>
        )}
      </span>
    </Link>
  );
}

export function Environment({ name }: { readonly name: string }): ReactNode {
  if (name === '') return null;
  return (
    <span className="tag" data-tone="strong">
      <InertName name={name} />
    </span>
  );
}
