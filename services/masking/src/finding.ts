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
    else for (const finding of settleCluster(cluster)) settled.push(finding);
  }
  return settled;
}

function settleCluster(cluster: readonly Finding[]): Finding[] {
  const kept: Finding[] = [];
  for (const finding of cluster.toSorted(byWeight)) keep(finding, kept);
  return kept;
}

/** Puts what the winners leave of a finding between them; they are in order and do not overlap. */
function keep(finding: Finding, winners: Finding[]): void {
  const first = firstEndingAfter(winners, finding.start);
  const around: Finding[] = [];
  let at = finding.start;
  let last = first;
  for (; last < winners.length; last += 1) {
    const winner = winners[last] as Finding;
    if (winner.start >= finding.end) break;
    if (winner.start > at) around.push({ ...finding, start: at, end: winner.start });
    around.push(winner);
    at = winner.end;
  }
  if (at < finding.end) around.push(at === finding.start ? finding : { ...finding, start: at });
  winners.splice(first, last - first, ...around);
}

function firstEndingAfter(findings: readonly Finding[], place: number): number {
  let low = 0;
  let high = findings.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((findings[middle] as Finding).end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
