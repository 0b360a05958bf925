import type { IdentityCommandView } from '@steno/proto';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Icon, type IconName } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { formatTime } from '../ui/format.js';
import { useZone } from '../ui/use-zone.js';

/** What it asked for last; each leads to its moment. */
export function RecentCommands({
  commands,
}: {
  readonly commands: readonly IdentityCommandView[];
}): ReactNode {
  const [zone] = useZone();
  return (
    <section aria-label="Recent commands">
      <h2>Recent commands</h2>
      {commands.length === 0 ? (
        <p className="faint">None within this time.</p>
      ) : (
        <ol className="plain-list">
          {commands.map((command) => {
            const { sessionId, position, at, target, text, kind } = command;
            const { icon, tone, word } = outcomeOf(command);
            return (
              <li key={`${sessionId} ${position}`} className="list-line">
                <span className="command-outcome" data-tone={tone} title={word}>
                  <Icon name={icon} size={12} />
                  <span className="visually-hidden">{word}</span>
                </span>
                <Link
                  to="/sessions/$sessionId"
                  params={{ sessionId }}
                  search={{ e: position }}
                  className="list-link mono"
                >
                  <InertName name={lineOf(text, kind)} />
                </Link>
                <span className="list-more">
                  <InertName name={target} /> · {formatTime(at, zone)}
                </span>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

function lineOf(text: string | null, kind: string): string {
  if (text === null) return '(text erased or expired)';
  return text.replace(/\s+/g, ' ').trim() || `(${kind || 'empty'})`;
}

interface Outcome {
  readonly icon: IconName;
  readonly tone: 'ok' | 'danger' | 'live';
  readonly word: string;
}

function outcomeOf({ status, errorCode }: IdentityCommandView): Outcome {
  if (status === null) return { icon: 'record', tone: 'live', word: 'Running' };
  if (status === 'denied') return { icon: 'ban', tone: 'danger', word: 'Denied' };
  return errorCode === null && status !== 'error'
    ? { icon: 'check', tone: 'ok', word: 'Done' }
    : { icon: 'cross', tone: 'danger', word: `Error ${errorCode ?? ''}`.trim() };
}
