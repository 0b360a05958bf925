import { UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError, explain } from '../api/client.js';
import { identityQuery } from '../api/queries.js';
import { Blank } from '../ui/blank.js';
import { Icon } from '../ui/icons.js';
import { usePageKeys } from '../ui/page-keys.js';
import { useZone } from '../ui/use-zone.js';
import { Activity } from './activity.js';
import { IdentityHeader } from './identity-header.js';
import { lastIdentitiesSearch } from './last-search.js';
import { Lifecycle } from './lifecycle.js';
import { RecentCommands } from './recent-commands.js';
import { RecentSessions } from './recent-sessions.js';
import { Targets } from './targets.js';

/** One that acts: who answers for it, what it does and when, and what was said of it. */
export function IdentityPage(): ReactNode {
  const { name } = useParams({ from: '/shell/identities/$name' });
  const navigate = useNavigate();
  const zone = useZoneName();
  const { data, error, refetch } = useQuery({
    ...identityQuery(name, zone),
    // Of the same identity: in another zone its hours alone are others.
    placeholderData: (before) => (before?.identity === name ? before : undefined),
  });
  usePageKeys({
    u: () => void navigate({ to: '/identities', search: lastIdentitiesSearch() }),
  });
  if (data === undefined) return <Missing error={error} onRetry={() => void refetch()} />;
  return (
    <div className="identity-page">
      <title>{`${name} · Steno`}</title>
      {error !== null && (
        <div className="callout" data-tone="danger" role="alert">
          <Icon name="warning" />
          <div>
            <strong>This may not be so any more: {explain(error).title}</strong>
            <p>{explain(error).detail}</p>
          </div>
        </div>
      )}
      <IdentityHeader key={name} identity={data} />
      <div className="identity-body">
        <div className="identity-column">
          <Activity activity={data.activity} />
          <RecentCommands commands={data.recent} />
          <RecentSessions identity={name} />
        </div>
        <div className="identity-column">
          <Targets identity={data} />
          <Lifecycle entries={data.lifecycle} through={data.through} />
        </div>
      </div>
    </div>
  );
}

/** As IANA names the zone that times are shown in. */
function useZoneName(): string {
  const [zone] = useZone();
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

interface MissingProps {
  readonly error: Error | null;
  readonly onRetry: () => void;
}

function Missing({ error, onRetry }: MissingProps): ReactNode {
  if (error === null) {
    return (
      <div className="page-blank" role="status">
        Loading the identity…
      </div>
    );
  }
  const isUnknown = error instanceof ApiError && error.status === 404;
  const { title, detail } = explain(error);
  return (
    <div className="page-blank">
      <title>Identity · Steno</title>
      <Blank icon="warning" title={title} tone="danger">
        <p>{isUnknown ? 'It was neither seen nor declared.' : detail}</p>
        {isUnknown ? (
          <Link to="/identities" search={lastIdentitiesSearch()}>
            Go to the identities
          </Link>
        ) : (
          <UnstyledButton className="button" onClick={onRetry}>
            Try again
          </UnstyledButton>
        )}
      </Blank>
    </div>
  );
}
