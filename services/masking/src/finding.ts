import type { ValueType } from './value-types.js';

/** How a value is written where it stands: a JSON string, a JSON number, a literal of SQL. */
export interface Layer {
  decode(source: string): string;
  /** `undefined` stands for null, which only what is not part of a string can be. */
  encode(text: string | undefined): string;
}

/** A sensitive value at [start, end) of a text, counted in UTF-16 units. */
export interface Finding {
  readonly type: ValueType;
  readonly start: number;
  readonly end: number;
  /** Absent where the value is written as it is. */
  readonly layer?: Layer;
}

/** The more a detector knows of a value, the further to the front stands its type. */
const specific: readonly ValueType[] = [
  'private-key',
  'jwt',
  'vcs-token',
  'cloud-key',
  'card',
  'iban',
  'national-id',
  'kube-secret',
  'session-cookie',
  'connection-string',
  'authorization',
  'card-code',
  'email',
  'phone',
  'password',
  'person-name',
  'high-entropy',
];
const rank = new Map(specific.map((type, index) => [type, index]));

function byWeight(a: Finding, b: Finding): number {
  const longer = b.end - b.start - (a.end - a.start);
  return longer || (rank.get(a.type) ?? 0) - (rank.get(b.type) ?? 0) || a.start - b.start;
}

/**
 * Findings in order, without overlaps: the longest wins, then the most specific. Of one that is
 * covered in part the rest stays, so that whatever any detector has seen is masked.
 */
export function settle(found: readonly Finding[]): Finding[] {
  const ordered = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const settled: Finding[] = [];
  for (let at = 0; at < ordered.length;) {
    const first = ordered[at] as Finding;
    let { end } = first;
    const cluster = [first];
    for (at += 1; at < ordered.length; at += 1) {
      const next = ordered[at] as Finding;
      if (next.start >= end) break;
      end = Math.max(end, next.end);
      cluster.push(next);
    }
    if (cluster.length === 1) settled.push(first);
    else settled.push(...settleCluster(cluster));
  }
  return settled;
}

function settleCluster(cluster: readonly Finding[]): Finding[] {
  const kept: Finding[] = [];
  for (const finding of cluster.toSorted(byWeight)) {
    const rest = uncovered(finding, kept);
    if (rest !== undefined) kept.push(rest);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** A winner is at least as long, so that it can cover all, the head or the tail, never a middle. */
function uncovered(finding: Finding, winners: readonly Finding[]): Finding | undefined {
  let { start, end } = finding;
  for (const winner of winners) {
    if (winner.start <= start && winner.end > start) start = winner.end;
    if (winner.end >= end && winner.start < end) end = winner.start;
  }
  if (start >= end) return undefined;
  return start === finding.start && end === finding.end ? finding : { ...finding, start, end };
}
