import type { Finding } from './finding.js';
import { maskingLimits } from './limits.js';

/** How far a window reaches; smaller ones are for tests. */
export interface WindowSize {
  readonly valueLength: number;
  readonly contextLength: number;
}

/** A window is so many times as long as a value, and decides on all but the last of these. */
export const reach = 4;

/** What one window decides. */
interface Step {
  readonly findings: readonly Finding[];
  /** Up to where the text is decided. */
  readonly decided: number;
}

/**
 * Decides on what follows `from`, or on all the rest if `isLast`. `text` begins with up to
 * `contextLength` units before `from` and is one window long from there on. What begins before the
 * border is decided to its end.
 */
export function decideWindow(
  text: string,
  { from, isLast, find }: { from: number; isLast: boolean; find: Find },
  { valueLength }: WindowSize = maskingLimits,
): Step {
  const border = isLast ? text.length : from + (reach - 1) * valueLength;
  const findings: Finding[] = [];
  let decided = border;
  for (const finding of find(text)) {
    if (finding.end <= from) continue;
    if (finding.start >= border) break;
    const start = Math.max(finding.start, from);
    findings.push(start === finding.start ? finding : { ...finding, start });
    decided = Math.max(decided, finding.end);
  }
  return { findings, decided };
}

export type Find = (window: string) => readonly Finding[];

/** All findings of a long text, window by window, as the stream finds them. */
export function inWindows(
  text: string,
  find: Find,
  size: WindowSize = maskingLimits,
): readonly Finding[] {
  const all: Finding[] = [];
  for (let from = 0; from < text.length;) {
    const start = Math.max(0, from - size.contextLength);
    const end = Math.min(text.length, from + reach * size.valueLength);
    const isLast = end === text.length;
    const step = decideWindow(text.slice(start, end), { from: from - start, isLast, find }, size);
    for (const finding of step.findings) {
      all.push({ ...finding, start: finding.start + start, end: finding.end + start });
    }
    from = step.decided + start;
  }
  return all;
}
