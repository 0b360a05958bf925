import type { Topic } from '@steno/proto';
import { sessionIdOf } from '@steno/sessions';
import type { LogPlace } from '../topic-query.js';
import type { EventColumns } from './event-columns.js';
import type { LogRange } from './log-range.js';
import { LongColumn, NativeBlock, NumberColumn, TextColumn, WordColumn } from './native-block.js';
import type { NativeColumn } from './native-block.js';
import { SessionRows } from './session-rows.js';

export interface PlacedColumns {
  readonly topic: Topic;
  readonly place: LogPlace;
  readonly columns: EventColumns;
  readonly raw: Uint8Array;
}

/** What a piece of content belongs to. */
export interface ContentOwner {
  readonly topic: Topic;
  readonly place: LogPlace;
  readonly tenant: string;
  readonly stream: string;
  readonly position: number;
  /** Nanoseconds since the epoch. */
  readonly recordedAt: bigint;
}

export interface ContentPiece {
  readonly index: number;
  readonly part: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

export interface DeadLetter {
  readonly topic: Topic;
  readonly place: LogPlace;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** A table's name, and what is to be put into it. */
export interface TableRows {
  readonly table: string;
  readonly block: NativeBlock<Readonly<Record<string, NativeColumn>>>;
}

const placeColumns = () => ({
  log_partition: new NumberColumn('UInt32'),
  log_offset: new LongColumn('UInt64'),
  log_index: new NumberColumn('UInt32'),
});

const eventColumns = () => ({
  tenant: new WordColumn(),
  topic: new WordColumn(),
  stream: new TextColumn(),
  session_id: new TextColumn(),
  position: new LongColumn('UInt64'),
  type: new WordColumn(),
  version: new NumberColumn('UInt16'),
  identity: new WordColumn(),
  target: new WordColumn(),
  instance: new WordColumn(),
  boot: new WordColumn(),
  emitted: new LongColumn('UInt64'),
  occurred_at: new LongColumn("DateTime64(9, 'UTC')"),
  recorded_at: new LongColumn("DateTime64(9, 'UTC')"),
  kind: new WordColumn(),
  command: new LongColumn('UInt64'),
  status: new WordColumn(),
  error_code: new WordColumn(),
  rows: new LongColumn('UInt64'),
  bytes: new LongColumn('UInt64'),
  duration_ns: new LongColumn('UInt64'),
  decision: new WordColumn(),
  masked: new LongColumn('UInt64'),
  redacted: new LongColumn('UInt64'),
  ...placeColumns(),
  raw: new TextColumn(),
});

const contentColumns = () => ({
  tenant: new WordColumn(),
  topic: new WordColumn(),
  stream: new TextColumn(),
  session_id: new TextColumn(),
  position: new LongColumn('UInt64'),
  idx: new NumberColumn('UInt32'),
  part: new NumberColumn('UInt32'),
  kind: new WordColumn(),
  bytes: new TextColumn(),
  recorded_at: new LongColumn("DateTime64(9, 'UTC')"),
  ...placeColumns(),
});

const forkColumns = () => ({
  tenant: new WordColumn(),
  topic: new WordColumn(),
  stream: new TextColumn(),
  position: new LongColumn('UInt64'),
  ...placeColumns(),
  raw: new TextColumn(),
});

const deadLetterColumns = () => ({
  topic: new WordColumn(),
  ...placeColumns(),
  reason: new TextColumn(),
  bytes: new TextColumn(),
});

/** What one range of the log adds to the tables. */
export class RangeRows {
  private readonly events = new NativeBlock(eventColumns());
  private readonly contents = new NativeBlock(contentColumns());
  private readonly forks = new NativeBlock(forkColumns());
  private readonly deadLetters = new NativeBlock(deadLetterColumns());
  private readonly sessions = new SessionRows();

  constructor(readonly range: LogRange) {}

  get eventCount(): number {
    return this.events.rows;
  }

  event(event: PlacedColumns): void {
    const { columns } = event;
    const { facts } = columns;
    const sessionId = sessionIdOf(columns.stream) ?? '';
    const row = this.events.columns;
    row.tenant.add(columns.tenant);
    row.topic.add(event.topic);
    row.stream.add(columns.stream);
    row.session_id.add(sessionId);
    row.position.add(columns.position);
    row.type.add(columns.type);
    row.version.add(columns.version);
    row.identity.add(columns.identity);
    row.target.add(columns.target);
    row.instance.add(columns.instance);
    row.boot.add(columns.boot);
    row.emitted.addBig(columns.emitted);
    row.occurred_at.addBig(columns.occurredAt);
    row.recorded_at.addBig(columns.recordedAt);
    row.kind.add(facts.kind);
    row.command.addBig(facts.command);
    row.status.add(facts.status);
    row.error_code.add(facts.errorCode);
    row.rows.addBig(facts.rows);
    row.bytes.addBig(facts.bytes);
    row.duration_ns.addBig(facts.durationNs);
    row.decision.add(facts.decision);
    row.masked.addBig(facts.masked);
    row.redacted.addBig(facts.redacted);
    addPlace(row, event.place);
    row.raw.addBytes(event.raw);
    if (sessionId !== '') this.sessions.event(sessionId, columns, event);
  }

  content(owner: ContentOwner, piece: ContentPiece): void {
    const row = this.contents.columns;
    row.tenant.add(owner.tenant);
    row.topic.add(owner.topic);
    row.stream.add(owner.stream);
    row.session_id.add(sessionIdOf(owner.stream) ?? '');
    row.position.add(owner.position);
    row.idx.add(piece.index);
    row.part.add(piece.part);
    row.kind.add(piece.kind);
    row.bytes.addBytes(piece.bytes);
    row.recorded_at.addBig(owner.recordedAt);
    addPlace(row, owner.place);
  }

  /** Another event than the one that is held at its position. */
  fork(event: PlacedColumns): void {
    const { columns } = event;
    const row = this.forks.columns;
    row.tenant.add(columns.tenant);
    row.topic.add(event.topic);
    row.stream.add(columns.stream);
    row.position.add(columns.position);
    addPlace(row, event.place);
    row.raw.addBytes(event.raw);
    const sessionId = sessionIdOf(columns.stream);
    if (sessionId !== undefined) this.sessions.fork(sessionId, columns, event);
  }

  deadLetter(letter: DeadLetter): void {
    const row = this.deadLetters.columns;
    row.topic.add(letter.topic);
    addPlace(row, letter.place);
    row.reason.add(letter.reason);
    row.bytes.addBytes(letter.bytes);
  }

  /** Tables with rows, to be filled in this order: who sees an event sees what belongs to it. */
  tables(): readonly TableRows[] {
    const tables: readonly TableRows[] = [
      { table: 'dead_letters', block: this.deadLetters },
      { table: 'forks', block: this.forks },
      { table: 'content', block: this.contents },
      { table: 'sessions', block: this.sessions.block() },
      { table: 'events', block: this.events },
    ];
    return tables.filter(({ block }) => block.rows > 0);
  }
}

function addPlace(row: ReturnType<typeof placeColumns>, place: LogPlace): void {
  row.log_partition.add(place.partition);
  row.log_offset.add(place.offset);
  row.log_index.add(place.index);
}
