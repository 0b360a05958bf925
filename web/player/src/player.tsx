import type { TimelineView } from '@steno/proto';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Controls } from './controls.js';
import { KeyHelpDialog } from './key-help.js';
import { Notices, type ReplayBadge } from './notices.js';
import type { ReplayController } from './replay-controller.js';
import { ScreenView } from './screen-view.js';
import { Timeline } from './timeline.js';
import { useDriver } from './use-driver.js';
import { useReplayKeys } from './use-replay-keys.js';
import type { Zone } from './wall-clock.js';

export interface PlayerProps {
  readonly controller: ReplayController;
  /** Undefined until it is known. */
  readonly timeline: TimelineView | undefined;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly zone: Zone;
  readonly badge?: ReplayBadge | undefined;
  /** The session has no commands. */
  readonly empty?: boolean;
  /** The key c. */
  readonly onCopy?: () => void;
  /** Shows a help of the page's own in place of the player's. */
  readonly onHelp?: () => void;
}

/** The screen, the controls under it and the timeline of one session. */
export function Player(props: PlayerProps): ReactNode {
  const { controller, timeline, startedAt, zone, badge, empty = false } = props;
  const root = useRef<HTMLElement>(null);
  const [helping, setHelping] = useState(false);

  useEffect(() => {
    controller.start();
    return () => controller.stop();
  }, [controller]);
  useEffect(() => {
    if (timeline !== undefined) controller.setTimeline(timeline);
  }, [controller, timeline]);
  useDriver(controller);

  const fullscreen = (): void => {
    // Refused where the page may not; then nothing changes.
    const change = document.fullscreenElement
      ? document.exitFullscreen()
      : root.current?.requestFullscreen();
    change?.catch(() => undefined);
  };
  const help = props.onHelp ?? (() => setHelping(true));
  useReplayKeys(controller, { fullscreen, help, copy: props.onCopy ?? (() => undefined) });

  return (
    <section className="steno-player" ref={root} aria-label="Replay">
      <div className="steno-stage">
        <ScreenView controller={controller} />
        <Notices controller={controller} badge={badge} empty={empty} />
      </div>
      <Controls
        controller={controller}
        startedAt={startedAt}
        zone={zone}
        onFullscreen={fullscreen}
        onHelp={help}
      />
      <Timeline controller={controller} timeline={timeline} startedAt={startedAt} zone={zone} />
      {helping && <KeyHelpDialog onClose={() => setHelping(false)} />}
    </section>
  );
}
