import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { explain } from '../api/client.js';
import { sessionsOfQuery } from '../api/queries.js';
import { countOf, formatTime } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { StatusBadge } from '../ui/status-badge.js';
import { useZone } from '../ui/use-zone.js';

/** The newest of its sessions, and the way to all of them. */
export function RecentSessions({ identity }: { readonly identity: string }): ReactNode {
  const { data, error } = useQuery(sessionsOfQuery(identity));
  const [zone] = useZone();
  const sessions = data?.items ?? [];
  return (
    <section aria-label="Recent sessions">
      <h2>Recent sessions</h2>
      {error !== null && data === undefined && <p className="faint">{explain(error).title}.</p>}
      {data !== undefined && sessions.length === 0 && <p className="faint">It had none.</p>}
      {sessions.length > 0 && (
        <>
          <ol className="plain-list">
            {sessions.map(({ sessionId, status, target, startedAt, commands, errors }) => (
              <li key={sessionId} className="list-line">
                <StatusBadge status={status} />
                <Link to="/sessions/$sessionId" params={{ sessionId }} className="list-link mono">
                  <InertName name={target} />
                </Link>
                <span className="list-more">
                  {countOf(commands, 'command')}
                  {errors > 0 && (
                    <span className="has-errors">, {countOf(errors, 'error')}</span>
                  )} · {formatTime(startedAt, zone)}
                </span>
              </li>
            ))}
          </ol>
          <Link to="/sessions" search={{ identity: [identity] }}>
            All its sessions
          </Link>
        </>
      )}
    </section>
  );
}
