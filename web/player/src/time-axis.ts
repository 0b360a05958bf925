import type { Idle } from './idle.js';

/** A piece of the axis: times from..to are drawn from `at` to `at + width`, fractions of it. */
export interface AxisPiece {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly width: number;
  readonly folded: boolean;
}

/** A folded stretch is as wide as this share of the time that is not folded, or as 2 s. */
const foldedShare = 1 / 60;
const foldedNs = 2e9;
/** All folds together take at most this share of the axis. */
const foldsAtMost = 1 / 3;

/**
 * Where times stand on the timeline. Idle stretches are folded to a small width here and nowhere
 * else: the times themselves stay as recorded.
 */
export class TimeAxis {
  readonly pieces: readonly AxisPiece[];

  constructor(
    readonly duration: number,
    idle: Idle,
  ) {
    this.pieces = layOut(Math.max(duration, 1), idle);
  }

  /** 0 to 1. */
  fractionOf(t: number): number {
    const piece = this.find((candidate) => t < candidate.to);
    if (piece === undefined) return 1;
    if (t <= piece.from) return piece.at;
    return piece.at + ((t - piece.from) / (piece.to - piece.from)) * piece.width;
  }

  timeAt(fraction: number): number {
    const piece = this.find((candidate) => fraction < candidate.at + candidate.width);
    if (piece === undefined || piece.width === 0) return this.duration;
    const inside = Math.max(0, fraction - piece.at) / piece.width;
    return Math.min(this.duration, piece.from + inside * (piece.to - piece.from));
  }

  /** The first piece that the predicate holds for; it holds for all after that one too. */
  private find(holds: (piece: AxisPiece) => boolean): AxisPiece | undefined {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.pieces[middle];
      if (piece !== undefined && holds(piece)) high = middle;
      else low = middle + 1;
    }
    return this.pieces[low];
  }
}

function layOut(duration: number, idle: Idle): AxisPiece[] {
  const stretches = idle
    .map(([from, to]) => [Math.max(0, from), Math.min(duration, to)] as const)
    .filter(([from, to]) => to > from);
  const idleTotal = stretches.reduce((sum, [from, to]) => sum + to - from, 0);
  const active = Math.max(duration - idleTotal, duration / 1000);
  const most = (active * foldsAtMost) / (1 - foldsAtMost) / Math.max(1, stretches.length);
  const fold = Math.min(Math.max(active * foldedShare, foldedNs), most);
  const pieces: { from: number; to: number; weight: number; folded: boolean }[] = [];
  let t = 0;
  for (const [from, to] of stretches) {
    if (from > t) pieces.push({ from: t, to: from, weight: from - t, folded: false });
    const folded = to - from > fold;
    pieces.push({ from, to, weight: folded ? fold : to - from, folded });
    t = to;
  }
  if (t < duration) pieces.push({ from: t, to: duration, weight: duration - t, folded: false });
  const total = pieces.reduce((sum, piece) => sum + piece.weight, 0);
  let at = 0;
  return pieces.map(({ from, to, weight, folded }) => {
    const piece = { from, to, at, width: weight / total, folded };
    at += piece.width;
    return piece;
  });
}
