import type { Topic } from '@steno/proto';

/** What is wrong; everything but `missing` means that somebody changed something. */
export type FindingKind =
  /** Bytes or columns are not what they were. */
  | 'changed'
  /** ClickHouse holds what never was in the log. */
  | 'added'
  /** The same row stands in ClickHouse more than once. */
  | 'repeated'
  /** Two different events claim one place: a position, or a number in the count of a boot. */
  | 'forked'
  /** Events of a stream do not stand in its order. */
  | 'disordered'
  /** Bytes that are no batch or no event. */
  | 'unreadable'
  /** A writer whose attestation or signature does not hold. */
  | 'untrusted'
  | 'missing';

/** Which copy it is about; `both` where they agree, or where nothing tells which one is true. */
export type FindingCopy = 'log' | 'store' | 'both';

export interface Finding {
  readonly kind: FindingKind;
  readonly copy: FindingCopy;
  /** Null where it is not known. */
  readonly topic: Topic | null;
  readonly stream: string | null;
  /** The first one. */
  readonly position: number | null;
  /** Events, rows or pieces of content that it is about. */
  readonly count: number;
  readonly detail: string;
}

export type NewFinding = Omit<Finding, 'count'> & { readonly count?: number };

export type Verdict = 'whole' | 'changed' | 'gaps';

/** Findings that are kept and told one by one; beyond it they are counted. */
const FINDINGS_MAX = 10_000;

interface Kept extends Finding {
  position: number | null;
  count: number;
  detail: string;
}

/** What was found so far. Findings that differ in nothing but the position are told as one. */
export class Findings {
  private readonly kept = new Map<string, Kept>();
  private readonly streams = new Set<string>();
  private changes = 0;
  private gaps = 0;
  /** Findings that are counted and not kept. */
  leftOut = 0;

  get verdict(): Verdict {
    if (this.changes > 0) return 'changed';
    return this.gaps > 0 ? 'gaps' : 'whole';
  }

  /** @param about what tells it from others of the same kind; the detail if none is given */
  add(finding: NewFinding, about = finding.detail): void {
    const count = finding.count ?? 1;
    if (finding.kind === 'missing') this.gaps += count;
    else this.changes += count;
    if (finding.stream !== null) this.streams.add(finding.stream);
    const key = JSON.stringify([finding.kind, finding.copy, finding.stream, about]);
    const known = this.kept.get(key);
    if (known === undefined) {
      if (this.kept.size < FINDINGS_MAX) this.kept.set(key, { ...finding, count });
      else this.leftOut += 1;
      return;
    }
    known.count += count;
    const { position } = finding;
    if (position !== null && (known.position === null || position < known.position)) {
      known.position = position;
      known.detail = finding.detail;
    }
  }

  /** Whether anything was found about a stream. */
  hasOf(stream: string): boolean {
    return this.streams.has(stream);
  }

  /** Changes first, then in the order in which they were found. */
  all(): readonly Finding[] {
    const found = [...this.kept.values()];
    return [
      ...found.filter(({ kind }) => kind !== 'missing'),
      ...found.filter(({ kind }) => kind === 'missing'),
    ];
  }
}
