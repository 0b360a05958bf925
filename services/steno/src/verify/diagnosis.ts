import { genesisHash, verifyAttestation } from '@steno/sessions';
import type { LogPlace } from '@steno/event-store';
import type { Topic } from '@steno/proto';
import type { Boots } from './boots.js';
import type { Cutoffs } from './cutoffs.js';
import { readEnvelopeParts } from './envelope-parts.js';
import { isSamePlace } from './event-rows.js';
import type { FindingCopy, FindingKind, Findings } from './findings.js';
import type { HeartbeatClaims } from './heartbeat-claims.js';
import type { CopiedEvent, StoredEvent, StoredFork } from './stream-copies.js';
import type { Suspects } from './suspects.js';

/** What the scan knows that tells which copy is right. */
export interface Evidence {
  readonly findings: Findings;
  readonly suspects: Suspects;
  readonly boots: Boots;
  readonly claims: HeartbeatClaims;
  readonly cutoffs: Cutoffs;
  readonly rootPublicKey: Uint8Array;
  /** Streams whose events in the log have signatures that do not hold. */
  readonly badlySigned: ReadonlySet<string>;
  /** Events that are in ClickHouse and belong into the log: `stream position`. */
  readonly missingInLog: Set<string>;
  /** The same, by boot and number. */
  readonly explained: Map<string, Set<number>>;
  /** Events, or whole streams, of which the log was found wrong: `stream position`, `stream`. */
  readonly wrongInLog: Set<string>;
  /** Batches that events were taken out of: `topic/partition/offset`. */
  readonly thinned: Set<string>;
  /** Events that stand at another place than their row says; judged when all thinned are known. */
  readonly misplaced: Misplaced[];
}

export interface Misplaced {
  readonly topic: Topic | undefined;
  readonly stream: string;
  readonly position: number;
  readonly is: LogPlace;
  readonly should: LogPlace;
}

export interface StreamCopies {
  readonly topic: Topic | undefined;
  readonly stream: string;
  readonly log: readonly CopiedEvent[];
  readonly store: readonly StoredEvent[];
  readonly forks: readonly StoredFork[];
}

interface Said {
  readonly kind: FindingKind;
  readonly copy: FindingCopy;
  readonly position: number;
  readonly detail: string;
  /** What makes it the same finding at another position; the detail if absent. */
  readonly about?: string;
  readonly count?: number;
}

/** Compares the two copies of one stream position by position, and says which is at fault. */
export class Diagnosis {
  private readonly inLog = new Map<number, CopiedEvent>();
  private readonly inStore = new Map<number, StoredEvent>();
  /** Positions whose row is there, though at fault. */
  private readonly displaced = new Set<number>();
  /** Positions of which something was said. */
  private readonly told = new Set<number>();
  private disordered = false;
  private lastInLog = -1;
  /** Which copy contradicts its own chain. */
  private broken: { readonly log: boolean; readonly store: boolean } = { log: false, store: false };

  constructor(
    private readonly copies: StreamCopies,
    private readonly evidence: Evidence,
  ) {}

  run(): void {
    this.readLog();
    this.readStore();
    this.broken = { log: breaksChain(this.inLog), store: breaksChain(this.inStore) };
    const all = [...new Set([...this.inLog.keys(), ...this.inStore.keys()])].sort((a, b) => a - b);
    for (const position of all) this.compare(position);
    this.findHoles(all);
    this.followChain(all);
    for (const fork of this.copies.forks) this.judgeFork(fork);
  }

  private readLog(): void {
    for (const event of this.copies.log) {
      const { position, hash } = event;
      const known = this.inLog.get(position);
      if (known !== undefined) {
        if (known.hash === hash) continue;
        const detail = 'the log holds two different events at this position';
        this.tell({ kind: 'forked', copy: 'log', position, detail });
        continue;
      }
      if (position < this.lastInLog) {
        this.disordered = true;
        this.evidence.wrongInLog.add(this.copies.stream);
        const detail = 'it stands behind a later event of its stream';
        this.tell({ kind: 'disordered', copy: 'log', position, detail });
      }
      this.lastInLog = Math.max(this.lastInLog, position);
      this.inLog.set(position, event);
    }
  }

  private readStore(): void {
    for (const row of this.copies.store) {
      const { position, fault, truePosition, hash } = row;
      const known = this.inStore.get(position);
      const copy = 'store';
      if (fault !== undefined) {
        this.tell({ kind: 'changed', copy, position, detail: fault, about: 'row' });
        if (truePosition !== undefined && this.inLog.get(truePosition)?.hash === hash) {
          this.displaced.add(truePosition);
        }
      } else if (known === undefined) this.inStore.set(position, row);
      else if (known.hash === hash) {
        const detail = 'its row is in ClickHouse more than once';
        this.tell({ kind: 'repeated', copy, position, detail });
      } else {
        const detail = 'ClickHouse holds two different events at this position';
        this.tell({ kind: 'forked', copy, position, detail });
        if (hash === this.inLog.get(position)?.hash) this.inStore.set(position, row);
      }
    }
  }

  private compare(position: number): void {
    const event = this.inLog.get(position);
    const row = this.inStore.get(position);
    if (event === undefined) {
      if (row !== undefined) this.onlyStored(position, row);
    } else if (row === undefined) this.onlyLogged(position, event);
    else if (row.hash !== event.hash) {
      const copy = this.atFault(position);
      this.tell({ kind: 'changed', copy, position, detail: this.rewritten(copy) });
    } else if (!isSamePlace(row.place, event.place) && !this.disordered) {
      const { topic, stream } = this.copies;
      const places = { is: row.place, should: event.place };
      this.evidence.misplaced.push({ topic, stream, position, ...places });
    }
  }

  private rewritten(copy: FindingCopy): string {
    if (copy === 'store') return 'its bytes in ClickHouse are not those of the log';
    if (copy === 'log') return 'its bytes in the log are not those in ClickHouse';
    if (this.broken.log) return 'log and ClickHouse hold different bytes, and neither chain holds';
    return 'log and ClickHouse hold different bytes, each chained: one copy was re-chained';
  }

  private onlyLogged(position: number, event: CopiedEvent): void {
    const { cutoffs, suspects } = this.evidence;
    const { topic } = this.copies;
    if (this.displaced.has(position) || this.told.has(position)) return;
    if (topic !== undefined && suspects.isContradicted(topic, event.place)) {
      const link =
        position === 0 ? genesisHash(this.copies.stream) : this.inLog.get(position - 1)?.hash;
      const copy = event.previous === link ? 'store' : 'log';
      const detail = 'ClickHouse holds something else at its place';
      this.tell({ kind: 'changed', copy, position, detail });
      return;
    }
    if (event.recordedAt > cutoffs.onItsWay || event.recordedAt < cutoffs.eventsExpired) return;
    const detail = 'the log holds it, ClickHouse does not';
    this.tell({ kind: 'missing', copy: 'store', position, detail });
  }

  private onlyStored(position: number, row: StoredEvent): void {
    const { suspects, missingInLog, explained } = this.evidence;
    const { topic = '', stream } = this.copies;
    if (this.told.has(position)) return;
    const why = this.foreign(position, row);
    if (why !== undefined) {
      const detail = `the log does not hold it, and ${why}`;
      this.tell({ kind: 'added', copy: 'store', position, detail, about: 'added' });
      return;
    }
    missingInLog.add(`${stream} ${position}`);
    this.evidence.thinned.add(batchName(topic, row.place));
    const numbers = explained.get(row.boot) ?? new Set();
    explained.set(row.boot, numbers.add(row.emitted));
    if (suspects.isContradicted(topic, row.place)) {
      const detail = 'the log holds something else at its place';
      this.tell({ kind: 'changed', copy: 'log', position, detail });
      return;
    }
    const detail =
      position > this.lastInLog
        ? 'ClickHouse holds it, the log ends before it (cut there, or added to ClickHouse)'
        : 'ClickHouse holds it, the log does not';
    this.tell({ kind: 'missing', copy: 'log', position, detail });
  }

  /** Why a row cannot be an event that the log lost; undefined where it can. */
  private foreign(position: number, row: StoredEvent): string | undefined {
    const { boots, rootPublicKey, suspects } = this.evidence;
    const { stream, topic = '' } = this.copies;
    const before = this.inLog.get(position - 1) ?? this.inStore.get(position - 1);
    const after = this.inLog.get(position + 1);
    const link = position === 0 ? genesisHash(stream) : before?.hash;
    if (link !== undefined && row.previous !== link)
      return 'it does not follow the event before it';
    if (after !== undefined && after.previous !== row.hash)
      return 'the next event does not name it';
    // Then the event that stands there in the log may have its number, too.
    if (suspects.isContradicted(topic, row.place)) return undefined;
    if (boots.of(row.boot)?.canHave(row.emitted, topic) === false) {
      return `its number (${row.emitted}) in the count of ${row.boot} is not free`;
    }
    if (row.raw !== undefined && !isAttested(row.raw, stream, rootPublicKey)) {
      return 'no attestation of this installation stands in it';
    }
    return undefined;
  }

  /** Which copy of an event that differs is not what was written, as far as that can be told. */
  private atFault(position: number): FindingCopy {
    const { claims, badlySigned } = this.evidence;
    const { stream } = this.copies;
    const claim = claims.of(stream);
    if (claim !== undefined && claim.position >= position) {
      const inLog = this.inLog.get(claim.position)?.hash === claim.hash;
      const inStore = this.inStore.get(claim.position)?.hash === claim.hash;
      if (inLog !== inStore) return inLog ? 'store' : 'log';
    }
    if (badlySigned.has(stream)) return 'log';
    if (this.broken.log !== this.broken.store) return this.broken.log ? 'log' : 'store';
    return 'both';
  }

  /** Positions below the last one that neither copy has. */
  private findHoles(all: readonly number[]): void {
    let next = 0;
    for (const position of all) {
      if (position > next && !this.isExpired()) {
        const count = position - next;
        const detail = `it is in no copy, nor is any up to ${position - 1}`;
        const about = `hole at ${next}`;
        this.tell({ kind: 'missing', copy: 'both', position: next, detail, about, count });
      }
      next = position + 1;
    }
  }

  /** The log has no retention, so a hole in it is one. */
  private isExpired(): boolean {
    return this.inLog.size === 0 && this.evidence.cutoffs.eventsExpired > 0n;
  }

  /** Links of the log that do not hold, where nothing else was said. */
  private followChain(all: readonly number[]): void {
    for (const position of all) {
      const event = this.inLog.get(position);
      const before = this.inLog.get(position - 1);
      if (event === undefined || (position > 0 && before === undefined)) continue;
      const link = before?.hash ?? genesisHash(this.copies.stream);
      if (event.previous === link || this.told.has(position) || this.told.has(position - 1))
        continue;
      const copy = this.inStore.get(position)?.hash === event.hash ? 'both' : 'log';
      const detail = 'it does not follow the event before it';
      this.tell({ kind: 'changed', copy, position, detail });
    }
  }

  private judgeFork({ position, hash }: StoredFork): void {
    const isInLog = this.copies.log.some(
      (event) => event.position === position && event.hash === hash,
    );
    if (isInLog && this.inLog.get(position)?.hash !== hash) return;
    const detail = 'the table forks holds an event that the log does not hold twice';
    this.tell({ kind: 'added', copy: 'store', position, detail });
  }

  private tell(said: Said): void {
    const { kind, copy, position, detail, about, count = 1 } = said;
    this.told.add(position);
    const { topic = null, stream } = this.copies;
    if (copy !== 'store') this.evidence.wrongInLog.add(`${stream} ${position}`);
    this.evidence.findings.add({ kind, copy, topic, stream, position, detail, count }, about);
  }
}

function batchName(topic: string, { partition, offset }: LogPlace): string {
  return `${topic}/${partition}/${offset}`;
}

/** Tells the rows that name a wrong place, but for those whose batch lost events before them. */
export function tellMisplaced({ misplaced, thinned, findings, wrongInLog }: Evidence): void {
  for (const { topic = null, stream, position, is, should } of misplaced) {
    const isShifted = is.offset === should.offset && is.partition === should.partition;
    if (isShifted && thinned.has(batchName(topic ?? '', should))) {
      wrongInLog.add(`${stream} ${position}`);
      continue;
    }
    const name = (place: LogPlace): string => `${place.partition}/${place.offset}/${place.index}`;
    const detail = `its place in the log is said to be ${name(is)}, and is ${name(should)}`;
    const what = { kind: 'changed', copy: 'store', topic, stream, position, detail } as const;
    findings.add(what, 'place');
  }
}

/** Whether events that stand next to each other do not fit together. */
function breaksChain(events: ReadonlyMap<number, CopiedEvent>): boolean {
  for (const [position, { previous }] of events) {
    const before = events.get(position - 1);
    if (before !== undefined && before.hash !== previous) return true;
  }
  return false;
}

function isAttested(raw: Buffer, stream: string, rootPublicKey: Uint8Array): boolean {
  try {
    const { attestation } = readEnvelopeParts(raw);
    if (attestation === undefined) return false;
    return verifyAttestation(attestation, stream, rootPublicKey) !== undefined;
  } catch {
    return false; // bytes that are no envelope
  }
}
