import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { identityQuery } from '../api/queries.js';
import { usePageKeys } from '../ui/page-keys.js';
import { useZone } from '../ui/use-zone.js';
import { Keys } from '../keys/keys.js';
import { Activity } from './activity.js';
import { IdentityHeader } from './identity-header.js';
import { IdentityMissing, IdentityStale } from './identity-missing.js';
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
  if (data === undefined) return <IdentityMissing error={error} onRetry={() => void refetch()} />;
  return (
    <div className="identity-page">
      <title>{`${name} · Steno`}</title>
      {error !== null && <IdentityStale error={error} />}
      <IdentityHeader key={name} identity={data} />
      <div className="identity-body">
        <div className="identity-column">
          <Activity activity={data.activity} />
          <RecentCommands commands={data.recent} />
          <RecentSessions identity={name} />
          <Keys key={name} identity={data} />
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
