import type { ApprovalView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode, RefObject } from 'react';
import { useRef } from 'react';
import { explain } from '../api/client.js';
import { ENDED_SHOWN } from '../api/queries.js';
import { useRowKeys } from '../sessions/use-row-keys.js';
import { Blank } from '../ui/blank.js';
import { countOf } from '../ui/format.js';
import { useNow } from '../ui/use-now.js';
import { useZone } from '../ui/use-zone.js';
import { ApprovalRow } from './approval-row.js';
import type { Arranged } from './arrange.js';

interface ApprovalListProps {
  readonly data: Arranged | undefined;
  readonly error: Error | null;
  readonly showsAll: boolean;
  readonly onRetry: () => void;
}

/** The commands that wait, the oldest first; on request those that do not any more. */
export function ApprovalList(props: ApprovalListProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  return (
    <div className="approval-list" ref={scroller}>
      <Contents {...props} scroller={scroller} />
    </div>
  );
}

interface ContentsProps extends ApprovalListProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
}

function Contents(props: ContentsProps): ReactNode {
  const { data, error, showsAll, onRetry } = props;
  if (error !== null) {
    // What waited some seconds ago is no answer to what waits now.
    const { title, detail } = explain(error);
    return (
      <Blank icon="warning" title={title} tone="danger">
        <p>{detail}</p>
        <UnstyledButton className="button" onClick={onRetry}>
          Try again
        </UnstyledButton>
      </Blank>
    );
  }
  if (data === undefined) return <Loading />;
  if (data.waiting.length + data.ended.length > 0) return <Rows {...props} {...data} />;
  return (
    <Blank icon="check" title={showsAll ? 'Nothing was held yet' : 'Nothing waits'}>
      <p>
        A command that a policy holds with <code>@approve</code> appears here by itself, the oldest
        first.
      </p>
    </Blank>
  );
}

function Rows({ waiting, ended, showsAll, scroller }: ContentsProps & Arranged): ReactNode {
  const now = useNow();
  const [zone] = useZone();
  useRowKeys(waiting.length + ended.length, () => undefined, scroller);
  const rows = (some: readonly ApprovalView[], first: number): ReactNode =>
    some.map((approval, index) => (
      <li key={approval.approvalId}>
        <ApprovalRow approval={approval} index={first + index} now={now} zone={zone} />
      </li>
    ));
  return (
    <>
      {showsAll && waiting.length === 0 && <p className="approval-note">Nothing waits.</p>}
      {waiting.length > 0 && <ol aria-label="Waiting">{rows(waiting, 0)}</ol>}
      {ended.length > 0 && (
        <>
          <h2 className="approval-group">Ended</h2>
          <ol aria-label="Ended">{rows(ended, waiting.length)}</ol>
        </>
      )}
      <p className="approval-note" role="status">
        {waiting.length > 0 && `${countOf(waiting.length, 'command')} waiting. `}
        {showsAll && ended.length > 0 && `Of those that ended, at most ${ENDED_SHOWN} are shown.`}
      </p>
    </>
  );
}

const placeholders = [...'abcde'];

function Loading(): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label="Loading the approvals">
      {placeholders.map((row) => (
        <div key={row} aria-hidden="true">
          <i />
          <i />
        </div>
      ))}
    </div>
  );
}
