import type { SessionDetailView } from '@steno/proto';
import { Player, type Moment, type ReplayBadge } from '@steno/player';
import { useNavigate } from '@tanstack/react-router';
import { useContext, useMemo, useRef, type ReactNode } from 'react';
import { lastSearch } from '../sessions/last-place.js';
import { HelpContext } from '../shell/help-context.js';
import { usePageKeys } from '../ui/page-keys.js';
import { copyText } from '../ui/toast.js';
import { useZone } from '../ui/use-zone.js';
import { CommandList } from './command-list.js';
import { DetailsPanel } from './details-panel.js';
import { linkTo, momentAfter } from './links.js';
import { SessionHeader } from './session-header.js';
import { useSession } from './use-session.js';

interface SessionViewProps {
  readonly session: SessionDetailView;
  readonly initial: Moment | 'live';
}

/** Commands, screen and context of one session, in step with each other. */
export function SessionView({ session, initial }: SessionViewProps): ReactNode {
  const { sessionId } = session;
  const opened = useSession(session, initial);
  const { controller, commands, current, loading } = opened;
  const [zone] = useZone();
  const navigate = useNavigate();
  const help = useContext(HelpContext);
  const filter = useRef<HTMLInputElement>(null);
  const command = commands[current];
  const badge = useMemo(() => badgeOf(session), [session]);
  const copyLink = (): void => void copyText(linkTo(sessionId, controller.moment()), 'Link');
  usePageKeys({
    '/': () => filter.current?.focus(),
    y: copyLink,
    u: () => void navigate({ to: '/sessions', search: lastSearch() }),
  });

  return (
    <div className="session-page">
      <title>{`${session.identity} on ${session.target} · Steno`}</title>
      <SessionHeader session={session} onCopyLink={copyLink} />
      <div className="session-panes">
        <CommandList
          commands={commands}
          current={current}
          lateFrom={session.lateFrom}
          cut={opened.cut}
          loading={loading}
          failed={opened.failed}
          filterField={filter}
          onChoose={(chosen) => controller.seek(momentAfter(chosen), chosen.endT ?? chosen.t)}
        />
        <Player
          controller={controller}
          timeline={opened.timeline}
          startedAt={session.startedAt}
          zone={zone}
          badge={badge}
          empty={!loading && !opened.failed && commands.length === 0}
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
