import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { endedQuery, waitingQuery } from '../api/queries.js';
import { usePageKeys } from '../ui/page-keys.js';
import { ApprovalDetail } from './approval-detail.js';
import { ApprovalList } from './approval-list.js';
import { arrange, type Arranged } from './arrange.js';
import { withoutLink } from './search.js';

const route = '/shell/approvals/{-$approvalId}';

/** What waits for people: see it whole, then answer. */
export function ApprovalsPage(): ReactNode {
  const { show, link } = useSearch({ from: route });
  const { approvalId } = useParams({ from: route });
  const navigate = useNavigate({ from: '/approvals/{-$approvalId}' });
  const showsAll = show === 'all';
  const { data, error, refetch } = useInbox(showsAll);
  const detail = useRef<HTMLElement>(null);
  useFocusOnChange(approvalId, detail);
  const showAll = (all: boolean): void =>
    void navigate({ search: all ? { show: 'all' } : {}, replace: true });
  usePageKeys({
    e: () => showAll(!showsAll),
    u: () => void navigate({ params: { approvalId: undefined }, search: withoutLink }),
  });
  const count = data?.waiting.length ?? 0;
  return (
    <div className="page">
      <title>{count === 0 ? 'Approvals · Steno' : `(${count}) Approvals · Steno`}</title>
      <div className="page-head">
        <h1>Approvals</h1>
        <div className="segmented" role="group" aria-label="Which approvals">
          <UnstyledButton aria-pressed={!showsAll} onClick={() => showAll(false)}>
            Waiting
          </UnstyledButton>
          <UnstyledButton aria-pressed={showsAll} onClick={() => showAll(true)}>
            All
          </UnstyledButton>
        </div>
      </div>
      <div className="approvals" data-open={approvalId !== undefined}>
        <section className="approval-list-pane" aria-label="Held commands">
          <ApprovalList data={data} error={error} showsAll={showsAll} onRetry={refetch} />
        </section>
        <section className="approval-pane" aria-label="Approval" tabIndex={-1} ref={detail}>
          {approvalId === undefined ? (
            <p className="approval-none">
              {data !== undefined &&
                data.waiting.length + data.ended.length > 0 &&
                'Choose a command to see all of it.'}
            </p>
          ) : (
            <ApprovalDetail key={approvalId} approvalId={approvalId} link={link} />
          )}
        </section>
      </div>
    </div>
  );
}

interface Inbox {
  readonly data: Arranged | undefined;
  readonly error: Error | null;
  readonly refetch: () => void;
}

function useInbox(showsAll: boolean): Inbox {
  const waiting = useQuery(waitingQuery);
  const ended = useQuery({ ...endedQuery, enabled: showsAll });
  const isThere = waiting.data !== undefined && (!showsAll || ended.data !== undefined);
  return {
    data: isThere ? arrange(waiting.data.items, showsAll ? ended.data?.items : []) : undefined,
    error: waiting.error ?? (showsAll ? ended.error : null),
    refetch: () => {
      void waiting.refetch();
      if (showsAll) void ended.refetch();
    },
  };
}

/** Who opens an approval is led into it, and back to its row when it is closed. */
function useFocusOnChange(id: string | undefined, detail: React.RefObject<HTMLElement | null>) {
  const before = useRef(id);
  useEffect(() => {
    const closed = before.current;
    before.current = id;
    if (closed === id) return;
    if (id !== undefined) detail.current?.focus({ preventScroll: true });
    else {
      const row = `[data-approval="${CSS.escape(closed ?? '')}"]`;
      // It is gone from the list where it does not wait any more.
      const place = document.querySelector<HTMLElement>(row) ?? document.getElementById('main');
      place?.focus({ preventScroll: true });
    }
  }, [id, detail]);
}
