import { UnstyledButton } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { explain } from '../api/client.js';
import { Blank } from '../ui/blank.js';
import { Icon } from '../ui/icons.js';
import { usePageKeys } from '../ui/page-keys.js';
import { FilterBar } from './filter-bar.js';
import { usePlace } from './use-place.js';
import { isFiltered, type SessionsSearch } from './search.js';
import { SessionTable } from './session-table.js';
import { TableSkeleton } from './table-skeleton.js';
import { useSessions, type Sessions } from './use-sessions.js';

/** Which of the sessions matter: filter, watch them come, open one. */
export function SessionsPage(): ReactNode {
  const search = useSearch({ from: '/shell/sessions' });
  const navigate = useNavigate({ from: '/sessions' });
  const [live, setLive] = useState(true);
  const [atTop, setAtTop] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const data = useSessions({ search, live, atTop });
  usePageKeys({
    '/': () => field.current?.focus(),
    p: () => setLive(!live),
  });
  usePlace(scroller, search);
  const change = (next: SessionsSearch): void => void navigate({ search: next, replace: true });

  return (
    <div className="page">
      <title>Sessions · Steno</title>
      <div className="page-head">
        <h1>Sessions</h1>
        <FilterBar search={search} onChange={change} field={field} />
        <span className="grow" />
        <LiveSwitch live={live} onChange={setLive} />
      </div>
      <div
        className="table-scroller"
        ref={scroller}
        tabIndex={-1}
        onScroll={({ currentTarget }) => setAtTop(currentTarget.scrollTop < 8)}
      >
        <Waiting count={data.waiting} onShow={() => scroller.current?.scrollTo({ top: 0 })} />
        <Contents data={data} search={search} scroller={scroller} onClear={() => change({})} />
      </div>
      <Announcer data={data} />
    </div>
  );
}

interface ContentsProps {
  readonly data: Sessions;
  readonly search: SessionsSearch;
  readonly scroller: React.RefObject<HTMLDivElement | null>;
  readonly onClear: () => void;
}

function Contents({ data, search, scroller, onClear }: ContentsProps): ReactNode {
  if (data.loading) return <TableSkeleton />;
  if (data.error !== null && data.sessions.length === 0) {
    const { title, detail } = explain(data.error);
    return (
      <Blank icon="warning" title={title} tone="danger">
        <p>{detail}</p>
        <UnstyledButton className="button" onClick={data.retry}>
          Try again
        </UnstyledButton>
      </Blank>
    );
  }
  if (data.sessions.length > 0)
    return <SessionTable data={data} search={search} scroller={scroller} />;
  return isFiltered(search) ? (
    <Blank icon="search" title="No session matches">
      <p>Nothing that was recorded fits all of these filters.</p>
      {search.claim !== undefined && (
        <p>Claims are compared to the letter: a part of one, or another case, does not fit.</p>
      )}
      <UnstyledButton className="button" onClick={onClear}>
        Clear the filters
      </UnstyledButton>
    </Blank>
  ) : (
    <Blank icon="list" title="No sessions yet">
      <p>
        A session appears here as soon as a client connects through Steno. With{' '}
        <code>steno up</code> running, its <code>psql:</code> line is a connection to try.
      </p>
    </Blank>
  );
}

function LiveSwitch(props: {
  readonly live: boolean;
  readonly onChange: (live: boolean) => void;
}): ReactNode {
  const { live, onChange } = props;
  return (
    <UnstyledButton
      className="live-switch"
      data-live={live}
      aria-pressed={live}
      onClick={() => onChange(!live)}
      title={live ? 'New sessions appear by themselves (p)' : 'The list stands still (p)'}
    >
      <Icon name={live ? 'pause' : 'play'} size={14} />
      Live updates {live ? 'on' : 'off'}
    </UnstyledButton>
  );
}

function Waiting({
  count,
  onShow,
}: {
  readonly count: number;
  readonly onShow: () => void;
}): ReactNode {
  if (count === 0) return null;
  return (
    <UnstyledButton className="waiting-pill" onClick={onShow}>
      {count === 1 ? '1 new session' : `${count} new sessions`}
    </UnstyledButton>
  );
}

/** Tells screen readers of new rows, without their moving anything. */
function Announcer({ data }: { readonly data: Sessions }): ReactNode {
  const newest = data.sessions[0]?.sessionId;
  const seen = useRef<string | undefined>(undefined);
  const [text, setText] = useState('');
  useEffect(() => {
    const known = seen.current;
    seen.current = newest;
    if (known === undefined || newest === undefined || known === newest) return;
    const count = data.sessions.findIndex(({ sessionId }) => sessionId === known);
    setText(count > 0 ? `${count} new ${count === 1 ? 'session' : 'sessions'}` : '');
  }, [newest, data.sessions]);
  return (
    <p className="visually-hidden" role="status">
      {data.waiting > 0 ? `${data.waiting} new sessions above` : text}
    </p>
  );
}
