import type { SessionDetailView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { claimOf } from '../sessions/claims.js';
import { formatTime } from '../ui/format.js';
import { InertName } from '../ui/inert-text.js';
import { STATUS_WORDS } from '../ui/status-badge.js';
import { useZone } from '../ui/use-zone.js';
import { DetailRow } from './detail-row.js';

/** What the session's first event says, and the head of its chain. */
export function SessionDetails({ session }: { readonly session: SessionDetailView }): ReactNode {
  const [zone] = useZone();
  const claims = Object.entries(session.claims);
  return (
    <>
      <h3>Identity</h3>
      <dl className="details-list">
        <DetailRow label="Identity" copy={session.identity}>
          <Link to="/identities/$name" params={{ name: session.identity }}>
            {session.identity}
          </Link>
        </DetailRow>
        <DetailRow label="Issuer">{session.issuer}</DetailRow>
        <DetailRow label="Subject">{session.subject}</DetailRow>
        {session.tokenExpiresAt !== null && (
          <DetailRow label="Token expires">{formatTime(session.tokenExpiresAt, zone)}</DetailRow>
        )}
      </dl>
      {claims.length > 0 && (
        <>
          <h3>Claims</h3>
          <dl className="details-list">
            {claims.map(([name, value]) => (
              <DetailRow key={name} label={name}>
                <Claim name={name} value={value} />
              </DetailRow>
            ))}
          </dl>
        </>
      )}
      <h3>Connection</h3>
      <dl className="details-list">
        <DetailRow label="Target">{session.target}</DetailRow>
        <DetailRow label="Protocol">{session.protocol}</DetailRow>
        <DetailRow label="Database">{session.database}</DetailRow>
        {session.targetUser !== '' && (
          <DetailRow label="Signed in as">{session.targetUser}</DetailRow>
        )}
        {session.credentialReference !== '' && (
          <DetailRow label="Credential">
            <code>{session.credentialReference}</code>
          </DetailRow>
        )}
        <DetailRow label="Source">{session.source}</DetailRow>
        <DetailRow label="Client">{session.clientProgram || '–'}</DetailRow>
        <DetailRow label="TLS">{session.tls || 'none'}</DetailRow>
      </dl>
      <h3>Recording</h3>
      <dl className="details-list">
        <DetailRow label="Session" copy={session.sessionId}>
          <code>{session.sessionId}</code>
        </DetailRow>
        <DetailRow label="Status">{STATUS_WORDS[session.status].means}</DetailRow>
        {session.reason !== null && <DetailRow label="Reason">{session.reason}</DetailRow>}
        <DetailRow label="Durability">{session.durability}</DetailRow>
        <DetailRow label="Capture">{session.capture}</DetailRow>
        <DetailRow label="Origin">{session.origin}</DetailRow>
        <DetailRow label="Head position">{session.head.position}</DetailRow>
        <DetailRow label="Head hash" copy={session.head.hash}>
          <code>{session.head.hash}</code>
        </DetailRow>
      </dl>
    </>
  );
}

/** Leads to all sessions whose token said so. */
function Claim({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  const claim = claimOf(name, value);
  if (claim === undefined) return <InertName name={value} />;
  return (
    <Link to="/sessions" search={{ claim: [claim] }} title="Sessions whose token said so">
      <InertName name={value} />
    </Link>
  );
}
