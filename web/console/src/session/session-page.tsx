import type { SessionDetailView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { Moment } from '@steno/player';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { ApiError, explain } from '../api/client.js';
import { isRunning, sessionQuery } from '../api/queries.js';
import { Blank } from '../ui/blank.js';
import { momentOf, validateSessionSearch } from './search.js';
import { SessionView } from './session-view.js';

/** What one session did. */
export function SessionPage(): ReactNode {
  const { sessionId } = useParams({ from: '/shell/sessions/$sessionId' });
  const { data, error, refetch } = useQuery(sessionQuery(sessionId));
  if (data !== undefined) return <Opened key={sessionId} session={data} />;
  if (error === null) {
    return (
      <div className="page-blank" role="status">
        Loading the session…
      </div>
    );
  }
  const missing = error instanceof ApiError && error.status === 404;
  const { title, detail } = explain(error);
  return (
    <div className="page-blank">
      <title>Session · Steno</title>
      <Blank icon="warning" title={missing ? 'There is no such session' : title} tone="danger">
        <p>{detail}</p>
        {missing ? (
          <Link to="/sessions">Go to the sessions</Link>
        ) : (
          <UnstyledButton className="button" onClick={() => void refetch()}>
            Try again
          </UnstyledButton>
        )}
      </Blank>
    </div>
  );
}

/** Where to begin is decided once: later the address follows the replay, not the other way. */
function Opened({ session }: { readonly session: SessionDetailView }): ReactNode {
  const search = useSearch({ strict: false });
  const [initial] = useState(
    (): Moment | 'live' =>
      momentOf(validateSessionSearch(search)) ??
      (isRunning(session) ? 'live' : { kind: 't', t: 0 }),
  );
  return <SessionView session={session} initial={initial} />;
}
