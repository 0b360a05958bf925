import type { CommandView, SessionDetailView } from '@steno/proto';
import { writeMoment, type Moment } from '@steno/player';

/** The address of a moment, for another reader. */
export function linkTo(sessionId: string, moment: Moment): string {
  const url = new URL(`/sessions/${encodeURIComponent(sessionId)}`, location.origin);
  if (moment.kind === 'position') url.searchParams.set('e', String(moment.position));
  else url.searchParams.set('t', writeMoment(moment.t));
  return url.href;
}

/** Just after the command is done; just after it was sent, while it runs. */
export const momentAfter = ({ position, responsePosition }: CommandView): Moment => ({
  kind: 'position',
  position: responsePosition ?? position,
});

/** All that is needed to find a command again and to check it, as text. */
export function citationOf(session: SessionDetailView, command: CommandView): string {
  const at = new Date(Date.parse(session.startedAt) + command.t / 1e6).toISOString();
  const outcome = command.status ?? 'running';
  const lines = [
    `Steno session ${session.sessionId}, event ${command.position}`,
    `${session.identity} on ${session.target}, ${at}`,
    `Command: ${command.text ?? '(text erased or expired)'}`,
    `Outcome: ${outcome}, ${command.rows} rows, ${command.bytes} bytes`,
    ...(command.sha256 === null ? [] : [`Response SHA-256: ${command.sha256}`]),
    ...(command.hmac === null ? [] : [`Response HMAC: ${command.hmac}`]),
    `Event hash: ${command.hash}`,
    linkTo(session.sessionId, momentAfter(command)),
  ];
  return lines.join('\n');
}
