import type { Topic } from '@steno/proto';
import { sessionIdOf } from '@steno/sessions';
import type { LogPlace } from '../topic-query.js';
import type { EventColumns } from './event-columns.js';
import type { LogRange } from './log-range.js';
import { RowBinaryWriter } from './row-binary.js';
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

/** A table's name, its columns in the order in which they are written, and the rows. */
export interface TableRows {
  readonly table: string;
  readonly columns: string;
  readonly writer: RowBinaryWriter;
}

const EVENT_COLUMNS =
  'tenant, topic, stream, session_id, position, type, version, identity, target, instance, boot, ' +
  'emitted, occurred_at, recorded_at, kind, command, status, error_code, rows, bytes, ' +
  'duration_ns, log_partition, log_offset, log_index, raw';
const CONTENT_COLUMNS =
  'tenant, topic, stream, session_id, position, idx, part, kind, bytes, recorded_at, ' +
  'log_partition, log_offset, log_index';
const FORK_COLUMNS = 'tenant, topic, stream, position, log_partition, log_offset, log_index, raw';
const DEAD_LETTER_COLUMNS = 'topic, log_partition, log_offset, log_index, reason, bytes';

/** What one range of the log adds to the tables. */
export class RangeRows {
  private readonly events = new RowBinaryWriter();
  private readonly contents = new RowBinaryWriter();
  private readonly forks = new RowBinaryWriter();
  private readonly deadLetters = new RowBinaryWriter();
  private readonly sessions = new SessionRows();

  constructor(readonly range: LogRange) {}

  get eventCount(): number {
    return this.events.rows;
  }

  event(event: PlacedColumns): void {
    const { columns } = event;
    const { facts } = columns;
    const sessionId = sessionIdOf(columns.stream) ?? '';
    const row = this.events;
    row.string(columns.tenant);
    row.string(event.topic);
    row.string(columns.stream);
    row.string(sessionId);
    row.integer(columns.position);
    row.string(columns.type);
    row.uint16(columns.version);
    row.string(columns.identity);
    row.string(columns.target);
    row.string(columns.instance);
    row.string(columns.boot);
    row.uint64(columns.emitted);
    row.int64(columns.occurredAt);
    row.int64(columns.recordedAt);
    row.string(facts.kind);
    row.uint64(facts.command);
    row.string(facts.status);
    row.string(facts.errorCode);
    row.uint64(facts.rows);
    row.uint64(facts.bytes);
    row.uint64(facts.durationNs);
    writePlace(row, event.place);
    row.blob(event.raw);
    row.endRow();
    if (sessionId !== '') this.sessions.event(sessionId, columns, event);
  }

  content(owner: ContentOwner, piece: ContentPiece): void {
    const row = this.contents;
    row.string(owner.tenant);
    row.string(owner.topic);
    row.string(owner.stream);
    row.string(sessionIdOf(owner.stream) ?? '');
    row.integer(owner.position);
    row.uint32(piece.index);
    row.uint32(piece.part);
    row.string(piece.kind);
    row.blob(piece.bytes);
    row.int64(owner.recordedAt);
    writePlace(row, owner.place);
    row.endRow();
  }

  /** Another event than the one that is held at its position. */
  fork(event: PlacedColumns): void {
    const { columns } = event;
    const row = this.forks;
    row.string(columns.tenant);
    row.string(event.topic);
    row.string(columns.stream);
    row.integer(columns.position);
    writePlace(row, event.place);
    row.blob(event.raw);
    row.endRow();
    const sessionId = sessionIdOf(columns.stream);
    if (sessionId !== undefined) this.sessions.fork(sessionId, columns, event);
  }

  deadLetter(letter: DeadLetter): void {
    const row = this.deadLetters;
    row.string(letter.topic);
    writePlace(row, letter.place);
    row.string(letter.reason);
    row.blob(letter.bytes);
    row.endRow();
  }

  /** Tables with rows, to be filled in this order: who sees an event sees what belongs to it. */
  tables(): readonly TableRows[] {
    return [
      { table: 'dead_letters', columns: DEAD_LETTER_COLUMNS, writer: this.deadLetters },
      { table: 'forks', columns: FORK_COLUMNS, writer: this.forks },
      { table: 'content', columns: CONTENT_COLUMNS, writer: this.contents },
      { table: 'sessions', columns: SessionRows.COLUMNS, writer: this.sessions.write() },
      { table: 'events', columns: EVENT_COLUMNS, writer: this.events },
    ].filter(({ writer }) => writer.rows > 0);
  }
}

function writePlace(row: RowBinaryWriter, place: LogPlace): void {
  row.uint32(place.partition);
  row.integer(place.offset);
  row.uint32(place.index);
}
