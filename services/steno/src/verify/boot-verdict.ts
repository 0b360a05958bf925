import { bootName } from './boots.js';
import type { Boot, Boots } from './boots.js';
import type { Findings } from './findings.js';
import type { HeartbeatClaims } from './heartbeat-claims.js';
import type { LogEvent } from './log-events.js';

/** Numbers that are looked for by name where two events have them. */
const DOUBLES_MAX = 100;

/** Names the events that have a number in the count of their boot which others have as well. */
export class SharedNumbers {
  private readonly wanted = new Map<string, LogEvent['columns'][]>();

  constructor(boots: Boots) {
    for (const boot of boots.all()) {
      const left = DOUBLES_MAX - this.wanted.size;
      for (const n of boot.doubles(left)) this.wanted.set(`${boot.name} ${n}`, []);
    }
  }

  get isEmpty(): boolean {
    return this.wanted.size === 0;
  }

  take({ columns }: LogEvent): void {
    const events = this.wanted.get(`${bootName(columns)} ${columns.emitted}`);
    const isKnown = events?.some(
      ({ stream, position }) => stream === columns.stream && position === columns.position,
    );
    if (isKnown === false) events?.push(columns);
  }

  tell(findings: Findings): void {
    for (const [number, events] of this.wanted) {
      const [first, ...others] = events.map(({ stream, position }) => ({ stream, position }));
      if (first === undefined || others.length === 0) continue;
      const more = others.map(({ stream, position }) => `${stream} position ${position}`);
      const detail = `its number in the count of a boot (${number}) is also that of ${more.join()}`;
      findings.add({ kind: 'forked', copy: 'log', topic: null, ...first, detail }, 'number');
    }
  }
}

/**
 * Tells the holes in the counts of the boots.
 *
 * @param explained numbers of events that the log lost and ClickHouse has, by boot
 * @returns how many events may have been lost with the process that emitted them
 */
export function tellCountHoles(
  boots: Boots,
  findings: Findings,
  {
    explained,
    nowMs,
  }: { readonly explained: ReadonlyMap<string, ReadonlySet<number>>; readonly nowMs: number },
): number {
  let lost = 0;
  for (const boot of boots.all()) {
    const known = [...(explained.get(boot.name) ?? [])].sort((a, b) => a - b);
    let at = 0;
    for (const { from, to, beforeMs, isExplained } of boot.holes(nowMs)) {
      let count = to - from + 1;
      for (; (known[at] ?? Infinity) <= to; at += 1) if ((known[at] ?? 0) >= from) count -= 1;
      if (count === 0) continue;
      if (isExplained) {
        lost += count;
        continue;
      }
      const detail =
        `${boot.name} emitted events that are in no stream: ${from} to ${to} of its count, ` +
        `before ${new Date(beforeMs).toISOString()}`;
      const nowhere = { topic: null, stream: null, position: null };
      findings.add({ kind: 'missing', copy: 'both', ...nowhere, detail, count }, boot.name);
    }
  }
  return lost;
}

/** Tells the ends of streams that heartbeats named and the log does not bear out. */
export function tellBrokenClaims(
  claims: HeartbeatClaims,
  boots: Boots,
  { findings, nowMs }: { readonly findings: Findings; readonly nowMs: number },
): void {
  for (const { stream, position, boot, atMs, found } of claims.broken()) {
    const writer: Boot | undefined = boots.of(boot);
    const isAnothers = found === undefined || found.boot !== boot;
    if (isAnothers && writer?.isInLossWindow(atMs, nowMs) === true) continue;
    // The diagnosis had the claim before it, and said what it found.
    if (findings.hasOf(stream)) continue;
    const when = new Date(atMs).toISOString();
    const what = { copy: 'both' as const, topic: 'data' as const, stream, position };
    if (found === undefined) {
      const detail = `a heartbeat of ${when} names it, and it is nowhere`;
      findings.add({ kind: 'missing', ...what, detail }, 'claim');
    } else {
      const detail = `a heartbeat of ${when} names another hash`;
      findings.add({ kind: 'changed', ...what, detail }, 'claim');
    }
  }
}
