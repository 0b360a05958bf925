import type { SessionView } from '@steno/proto';
import { formatSpan, type Zone } from '@steno/player';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatTime, nsBetween } from '../ui/format.js';
import { LateBadge, StatusBadge } from '../ui/status-badge.js';

interface RowProps {
  readonly session: SessionView;
  readonly index: number;
  readonly zone: Zone;
  readonly now: number;
}

export const COLUMNS = [
  { name: 'status', label: 'Status' },
  { name: 'identity', label: 'Identity' },
  { name: 'target', label: 'Target' },
  { name: 'started', label: 'Started' },
  { name: 'ended', label: 'Ended' },
  { name: 'duration', label: 'Duration', isNumber: true },
  { name: 'commands', label: 'Commands', isNumber: true },
  { name: 'errors', label: 'Errors', isNumber: true },
  { name: 'rows', label: 'Rows', isNumber: true },
  { name: 'bytes', label: 'Bytes', isNumber: true },
] as const;

/** One session; all of the row leads to it. */
export function SessionRow({ session, index, zone, now }: RowProps): ReactNode {
  const { sessionId, identity, target, database, status, startedAt, endedAt } = session;
  const isOpen = status === 'open';
  const until = endedAt ?? (isOpen ? new Date(now).toISOString() : undefined);
  return (
    <>
      <Cell name="status">
        <StatusBadge status={status} />
        <LateBadge lateFrom={session.lateFrom} />
      </Cell>
      <Cell name="identity">
        <Link
          to="/sessions/$sessionId"
          params={{ sessionId }}
          className="row-link"
          data-row={index}
          title={identity}
        >
          {identity}
        </Link>
      </Cell>
      <Cell name="target" title={database === '' ? target : `${target}, database ${database}`}>
        {target}
        {database !== '' && database !== target && <span className="faint"> / {database}</span>}
      </Cell>
      <Cell name="started">{formatTime(startedAt, zone)}</Cell>
      <Cell name="ended">
        {endedAt === null ? (isOpen ? 'running' : 'not known') : formatTime(endedAt, zone)}
      </Cell>
      <Cell name="duration">
        {until === undefined ? '–' : formatSpan(nsBetween(startedAt, until))}
      </Cell>
      <Cell name="commands" count={session.commands}>
        {formatCount(session.commands)}
      </Cell>
      <Cell name="errors" count={session.errors}>
        <span className={session.errors > 0 ? 'has-errors' : 'faint'}>
          {formatCount(session.errors)}
        </span>
      </Cell>
      <Cell name="rows">{formatCount(session.rows)}</Cell>
      <Cell name="bytes">{formatBytes(session.bytes)}</Cell>
    </>
  );
}

interface CellProps {
  readonly name: (typeof COLUMNS)[number]['name'];
  readonly title?: string;
  readonly count?: number;
  readonly children: ReactNode;
}

function Cell({ name, title, count, children }: CellProps): ReactNode {
  return (
    <div role="cell" className={`cell cell-${name}`} title={title} data-count={count}>
      {children}
    </div>
  );
}
