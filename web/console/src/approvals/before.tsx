import type { ApprovalDetailView, ApprovalView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { formatTime } from '../ui/format.js';
import { InertName, InertText } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';
import { ApprovalBadge } from './approval-badge.js';
import { changedBinds, difference } from './difference.js';
import { endOf } from './arrange.js';
import { withoutLink } from './search.js';

/** What was let go before for the same identity on the same target, and how this one differs. */
export function Before({ approval }: { readonly approval: ApprovalDetailView }): ReactNode {
  const { before } = approval;
  return (
    <section aria-label="Let go before">
      <div className="approval-section-head">
        <h3>Let go before</h3>
        {before.length > 0 && (
          <span className="faint">
            <del>struck out</del>: only then, <ins>underlined</ins>: only in this one
          </span>
        )}
      </div>
      {before.length === 0 ? (
        <p className="faint">Nothing yet, for this identity on this target.</p>
      ) : (
        <ol className="approval-before">
          {before.map((earlier) => (
            <li key={earlier.approvalId}>
              <Earlier earlier={earlier} approval={approval} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

interface EarlierProps {
  readonly earlier: ApprovalView;
  readonly approval: ApprovalView;
}

function Earlier({ earlier, approval }: EarlierProps): ReactNode {
  const [zone] = useZone();
  const answer = earlier.answers.findLast((each) => each.void === undefined);
  return (
    <>
      <p className="approval-earlier">
        <ApprovalBadge state={earlier.state} />
        <Link
          to="/approvals/{-$approvalId}"
          params={{ approvalId: earlier.approvalId }}
          search={withoutLink}
        >
          {formatTime(endOf(earlier), zone)}
        </Link>
        {answer !== undefined && (
          <span>
            by <InertName name={answer.name ?? answer.actor} />: <InertName name={answer.reason} />
          </span>
        )}
      </p>
      <Changes earlier={earlier} approval={approval} />
    </>
  );
}

function Changes({ earlier, approval }: EarlierProps): ReactNode {
  const [from, to] = [earlier.command, approval.command];
  const stretches = useMemo(
    () => (from === null || to === null ? undefined : difference(from, to)),
    [from, to],
  );
  const binds = changedBinds(earlier.binds ?? [], approval.binds ?? []);
  if (stretches === undefined) return <p className="faint">Its text is not there to compare.</p>;
  const isSame = stretches.every(({ kind }) => kind === 'same');
  if (isSame && binds.length === 0) return <p className="approval-same">The same command.</p>;
  return (
    <>
      {isSame ? (
        <p>The same text, other values:</p>
      ) : (
        <pre className="approval-text" tabIndex={0} role="region" aria-label="What differs">
          {stretches.map(({ kind, text }, index) => {
            // Stretches change all together, so one is known by its place.
            const key = index;
            const inert = <InertText text={text} />;
            if (kind === 'same') return <span key={key}>{inert}</span>;
            return kind === 'gone' ? <del key={key}>{inert}</del> : <ins key={key}>{inert}</ins>;
          })}
        </pre>
      )}
      {binds.length > 0 && (
        <ol className="binds">
          {binds.map(({ name, earlier: was, later }) => (
            <li key={name}>
              <span className="faint">{name}</span>
              <span>
                <del>
                  <InertText text={was} />
                </del>{' '}
                <ins>
                  <InertText text={later} />
                </ins>
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
