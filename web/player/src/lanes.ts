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

/** The mark nearest to a place, within `reach` pixels of it. */
export function nearestMark(
  lanes: readonly Lane[],
  axis: TimeAxis,
  place: { readonly x: number; readonly width: number; readonly reach: number },
): ReplayMark | undefined {
  let best: ReplayMark | undefined;
  let bestDistance = place.reach;
  for (const { marks } of lanes) {
    for (const mark of marks) {
      const distance = Math.abs(axis.fractionOf(mark.t) * place.width - place.x);
      // Of two in one place the later lane wins: it is the graver one.
      if (distance <= bestDistance) {
        best = mark;
        bestDistance = distance;
      }
    }
  }
  return best;
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
