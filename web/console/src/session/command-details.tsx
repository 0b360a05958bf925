import type { CommandFacts, CommandView, EventView, SessionDetailView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { formatSpan } from '@steno/player';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { eventQuery } from '../api/queries.js';
import { formatBytes, formatCount, formatTime } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { copyText } from '../ui/toast.js';
import { useZone } from '../ui/use-zone.js';
import { CommandJudgement } from './command-judgement.js';
import { outcomeOf } from './command-row.js';
import { DetailRow } from './detail-row.js';
import { citationOf, linkTo, momentAfter } from './links.js';

const settledMs = 200;

interface CommandDetailsProps {
  readonly session: SessionDetailView;
  readonly command: CommandView;
}

export function CommandDetails({ session, command }: CommandDetailsProps): ReactNode {
  const { sessionId } = session;
  const { position, responsePosition } = command;
  // While the replay runs through the commands, their details are not asked for one by one.
  const [settled] = useDebouncedValue(position, settledMs);
  const enabled = settled === position;
  const { data: submitted } = useQuery({ ...eventQuery(sessionId, position), enabled });
  const { data: completed } = useQuery({
    ...eventQuery(sessionId, responsePosition ?? position),
    enabled: enabled && responsePosition !== null,
  });
  const facts = submitted?.command;
  const text = facts?.text ?? command.text;
  const link = linkTo(sessionId, momentAfter(command));
  return (
    <>
      <Text text={text} erased={facts?.erased === true} />
      <div className="copy-buttons">
        <CopyButton label="Command" text={text ?? ''} disabled={text === null} icon="copy" />
        <CopyButton label="Link" text={link} icon="link" />
        <CopyButton label="Citation" text={citationOf(session, command)} icon="quote" />
      </div>
      {command.errorCode !== null && <ErrorNote command={command} response={completed} />}
      {facts?.binds !== undefined && facts.binds.length > 0 && <Binds binds={facts.binds} />}
      <Outcome command={command} facts={facts} response={completed} />
      <CommandJudgement command={command} facts={facts} />
      <Evidence command={command} submitted={submitted} />
    </>
  );
}

function Text(props: { readonly text: string | null; readonly erased: boolean }): ReactNode {
  if (props.text === null) {
    return (
      <p className="erased">{props.erased ? 'The text was erased.' : 'The text has expired.'}</p>
    );
  }
  return (
    <pre className="command-full" tabIndex={0} role="region" aria-label="Text of the command">
      {props.text}
    </pre>
  );
}

interface CopyButtonProps {
  readonly label: string;
  readonly text: string;
  readonly icon: 'copy' | 'link' | 'quote';
  readonly disabled?: boolean;
}

function CopyButton({ label, text, icon, disabled = false }: CopyButtonProps): ReactNode {
  return (
    <UnstyledButton
      className="button"
      aria-label={`Copy the ${label.toLowerCase()}`}
      disabled={disabled}
      onClick={() => void copyText(text, label)}
    >
      <Icon name={icon} size={13} /> {label}
    </UnstyledButton>
  );
}

interface ResponseProps {
  readonly command: CommandView;
  readonly response: EventView | null | undefined;
}

function ErrorNote({ command, response }: ResponseProps): ReactNode {
  const severity = response?.response?.error?.severity;
  return (
    <div className="callout" data-tone="danger">
      <Icon name="warning" />
      <div>
        <strong>
          {severity ?? 'ERROR'} {command.errorCode}
        </strong>
        <p className="mono">{command.errorMessage ?? 'The message was erased or has expired.'}</p>
      </div>
    </div>
  );
}

function Binds({ binds }: { readonly binds: readonly (string | null)[] }): ReactNode {
  return (
    <>
      <h3>Bind values</h3>
      <ol className="binds">
        {binds.map((value, index) => (
          // A parameter's number is what it is known by.
          <li key={`$${index + 1}`}>
            <span className="faint">${index + 1}</span>
            {value === null ? <i className="faint">NULL</i> : <code>{value}</code>}
          </li>
        ))}
      </ol>
    </>
  );
}

interface OutcomeProps extends ResponseProps {
  readonly facts: CommandFacts | undefined;
}

function Outcome({ command, facts, response }: OutcomeProps): ReactNode {
  const { word, tone } = outcomeOf(command);
  const details = response?.response;
  return (
    <>
      <h3>Outcome</h3>
      <dl className="details-list">
        <DetailRow label="Status" tone={tone === 'danger' ? 'danger' : undefined}>
          {word}
        </DetailRow>
        {command.tags.length > 0 && <DetailRow label="Tag">{command.tags.join(', ')}</DetailRow>}
        <DetailRow label="Rows">{formatCount(command.rows)}</DetailRow>
        {details !== undefined && details.rowsAffected > 0 && (
          <DetailRow label="Rows affected">{formatCount(details.rowsAffected)}</DetailRow>
        )}
        <DetailRow label="Received">{formatBytes(command.bytes)}</DetailRow>
        {command.durationNs !== null && (
          <DetailRow label="Duration">{formatSpan(command.durationNs)}</DetailRow>
        )}
        <DetailRow label="Kind">{facts?.kind ?? command.kind}</DetailRow>
      </dl>
    </>
  );
}

interface EvidenceProps {
  readonly command: CommandView;
  readonly submitted: EventView | null | undefined;
}

function Evidence({ command, submitted }: EvidenceProps): ReactNode {
  const [zone] = useZone();
  const { sha256, hmac, hash, position, responsePosition } = command;
  return (
    <>
      <h3>Evidence</h3>
      <dl className="details-list">
        <DetailRow label="Position">
          {position}
          {responsePosition !== null && <span className="faint"> → {responsePosition}</span>}
        </DetailRow>
        {submitted != null && (
          <DetailRow label="Occurred">{formatTime(submitted.occurredAt, zone)}</DetailRow>
        )}
        {sha256 !== null && (
          <DetailRow label="Response SHA-256" copy={sha256}>
            <code>{sha256}</code>
          </DetailRow>
        )}
        {hmac !== null && (
          <DetailRow label="Response HMAC" copy={hmac}>
            <code>{hmac}</code>
          </DetailRow>
        )}
        <DetailRow label="Event hash" copy={hash}>
          <code>{hash}</code>
        </DetailRow>
      </dl>
    </>
  );
}
