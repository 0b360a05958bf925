import type { CommandView, SessionDetailView, TimelineView } from '@steno/proto';
import { useSelected, type Moment, type ReplayController } from '@steno/player';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { commandOf } from '../api/commands.js';
import { commandsQuery, isRunning, meQuery, timelineQuery } from '../api/queries.js';
import { nsBetween } from '../ui/format.js';
import { useMomentInAddress, useReplay } from './use-replay.js';

export interface OpenedSession {
  readonly controller: ReplayController;
  readonly timeline: TimelineView | undefined;
  readonly commands: readonly CommandView[];
  /** The commands are on their way. */
  readonly loading: boolean;
  /** Not all of the commands could be loaded. */
  readonly failed: boolean;
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
  const timeline = useTimeline(session, running);
  const { data: log, isError } = useQuery(commandsQuery(sessionId, running));
  const commands = log?.commands ?? noCommands;
  const current = useSelected(controller.time, ({ position }) => commandOf(commands, position));

  useMomentInAddress(controller);
  useSignInCheck(controller);
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
    loading: log === undefined && !isError,
    failed: isError,
    cut: log?.cut === true,
    current,
  };
}

/** A session can be replayed without its timeline: then how long it is follows from its times. */
function useTimeline(session: SessionDetailView, running: boolean): TimelineView | undefined {
  const { sessionId, startedAt, endedAt } = session;
  const { data, isError } = useQuery(timelineQuery(sessionId, running));
  const fallback = useMemo(() => {
    const end = endedAt ?? new Date().toISOString();
    const durationNs = nsBetween(startedAt, end);
    const nothing = { density: [], marks: [], marksLeftOut: 0, idle: [] };
    return { durationNs, open: running, ...nothing };
  }, [startedAt, endedAt, running]);
  return data ?? (isError ? fallback : undefined);
}

/** A lost connection may be a sign-in that has ended; asking who one is leads to the way in. */
function useSignInCheck(controller: ReplayController): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      controller.link.state.subscribe(() => {
        if (controller.link.state.get().phase === 'retrying') {
          void queries.invalidateQueries({ queryKey: meQuery.queryKey });
        }
      }),
    [controller, queries],
  );
}
