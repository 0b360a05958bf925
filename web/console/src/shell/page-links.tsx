import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { meQuery, waitingQuery } from '../api/queries.js';
import { mayReadApprovals, mayReadSessions } from '../api/rights.js';

const countedMs = 10_000;
const current = { 'aria-current': 'page' } as const;

/** The pages that whoever is signed in may open. */
export function PageLinks(): ReactNode {
  const { data: me } = useQuery(meQuery);
  // Until it is known who asks, the bar is as it is for most.
  const seesSessions = me === undefined || mayReadSessions(me);
  const seesApprovals = me !== undefined && mayReadApprovals(me);
  return (
    <nav aria-label="Pages">
      {seesSessions && (
        <Link to="/sessions" className="nav-link" activeProps={current}>
          Sessions
        </Link>
      )}
      {seesApprovals && <ApprovalsLink />}
      {seesSessions && (
        <Link to="/identities" className="nav-link" activeProps={current}>
          Identities
        </Link>
      )}
      {seesSessions && (
        <Link to="/policies" className="nav-link" activeProps={current}>
          Policies
        </Link>
      )}
      {seesSessions && (
        <Link to="/pipeline" className="nav-link" activeProps={current}>
          Pipeline
        </Link>
      )}
    </nav>
  );
}

function ApprovalsLink(): ReactNode {
  const { data } = useQuery({ ...waitingQuery, refetchInterval: countedMs });
  const count = data?.items.length ?? 0;
  return (
    <Link
      to="/approvals/{-$approvalId}"
      params={{ approvalId: undefined }}
      className="nav-link"
      activeProps={current}
      aria-label={count > 0 ? `Approvals, ${count} waiting` : 'Approvals'}
    >
      Approvals
      {count > 0 && <b className="nav-count">{count}</b>}
    </Link>
  );
}
