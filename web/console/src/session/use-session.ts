import type { CommandView, SessionDetailView, TimelineView } from '@steno/proto';
import { useSelected, type Moment, type ReplayController } from '@steno/player';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { commandOf } from '../api/commands.js';
import { commandsQuery, isRunning, timelineQuery } from '../api/queries.js';
import { useMomentInAddress, useReplay } from './use-replay.js';

export interface OpenedSession {
  readonly controller: ReplayController;
  readonly timeline: TimelineView | undefined;
  readonly commands: readonly CommandView[];
  /** The commands are on their way. */
  readonly loading: boolean;
  /** There are more commands than the console holds. */
  readonly cut: boolean;
  /** Index of the command that the screen is at; -1: none. */
  readonly current: number;
}

const noCommands: readonly CommandView[] = [];

/** The replay of a session, its commands and timeline, kept in step with each other. */
export function useSession(session: SessionDetailView, initial: Moment | 'live'): OpenedSession {
  const { sessionId } = session;
  const running = isRunning(session);
  const queries = useQueryClient();
  const controller = useReplay(sessionId, initial);
  const { data: timeline } = useQuery(timelineQuery(sessionId, running));
  const { data: log } = useQuery(commandsQuery(sessionId, running));
  const commands = log?.commands ?? noCommands;
  const current = useSelected(controller.time, ({ position }) => commandOf(commands, position));

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
  return {
    controller,
    timeline,
    commands,
    loading: log === undefined,
    cut: log?.cut === true,
    current,
  };
}
