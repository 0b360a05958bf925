import { memo, useLayoutEffect, useRef, type ReactNode } from 'react';
import { byTone, densityPath, lanePath, spanPath, ticksOf, type Lane } from './lanes.js';
import { formatClock, formatSpan } from './moment.js';
import type { ReplayController } from './replay-controller.js';
import type { TimeAxis } from './time-axis.js';

interface TrackProps {
  readonly controller: ReplayController;
  readonly axis: TimeAxis;
  readonly lanes: readonly Lane[];
  readonly density: readonly number[];
  readonly width: number;
}

const densityHeight = 30;

/** What is drawn on the track; the slider around it speaks for it. */
export function TimelineTrack({ controller, axis, lanes, density, width }: TrackProps): ReactNode {
  return (
    <div className="steno-drawing" aria-hidden="true">
      <Density axis={axis} density={density} width={width} />
      {lanes.map((lane) => (
        <LaneRow key={lane.name} lane={lane} axis={axis} width={width} />
      ))}
      <Scale axis={axis} width={width} />
      <Folds axis={axis} />
      <Playhead controller={controller} axis={axis} />
    </div>
  );
}

const Density = memo(function Density({
  axis,
  density,
  width,
}: Pick<TrackProps, 'axis' | 'density' | 'width'>): ReactNode {
  const size = { width, height: densityHeight };
  return (
    <svg className="steno-density" width={width} height={densityHeight}>
      <path d={densityPath(density, axis, size)} />
    </svg>
  );
});

const LaneRow = memo(function LaneRow({
  lane,
  axis,
  width,
}: {
  readonly lane: Lane;
  readonly axis: TimeAxis;
  readonly width: number;
}): ReactNode {
  return (
    <svg className="steno-lane" data-lane={lane.name} width={width} height={14}>
      {byTone(lane.marks).map(([tone, marks]) => (
        <g key={tone} data-tone={tone} transform="translate(0 3)">
          <path className="steno-spans" d={spanPath(marks, axis, width)} />
          <path d={lanePath(marks, axis, width)} />
        </g>
      ))}
    </svg>
  );
});

const Scale = memo(function Scale({ axis, width }: Pick<TrackProps, 'axis' | 'width'>): ReactNode {
  return (
    <div className="steno-scale">
      {ticksOf(axis, width).map((t) => (
        <span key={t} style={{ left: `${axis.fractionOf(t) * 100}%` }}>
          {formatClock(t)}
        </span>
      ))}
    </div>
  );
});

const Folds = memo(function Folds({ axis }: Pick<TrackProps, 'axis'>): ReactNode {
  return axis.pieces
    .filter((piece) => piece.folded)
    .map(({ from, to, at, width }) => (
      <div
        key={from}
        className="steno-fold"
        title={`idle for ${formatSpan(to - from)}`}
        style={{ left: `${at * 100}%`, width: `${width * 100}%` }}
      />
    ));
});

function Playhead({ controller, axis }: Pick<TrackProps, 'controller' | 'axis'>): ReactNode {
  const head = useRef<HTMLDivElement>(null);
  const past = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // Moves with each frame, past React.
    const move = (): void => {
      const percent = `${axis.fractionOf(controller.time.get().t) * 100}%`;
      if (head.current !== null) head.current.style.left = percent;
      if (past.current !== null) past.current.style.width = percent;
    };
    move();
    return controller.time.subscribe(move);
  }, [controller, axis]);
  return (
    <>
      <div className="steno-past" ref={past} />
      <div className="steno-playhead" ref={head} />
    </>
  );
}
