import type { SessionDetailView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { formatSpan, type Zone } from '@steno/player';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { isRunning } from '../api/queries.js';
import { lastSearch } from '../sessions/last-place.js';
import { formatBytes, formatCount, formatTime, nsBetween } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { LateBadge, StatusBadge } from '../ui/status-badge.js';
import { useZone } from '../ui/use-zone.js';
import { useNow } from '../ui/use-now.js';
import { ChainBadge } from './chain-badge.js';
import { ExportMenu } from './export-menu.js';
import { TerminateDialog } from './terminate-dialog.js';

interface SessionHeaderProps {
  readonly session: SessionDetailView;
  readonly onCopyLink: () => void;
}

export function SessionHeader({ session, onCopyLink }: SessionHeaderProps): ReactNode {
  const [terminating, setTerminating] = useState(false);
  const [zone] = useZone();
  return (
    <div className="session-head">
      <div className="session-title">
        <Link
          to="/sessions"
          search={lastSearch()}
          className="back-link"
          aria-label="All sessions"
          title="All sessions (u)"
        >
          <Icon name="left" />
        </Link>
        <h1>
          <Link
            to="/identities/$name"
            params={{ name: session.identity }}
            className="title-link mono"
            title="Who answers for it, and what else it did"
          >
            {session.identity}
          </Link>
          <span className="faint" aria-hidden="true">
            <Icon name="right" size={14} />
          </span>
          <span className="visually-hidden">on</span>
          <span className="mono">{session.target}</span>
        </h1>
        <StatusBadge status={session.status} />
        <LateBadge lateFrom={session.lateFrom} />
        <ChainBadge sessionId={session.sessionId} running={isRunning(session)} />
        <span className="grow" />
        <UnstyledButton
          className="button"
          onClick={onCopyLink}
          title="Copy a link to this moment (y)"
        >
          <Icon name="link" size={14} /> Copy link
        </UnstyledButton>
        <ExportMenu sessionId={session.sessionId} />
        {isRunning(session) && (
          <UnstyledButton
            className="button"
            data-tone="danger"
            onClick={() => setTerminating(true)}
          >
            <Icon name="stop" size={14} /> Terminate
          </UnstyledButton>
        )}
      </div>
      <Facts session={session} zone={zone} />
      <TerminateDialog
        session={session}
        opened={terminating}
        onClose={() => setTerminating(false)}
      />
    </div>
  );
}

function Facts({
  session,
  zone,
}: {
  readonly session: SessionDetailView;
  readonly zone: Zone;
}): ReactNode {
  const { startedAt, endedAt } = session;
  const suffix = zone === 'utc' ? ' UTC' : '';
  return (
    <dl className="facts">
      <Fact label="Started">{`${formatTime(startedAt, zone)}${suffix}`}</Fact>
      {endedAt !== null && <Fact label="Ended">{`${formatTime(endedAt, zone)}${suffix}`}</Fact>}
      <Fact label="Duration">
        {endedAt === null && isRunning(session) ? (
          <RunningFor startedAt={startedAt} />
        ) : endedAt === null ? (
          'unknown'
        ) : (
          formatSpan(nsBetween(startedAt, endedAt))
        )}
      </Fact>
      <Fact label="Commands">{formatCount(session.commands)}</Fact>
      <Fact label="Errors" tone={session.errors > 0 ? 'danger' : undefined}>
        {formatCount(session.errors)}
      </Fact>
      <Fact label="Rows">{formatCount(session.rows)}</Fact>
      <Fact label="Received">{formatBytes(session.bytes)}</Fact>
      <Fact label="From">{session.source}</Fact>
      {session.clientProgram !== '' && <Fact label="Client">{session.clientProgram}</Fact>}
      {session.targetUser !== '' && (
        <Fact label="As">
          {session.targetUser}
          {session.credentialReference !== '' && (
            <span className="faint" title="Where its secret is found; it is recorded nowhere">
              {' '}
              by {session.credentialReference}
            </span>
          )}
        </Fact>
      )}
      <Fact label="Durability">{session.durability}</Fact>
    </dl>
  );
}

function RunningFor({ startedAt }: { readonly startedAt: string }): ReactNode {
  const now = useNow();
  return formatSpan(Math.max(0, now - Date.parse(startedAt)) * 1e6);
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
