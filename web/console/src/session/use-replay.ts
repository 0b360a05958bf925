import {
  ReplayController,
  ReplayLink,
  browserTimers,
  useStore,
  webSocketTo,
  type Moment,
} from '@steno/player';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { searchOf } from './search.js';

/** One replay of a session, for as long as its page is open. */
export function useReplay(sessionId: string, initial: Moment | 'live'): ReplayController {
  const [controller] = useState(() => {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const path = `/api/sessions/${encodeURIComponent(sessionId)}/replay`;
    const link = new ReplayLink(webSocketTo(`${scheme}//${location.host}${path}`), browserTimers);
    return new ReplayController(link, initial, () => performance.now());
  });
  return controller;
}

const settledMs = 250;

/** Keeps the moment in the address while the replay stands still, and out of it while it moves. */
export function useMomentInAddress(controller: ReplayController): void {
  const navigate = useNavigate();
  const { playing, live, started } = useStore(controller.state);
  const moves = playing || live;
  useEffect(() => {
    if (!started) return;
    const write = (search: object): void =>
      void navigate({ to: '.', search: () => search, replace: true });
    if (moves) {
      write({});
      return;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => write(searchOf(controller.moment())), settledMs);
    };
    later();
    const stop = controller.time.subscribe(later);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [controller, moves, started, navigate]);
}
