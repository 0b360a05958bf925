import type { CommandView, SessionDetailView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { CommandDetails } from './command-details.js';
import { SessionDetails } from './session-details.js';

interface DetailsPanelProps {
  readonly session: SessionDetailView;
  readonly command: CommandView | undefined;
}

type Tab = 'command' | 'session';

/** Everything about the command that the screen is at, or about the session. */
export function DetailsPanel({ session, command }: DetailsPanelProps): ReactNode {
  const [tab, setTab] = useState<Tab>('command');
  return (
    <section className="details-pane" aria-label="Details">
      <div className="segmented details-tabs" role="group" aria-label="Details of">
        <UnstyledButton aria-pressed={tab === 'command'} onClick={() => setTab('command')}>
          Command
        </UnstyledButton>
        <UnstyledButton aria-pressed={tab === 'session'} onClick={() => setTab('session')}>
          Session
        </UnstyledButton>
      </div>
      <div className="details-body" tabIndex={0} role="region" aria-label="Details shown">
        {tab === 'session' ? (
          <SessionDetails session={session} />
        ) : command === undefined ? (
          <p className="pane-empty">
            The command that the screen is at shows here. Choose one from the list, or play.
          </p>
        ) : (
          <CommandDetails session={session} command={command} />
        )}
      </div>
    </section>
  );
}
