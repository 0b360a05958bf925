import type { TimelineView } from '@steno/proto';
import { useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { lastingIdle } from './idle.js';
import { STEP_NS, STEP_SHARE } from './keymap.js';
import { lanesOf, marksAt, withWaiting, type Lane } from './lanes.js';
import type { ReplayMark } from './replay-source.js';
import { formatClock, formatSpan } from './moment.js';
import type { ReplayController } from './replay-controller.js';
import { TimeAxis } from './time-axis.js';
import { TimelineTrack } from './timeline-track.js';
import { useElementSize } from './use-element-size.js';
import { useScrub, type Hover } from './use-scrub.js';
import { useSelected, useStore } from './use-store.js';
import { wallClock, type Zone } from './wall-clock.js';

interface TimelineProps {
  readonly controller: ReplayController;
  readonly timeline: TimelineView | undefined;
  readonly startedAt: string;
  readonly zone: Zone;
}

const noMarks: TimelineView['marks'] = [];

/** Where the session's time stands, what happened when, and the way to any moment of it. */
export function Timeline({ controller, timeline, startedAt, zone }: TimelineProps): ReactNode {
  const track = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(track);
  const { duration, open } = useStore(controller.state);
  const marks = useStore(controller.marks);
  const axis = useMemo(() => {
    const { idle = [], durationNs = 0 } = timeline ?? {};
    return new TimeAxis(duration, lastingIdle(idle, durationNs, duration));
  }, [duration, timeline]);
  const lanes = useMemo(() => {
    const all = lanesOf(timeline?.marks ?? noMarks, marks);
    if (!open) return all;
    return all.map((lane) =>
      lane.name === 'approval' ? { ...lane, marks: withWaiting(lane.marks, duration) } : lane,
    );
  }, [timeline, marks, open, duration]);
  const { hover, handlers } = useScrub(controller, axis);
  const seconds = useSelected(controller.time, ({ t }) => Math.floor(t / 1e9));

  const at = seconds * 1e9;
  const clock = wallClock(startedAt, at, zone);

  return (
    <div className="steno-timeline">
      <div className="steno-lane-names" aria-hidden="true">
        <span>Activity</span>
        {lanes.map(({ name, label }) => (
          <span key={name} data-lane={name}>
            {label}
          </span>
        ))}
      </div>
      <div
        className="steno-track"
        ref={track}
        role="slider"
        tabIndex={0}
        aria-label="Position in the session"
        aria-valuemin={0}
        aria-valuemax={Math.max(1, Math.ceil(duration / 1e9))}
        aria-valuenow={seconds}
        aria-valuetext={`${formatSpan(at)} of ${formatSpan(duration)}, ${clock}`}
        onKeyDown={(event) => onKey(event, controller)}
        {...handlers}
      >
        <TimelineTrack
          controller={controller}
          axis={axis}
          lanes={lanes}
          density={timeline?.density ?? []}
          width={width}
        />
        {hover !== undefined && (
          <HoverCard
            hover={hover}
            found={marksAt(lanes, axis, { ...hover, reach: 5 })}
            clock={wallClock(startedAt, hover.t, zone)}
          />
        )}
      </div>
    </div>
  );
}

interface HoverCardProps {
  readonly hover: Hover;
  readonly found: readonly { readonly lane: Lane; readonly mark: ReplayMark }[];
  readonly clock: string;
}

function HoverCard({ hover, found, clock }: HoverCardProps): ReactNode {
  const side = hover.x > hover.width / 2 ? { right: hover.width - hover.x } : { left: hover.x };
  const told = found.filter(({ mark: { label } }) => label !== '');
  return (
    <div className="steno-hover" style={side} aria-hidden="true">
      <b>{formatClock(hover.t, true)}</b> <span>{clock}</span>
      {told.map(({ lane, mark }) => (
        <div key={lane.name} className="steno-hover-label">
          <span>{lane.label}</span> {mark.label}
        </div>
      ))}
    </div>
  );
}

function onKey(event: KeyboardEvent, controller: ReplayController): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { duration } = controller.state.get();
  const tenth = duration * STEP_SHARE;
  const moves: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => controller.seekBy(event.shiftKey ? -tenth : -STEP_NS),
    ArrowDown: () => controller.seekBy(event.shiftKey ? -tenth : -STEP_NS),
    ArrowRight: () => controller.seekBy(event.shiftKey ? tenth : STEP_NS),
    ArrowUp: () => controller.seekBy(event.shiftKey ? tenth : STEP_NS),
    PageDown: () => controller.seekBy(-tenth),
    PageUp: () => controller.seekBy(tenth),
    Home: () => controller.seek({ kind: 't', t: 0 }),
    End: () => controller.seek({ kind: 't', t: duration }),
  };
  const move = moves[event.key];
  if (move === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  move();
}
