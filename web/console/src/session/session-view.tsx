import type { CommandView, SessionDetailView } from '@steno/proto';
import { Player, useSelected, type Moment, type ReplayBadge } from '@steno/player';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useContext, useEffect, useMemo, useRef, type ReactNode } from 'react';
import { commandOf } from '../api/commands.js';
import { commandsQuery, isRunning, timelineQuery } from '../api/queries.js';
import { HelpContext } from '../shell/help-context.js';
import { usePageKeys } from '../ui/page-keys.js';
import { copyText } from '../ui/toast.js';
import { useZone } from '../ui/use-zone.js';
import { CommandList } from './command-list.js';
import { DetailsPanel } from './details-panel.js';
import { linkTo, momentAfter } from './links.js';
import { SessionHeader } from './session-header.js';
import { useMomentInAddress, useReplay } from './use-replay.js';

interface SessionViewProps {
  readonly session: SessionDetailView;
  readonly initial: Moment | 'live';
}

const noCommands: readonly CommandView[] = [];

/** Commands, screen and context of one session, in step with each other. */
export function SessionView({ session, initial }: SessionViewProps): ReactNode {
  const { sessionId } = session;
  const running = isRunning(session);
  const [zone] = useZone();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const help = useContext(HelpContext);
  const filter = useRef<HTMLInputElement>(null);
  const controller = useReplay(sessionId, initial);
  const { data: timeline } = useQuery(timelineQuery(sessionId, running));
  const { data: log } = useQuery(commandsQuery(sessionId, running));
  const commands = log?.commands ?? noCommands;
  const current = useSelected(controller.time, ({ position }) => commandOf(commands, position));
  const command = commands[current];

  useMomentInAddress(controller);
  useEffect(() => {
    controller.setStops(
      commands.map(({ t, endT, position, responsePosition }) => ({
        t: endT ?? t,
        position: responsePosition ?? position,
      })),
    );
  }, [controller, commands]);
  useEffect(() => {
    controller.onClosed = () => {
      for (const key of ['session', 'timeline', 'commands']) {
        void queries.invalidateQueries({ queryKey: [key, sessionId] });
      }
    };
  }, [controller, queries, sessionId]);
  const copyLink = (): void => void copyText(linkTo(sessionId, controller.moment()), 'Link');
  usePageKeys({
    '/': () => filter.current?.focus(),
    y: copyLink,
    u: () => void navigate({ to: '/sessions' }),
  });
  const badge = useMemo(() => badgeOf(session), [session]);

  return (
    <div className="session-page">
      <title>{`${session.identity} on ${session.target} · Steno`}</title>
      <SessionHeader session={session} onCopyLink={copyLink} />
      <div className="session-panes">
        <CommandList
          commands={commands}
          current={current}
          cut={log?.cut === true}
          loading={log === undefined}
          filterField={filter}
          onChoose={(chosen) => controller.seek(momentAfter(chosen), chosen.endT ?? chosen.t)}
        />
        <Player
          controller={controller}
          timeline={timeline}
          startedAt={session.startedAt}
          zone={zone}
          badge={badge}
          empty={log !== undefined && commands.length === 0}
          onHelp={help}
          onCopy={() => {
            if (command?.text != null) void copyText(command.text, 'Command');
          }}
        />
        <DetailsPanel session={session} command={command} />
      </div>
    </div>
  );
}

function badgeOf({ status, reason }: SessionDetailView): ReplayBadge | undefined {
  switch (status) {
    case 'gapped':
      return { tone: 'danger', text: 'Events are missing from this recording' };
    case 'failed':
      return {
        tone: 'danger',
        text: `Ended without being closed${reason === null ? '' : ` (${reason})`}`,
      };
    case 'silent':
      return { tone: 'warning', text: 'Its recorder stopped reporting' };
    default:
      return undefined;
  }
}
