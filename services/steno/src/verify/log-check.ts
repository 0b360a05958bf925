import { fromBinary } from '@bufbuild/protobuf';
import type { LogEntry } from '@steno/event-log';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import type { Topic } from '@steno/proto';
import { Boots } from './boots.js';
import { ContentCheck } from './content-check.js';
import type { ContentFault } from './content-check.js';
import type { ExpectedContent } from './content-rows.js';
import { readEnvelopeParts } from './envelope-parts.js';
import type { EnvelopeParts } from './envelope-parts.js';
import type { FindingKind, Findings } from './findings.js';
import { HeartbeatClaims } from './heartbeat-claims.js';
import { isEvent, readEntry } from './log-events.js';
import type { EarlyPart, LogEvent } from './log-events.js';
import { RecentBatches } from './recent-batches.js';
import { StreamHeads } from './stream-heads.js';
import type { Suspects } from './suspects.js';
import { Trust } from './trust.js';

const DEFAULT_TENANT = 'default';
const UUID_TIME_DIGITS = 12;
const NANOSECONDS = 1_000_000n;

/** What the keys of an installation are needed for here. */
export interface TrustedKeys {
  readonly installation: string;
  readonly rootPublicKey: Uint8Array;
  /** Wraps the keys of sessions. */
  readonly contentKey: Buffer;
}

interface Collected {
  readonly events: LogEvent[];
  readonly parts: ExpectedContent[];
  readonly faults: ContentFault[];
}

/** What one batch of the log asks of ClickHouse, and what is wrong with its content. */
export type CheckedEntry = Readonly<{ [Part in keyof Collected]: Readonly<Collected[Part]> }>;

/** Reads the log in its order and checks it by itself: chains, writers, counts, commitments. */
export class LogCheck {
  readonly heads = new StreamHeads();
  readonly boots = new Boots();
  readonly claims = new HeartbeatClaims();
  readonly content: ContentCheck;
  /** Streams with a signature that does not hold. */
  readonly badlySigned = new Set<string>();
  readonly counts = { events: 0, duplicates: 0, bytes: 0 };
  private readonly trust: Trust;
  private readonly recent = new Map<Topic, RecentBatches>();

  constructor(
    keys: TrustedKeys,
    private readonly findings: Findings,
    private readonly suspects: Suspects,
  ) {
    this.content = new ContentCheck(keys.contentKey);
    this.trust = new Trust(keys.installation, keys.rootPublicKey);
  }

  /** Takes the next batch of a topic. */
  entry(entry: LogEntry): CheckedEntry {
    const { topic } = entry;
    this.counts.bytes += entry.bytes.length;
    const { records, unreadable } = readEntry(entry);
    for (const { place, reason, isEmpty } of unreadable) {
      const kind = isEmpty ? 'missing' : 'unreadable';
      const detail = `batch ${place.offset}, record ${place.index}: ${reason}`;
      const what = { kind, copy: 'log', topic, stream: null, position: null, detail } as const;
      this.findings.add(what, `unreadable on ${topic}`);
    }
    const isRepeat = this.isRepeat(entry, records.find(isEvent));
    const checked: Collected = { events: [], parts: [], faults: [] };
    for (const record of records) {
      if (!isEvent(record)) checked.parts.push(this.early(record));
      else if (isRepeat) this.counts.duplicates += 1;
      else this.event(record, checked);
    }
    return checked;
  }

  private isRepeat(entry: LogEntry, first: LogEvent | undefined): boolean {
    const recent = this.recent.get(entry.topic) ?? new RecentBatches();
    this.recent.set(entry.topic, recent);
    const mayBe =
      first !== undefined && first.columns.position < this.heads.next(first.columns.stream);
    return recent.isRepeat(entry, mayBe);
  }

  private early({ place, part, batchTime }: EarlyPart): ExpectedContent {
    const { stream, position } = part;
    const isRepeat = position < this.heads.next(stream) || !this.content.part(part);
    const recordedAt = batchTime ?? this.heads.recordedAt(stream) ?? openedAt(stream);
    const tenant = DEFAULT_TENANT;
    return { place, part, stream, position, tenant, recordedAt, isEarly: true, isRepeat };
  }

  private event(event: LogEvent, checked: Collected): void {
    const { topic, columns, place } = event;
    const { stream, position, tenant, recordedAt } = columns;
    const broken = this.heads.take(event);
    if (broken === 'repeated') {
      this.suspects.add({ topic, stream, position, why: 'repeated' });
      return;
    }
    if (broken !== undefined) {
      const why = broken === 'hole' ? 'missing' : 'changed';
      this.suspects.add({ topic, stream, position, why });
    }
    this.counts.events += 1;
    this.boots.take(columns);
    checked.events.push(event);
    for (const part of event.contents) {
      const of = { stream, position, tenant, recordedAt };
      checked.parts.push({ place, part, ...of, isEarly: false, isRepeat: false });
    }
    const parts = this.partsOf(event);
    if (parts === undefined) return;
    checked.faults.push(...this.content.event(event, parts.contents));
    const why = this.trust.distrust(event, parts.attestation);
    if (why === undefined) return;
    this.tell(event, 'untrusted', why);
    this.badlySigned.add(stream);
  }

  /** What is in an envelope beside its columns; undefined where it cannot be read. */
  private partsOf(event: LogEvent): EnvelopeParts | undefined {
    try {
      this.claims.take(event);
      if (event.columns.type === EVENT_TYPE.gap) this.tellGap(event);
      return readEnvelopeParts(event.raw);
    } catch (error) {
      this.tell(event, 'unreadable', error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private tellGap(event: LogEvent): void {
    const { facts } = fromBinary(EnvelopeSchema, event.raw);
    if (facts.case !== 'gap') return;
    const { fromPosition, toPosition, reason } = facts.value;
    const { topic, columns } = event;
    this.findings.add({
      kind: 'missing',
      copy: 'both',
      topic,
      stream: columns.stream,
      position: Number(fromPosition),
      detail: `its own record says that events up to ${toPosition} are missing: ${reason}`,
    });
  }

  private tell({ topic, columns }: LogEvent, kind: FindingKind, detail: string): void {
    const { stream, position } = columns;
    this.findings.add({ kind, copy: 'log', topic, stream, position, detail });
  }
}

/** The time in a session's UUIDv7 (RFC 9562 §5.7), in nanoseconds. */
function openedAt(stream: string): bigint {
  const digits = stream.slice(stream.indexOf('/') + 1).replace('-', '');
  const milliseconds = Number.parseInt(digits.slice(0, UUID_TIME_DIGITS), 16);
  return Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds) * NANOSECONDS;
}
