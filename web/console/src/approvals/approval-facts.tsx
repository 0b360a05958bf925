import type { ApprovalView, MeView } from '@steno/proto';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { meQuery } from '../api/queries.js';
import { mayReadSessions } from '../api/rights.js';
import { DetailRow } from '../session/detail-row.js';
import { linkTo } from '../session/links.js';
import { formatCount, formatTime } from '../ui/format.js';
import { InertName, InertText } from '../ui/inert-text.js';
import { useZone } from '../ui/use-zone.js';
import { formatSeconds } from './standing.js';

interface FactsProps {
  readonly approval: ApprovalView;
}

/** What it would do, who asks for it where, and why it waits. */
export function ApprovalFacts({ approval }: FactsProps): ReactNode {
  const { data: me } = useQuery(meQuery);
  return (
    <div className="approval-facts">
      <Effects approval={approval} />
      <Asker approval={approval} me={me} />
      <Place approval={approval} me={me} />
      <Rule approval={approval} />
    </div>
  );
}

function Effects({ approval }: FactsProps): ReactNode {
  const { kinds, reads, writes, calls, opaqueParts } = approval;
  return (
    <Group title="What it would do">
      <DetailRow label="Kinds">
        <InertName name={kinds.join(', ') || 'not known'} />
      </DetailRow>
      <Rows approval={approval} />
      <Names label="Writes" names={writes} />
      <Names label="Reads" names={reads} />
      <Names label="Calls" names={calls} />
      {opaqueParts.length > 0 && <Names label="Opaque" names={opaqueParts} />}
    </Group>
  );
}

/** As far as the target's planner can guess: nothing was run. */
function Rows({ approval: { estimatedRows, notEstimated } }: FactsProps): ReactNode {
  if (estimatedRows === undefined && notEstimated === undefined) return null;
  return (
    <DetailRow label="Rows">
      {estimatedRows === undefined ? (
        <span className="faint">not estimated: {notEstimated}</span>
      ) : (
        <>
          about {formatCount(estimatedRows)}
          <span className="faint">, as the target estimates</span>
        </>
      )}
    </DetailRow>
  );
}

interface FactsOfReader extends FactsProps {
  readonly me: MeView | undefined;
}

function Asker({ approval, me }: FactsOfReader): ReactNode {
  const { identity, subject, issuer, actors } = approval;
  return (
    <Group title="Who asks">
      {me !== undefined && mayReadSessions(me) ? (
        <DetailRow label="Identity">
          <Link to="/identities/$name" params={{ name: identity }} className="mono">
            <InertName name={identity} />
          </Link>
        </DetailRow>
      ) : (
        <Names label="Identity" names={[identity]} />
      )}
      <Names label="Subject" names={[subject]} />
      <Names label="Issuer" names={[issuer]} />
      {actors.length > 0 && <Names label="Acts for" names={actors} />}
    </Group>
  );
}

function Place({ approval, me }: FactsOfReader): ReactNode {
  const { target, environment, owner, sessionId, position } = approval;
  const moment = { kind: 'position', position } as const;
  return (
    <Group title="Where">
      <Names label="Target" names={[target]} />
      {environment !== '' && <Names label="Environment" names={[environment]} />}
      {owner !== '' && <Names label="Owner" names={[owner]} />}
      <DetailRow label="Session">
        {me !== undefined && mayReadSessions(me) ? (
          <a href={linkTo(sessionId, moment)}>This moment in its session</a>
        ) : (
          <span className="mono">{sessionId}</span>
        )}
      </DetailRow>
    </Group>
  );
}

function Rule({ approval }: FactsProps): ReactNode {
  const { rule, reason, asks, windowSecondsMax, ownerExcluded } = approval;
  const [zone] = useZone();
  return (
    <Group title="Why it waits">
      <Names label="Rule" names={[rule]} />
      {reason !== '' && (
        <DetailRow label="Reason">
          <InertText text={reason} />
        </DetailRow>
      )}
      {asks.map(({ group, count, granted }) => (
        <DetailRow label="Asked" key={group}>
          {count} of <InertName name={group} />
          <span className="faint">
            , {granted === 0 ? 'none agreed yet' : `${granted} agreed so far`}
          </span>
        </DetailRow>
      ))}
      {ownerExcluded && <DetailRow label="Not asked">the owner of the target</DetailRow>}
      <DetailRow label="Since">{formatTime(approval.requestedAt, zone)}</DetailRow>
      <DetailRow label="Until">{formatTime(approval.expiresAt, zone)}</DetailRow>
      <DetailRow label="Good for">
        {windowSecondsMax === 0 ? 'this once' : `up to ${formatSeconds(windowSecondsMax)}`}
      </DetailRow>
    </Group>
  );
}

interface GroupProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Group({ title, children }: GroupProps): ReactNode {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className="details-list">{children}</dl>
    </section>
  );
}

interface NamesProps {
  readonly label: string;
  readonly names: readonly string[];
}

function Names({ label, names }: NamesProps): ReactNode {
  return (
    <DetailRow label={label}>
      {names.length === 0 ? (
        <span className="faint">none</span>
      ) : (
        names.map((name) => (
          <span className="approval-name mono" key={name}>
            <InertName name={name} />
          </span>
        ))
      )}
    </DetailRow>
  );
}
