import type { TimelineView } from '@steno/proto';
import type { ReplayMark } from './replay-source.js';
import type { TimeAxis } from './time-axis.js';

export type LaneName = TimelineView['marks'][number]['lane'];

export interface Lane {
  readonly name: LaneName;
  readonly label: string;
  /** In order of time. */
  readonly marks: readonly ReplayMark[];
}

const labels: Readonly<Record<LaneName, string>> = {
  command: 'Commands',
  mask: 'Masks',
  redaction: 'Redactions',
  decision: 'Decisions',
  approval: 'Approvals',
  error: 'Errors',
  limit: 'Limits',
  gap: 'Gaps',
  state: 'State',
};

const laneNames = Object.keys(labels) as LaneName[];

/** The lanes that have marks, and that of commands always; a mark that came twice is one. */
export function lanesOf(...sources: readonly (readonly ReplayMark[])[]): Lane[] {
  const byLane = new Map<string, Map<number, ReplayMark>>();
  for (const mark of sources.flat()) {
    const lane = byLane.get(mark.lane) ?? new Map<number, ReplayMark>();
    lane.set(mark.position, mark);
    byLane.set(mark.lane, lane);
  }
  return laneNames
    .filter((name) => name === 'command' || byLane.has(name))
    .map((name) => ({
      name,
      label: labels[name],
      marks: [...(byLane.get(name)?.values() ?? [])].sort((a, b) => a.t - b.t),
    }));
}

export type Tone = 'plain' | 'ok' | 'warning' | 'danger';

const tones: Readonly<Record<string, Tone>> = {
  deny: 'danger',
  hold: 'warning',
  waiting: 'warning',
  granted: 'ok',
  allow: 'ok',
  overridden: 'warning',
  refused: 'danger',
  expired: 'danger',
  unavailable: 'danger',
};

/** How grave what a mark tells is; its lane says the rest. */
export const toneOf = ({ outcome = '' }: ReplayMark): Tone =>
  Object.hasOwn(tones, outcome) ? (tones[outcome] ?? 'plain') : 'plain';

/** The marks of a lane by their tone, the graver ones last: they are drawn over the others. */
export function byTone(marks: readonly ReplayMark[]): readonly (readonly [Tone, ReplayMark[]])[] {
  const grave: readonly Tone[] = ['plain', 'ok', 'warning', 'danger'];
  return grave
    .map((tone) => [tone, marks.filter((mark) => toneOf(mark) === tone)] as const)
    .filter(([, some]) => some.length > 0);
}

/** One path for all marks of a lane, whatever their number; marks on one pixel are drawn once. */
export function lanePath(marks: readonly ReplayMark[], axis: TimeAxis, width: number): string {
  let path = '';
  let last = -Infinity;
  for (const { t } of marks) {
    const x = Math.round(axis.fractionOf(t) * width);
    if (x === last) continue;
    last = x;
    path += `M${x} 0v8`;
  }
  return path;
}

/** The stretches that marks end, as bars of at least a pixel. */
export function spanPath(marks: readonly ReplayMark[], axis: TimeAxis, width: number): string {
  let path = '';
  for (const { t, since } of marks) {
    if (since === undefined) continue;
    const from = Math.round(axis.fractionOf(since) * width);
    const wide = Math.max(1, Math.round(axis.fractionOf(t) * width) - from);
    path += `M${from} 2h${wide}v4h-${wide}z`;
  }
  return path;
}

/** With what still waits in a running session: the last that began and has not ended. */
export function withWaiting(marks: readonly ReplayMark[], now: number): readonly ReplayMark[] {
  const last = marks.at(-1);
  if (last?.outcome !== 'waiting') return marks;
  return [...marks, { ...last, t: now, since: last.t }];
}

/** Bars of events per pixel step, on a square-root scale: a burst does not flatten all else. */
export function densityPath(
  density: readonly number[],
  axis: TimeAxis,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const barWidth = 3;
  const bars = new Float64Array(Math.max(1, Math.ceil(width / barWidth)));
  density.forEach((events, slice) => {
    if (events === 0) return;
    const t = ((slice + 0.5) / density.length) * axis.duration;
    const index = Math.min(bars.length - 1, Math.floor((axis.fractionOf(t) * width) / barWidth));
    bars[index] = (bars[index] ?? 0) + events;
  });
  const most = Math.max(1, ...bars);
  let path = '';
  bars.forEach((events, index) => {
    if (events === 0) return;
    const tall = Math.max(1.5, Math.sqrt(events / most) * height);
    const x = index * barWidth;
    path += `M${x} ${height}v-${tall.toFixed(1)}h${barWidth - 1}V${height}z`;
  });
  return path;
}

/** What stands at a place, within `reach` pixels of it: of each lane the nearest mark. */
export function marksAt(
  lanes: readonly Lane[],
  axis: TimeAxis,
  place: { readonly x: number; readonly width: number; readonly reach: number },
): readonly { readonly lane: Lane; readonly mark: ReplayMark }[] {
  return lanes.flatMap((lane) => {
    let best: ReplayMark | undefined;
    let bestDistance = place.reach;
    for (const mark of lane.marks) {
      const distance = distanceTo(mark, axis, place);
      // Of two in one place the later one wins: it tells what came of the other.
      if (distance <= bestDistance) {
        best = mark;
        bestDistance = distance;
      }
    }
    return best === undefined ? [] : [{ lane, mark: best }];
  });
}

/** Pixels from a place to a mark, or to the stretch that it ends. */
function distanceTo(
  { t, since = t }: ReplayMark,
  axis: TimeAxis,
  { x, width }: { readonly x: number; readonly width: number },
): number {
  const from = axis.fractionOf(since) * width;
  const to = axis.fractionOf(t) * width;
  return Math.max(0, from - x, x - to);
}

/** Round times for the scale, at least `apart` pixels from each other. */
export function ticksOf(axis: TimeAxis, width: number, apart = 90): number[] {
  const ticks: number[] = [];
  let last = -Infinity;
  for (const piece of axis.pieces) {
    if (piece.folded) continue;
    const pixels = piece.width * width;
    const step = roundStep(((piece.to - piece.from) / Math.max(pixels, 1)) * apart);
    for (let t = Math.ceil(piece.from / step) * step; t <= piece.to; t += step) {
      const x = axis.fractionOf(t) * width;
      if (x - last < apart || x > width - 30) continue;
      ticks.push(t);
      last = x;
    }
  }
  return ticks;
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
const roundStep = (ns: number): number =>
  (steps.find((seconds) => seconds * 1e9 >= ns) ?? 604_800) * 1e9;
