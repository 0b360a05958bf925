import type { IdentityDetailView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount, formatTime } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { useNow } from '../ui/use-now.js';
import { useZone } from '../ui/use-zone.js';
import { ago, credentialAge } from './ages.js';

interface IdentityFactsProps {
  readonly identity: IdentityDetailView;
}

/** What people said of it, and what its sessions tell. */
export function IdentityFacts({ identity }: IdentityFactsProps): ReactNode {
  const { owner, team, environment, issuer, subject, subjectPattern, groups } = identity;
  return (
    <dl className="facts">
      <Fact label="Owner">
        {owner === '' ? (
          <span className="faint">nobody</span>
        ) : (
          <Link to="/identities" search={{ owner }} title="All that they answer for">
            <InertName name={owner} />
          </Link>
        )}
      </Fact>
      {team !== '' && <Named label="Team" name={team} />}
      {environment !== '' && <Named label="Environment" name={environment} />}
      {issuer !== null && <Named label="Issuer" name={issuer} />}
      {subjectPattern !== undefined ? (
        <Named label="Subjects" name={subjectPattern} />
      ) : (
        subject !== null &&
        subject !== identity.identity && <Named label="Subject" name={subject} />
      )}
      {groups.length > 0 && <Named label="Groups" name={groups.join(', ')} />}
      <Times identity={identity} />
      <Fact label="Sessions">{formatCount(identity.sessions)}</Fact>
      <Fact label="Commands">{formatCount(identity.commands)}</Fact>
      <Fact label="Errors" tone={identity.errors > 0 ? 'danger' : undefined}>
        {formatCount(identity.errors)}
      </Fact>
    </dl>
  );
}

function Times({ identity }: IdentityFactsProps): ReactNode {
  const { firstSeen, lastSeen, expiresAt, state } = identity;
  const [zone] = useZone();
  const now = useNow();
  const time = (at: string): string => `${formatTime(at, zone)}${zone === 'utc' ? ' UTC' : ''}`;
  const age = credentialAge(identity);
  return (
    <>
      {expiresAt !== null && (
        <Fact
          label={state === 'expired' ? 'Expired' : 'Expires'}
          tone={state === 'expired' ? 'danger' : undefined}
        >
          {time(expiresAt)}
        </Fact>
      )}
      <Fact label="First seen">{firstSeen === null ? 'never' : time(firstSeen)}</Fact>
      {lastSeen !== null && (
        <Fact label="Last seen">
          {time(lastSeen)} <span className="faint">{ago(lastSeen, now)}</span>
        </Fact>
      )}
      {age !== undefined && <Fact label="Credential age">{age} when last used</Fact>}
    </>
  );
}

function Named({ label, name }: { readonly label: string; readonly name: string }): ReactNode {
  return (
    <Fact label={label}>
      <InertName name={name} />
    </Fact>
  );
}

interface FactProps {
  readonly label: string;
  readonly tone?: 'danger' | undefined;
  readonly children: ReactNode;
}

function Fact({ label, tone, children }: FactProps): ReactNode {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-tone={tone}>{children}</dd>
    </div>
  );
}
