import { fromBinary } from '@bufbuild/protobuf';
import { EVENT_TYPE, EnvelopeSchema } from '@steno/proto';
import type { SessionOpened } from '@steno/proto';
import type { EventColumns } from './event-columns.js';
import { RowBinaryWriter } from './row-binary.js';

/** What a range adds to a session: the totals of steno.sessions are sums, minima and maxima of such rows. */
interface SessionAddition {
  readonly tenant: string;
  readonly identity: string;
  readonly target: string;
  opened: SessionOpened | undefined;
  startedAt: bigint;
  lastAt: bigint;
  closed: boolean;
  reason: string;
  lastPosition: number;
  events: number;
  gaps: number;
  forks: number;
  commands: number;
  errors: number;
  rows: bigint;
  bytes: bigint;
}

/** Collects what the events of one range add to their sessions. */
export class SessionRows {
  static readonly COLUMNS =
    'tenant, session_id, identity, target, protocol, database, source, client_program, ' +
    'durability, origin, started_at, last_at, closed, reason, last_position, events, gaps, forks, ' +
    'commands, errors, rows, bytes';

  private readonly additions = new Map<string, SessionAddition>();

  event(sessionId: string, columns: EventColumns, raw: Uint8Array): void {
    const addition = this.of(sessionId, columns);
    addition.events += 1;
    addition.lastPosition = Math.max(addition.lastPosition, columns.position);
    if (columns.occurredAt < addition.startedAt) addition.startedAt = columns.occurredAt;
    if (columns.occurredAt > addition.lastAt) addition.lastAt = columns.occurredAt;
    switch (columns.type) {
      case EVENT_TYPE.commandSubmitted:
        addition.commands += 1;
        break;
      case EVENT_TYPE.responseCompleted:
        if (columns.facts.status === 'error') addition.errors += 1;
        addition.rows += columns.facts.rows;
        addition.bytes += columns.facts.bytes;
        break;
      case EVENT_TYPE.sessionOpened:
        addition.opened = openedFacts(raw);
        break;
      case EVENT_TYPE.sessionClosed:
        addition.closed = true;
        addition.reason = columns.facts.status;
        break;
      case EVENT_TYPE.gap:
        addition.gaps += 1;
        break;
    }
  }

  fork(sessionId: string, columns: EventColumns): void {
    this.of(sessionId, columns).forks += 1;
  }

  write(): RowBinaryWriter {
    const row = new RowBinaryWriter();
    for (const [sessionId, addition] of this.additions) writeRow(row, sessionId, addition);
    return row;
  }

  private of(sessionId: string, columns: EventColumns): SessionAddition {
    const known = this.additions.get(sessionId);
    if (known !== undefined) return known;
    const addition: SessionAddition = {
      tenant: columns.tenant,
      identity: columns.identity,
      target: columns.target,
      opened: undefined,
      startedAt: columns.occurredAt,
      lastAt: columns.occurredAt,
      closed: false,
      reason: '',
      lastPosition: 0,
      events: 0,
      gaps: 0,
      forks: 0,
      commands: 0,
      errors: 0,
      rows: 0n,
      bytes: 0n,
    };
    this.additions.set(sessionId, addition);
    return addition;
  }
}

function openedFacts(raw: Uint8Array): SessionOpened | undefined {
  const { facts } = fromBinary(EnvelopeSchema, raw);
  return facts.case === 'sessionOpened' ? facts.value : undefined;
}

function writeRow(row: RowBinaryWriter, sessionId: string, addition: SessionAddition): void {
  const { opened } = addition;
  row.string(addition.tenant);
  row.string(sessionId);
  row.string(addition.identity);
  row.string(addition.target);
  row.string(opened?.protocol ?? '');
  row.string(opened?.database ?? '');
  row.string(opened?.source ?? '');
  row.string(opened?.clientProgram ?? '');
  row.string(opened?.durability ?? '');
  row.string(opened?.origin ?? '');
  row.int64(addition.startedAt);
  row.int64(addition.lastAt);
  row.uint8(addition.closed ? 1 : 0);
  row.string(addition.reason);
  row.integer(addition.lastPosition);
  row.integer(addition.events);
  row.integer(addition.gaps);
  row.integer(addition.forks);
  row.integer(addition.commands);
  row.integer(addition.errors);
  row.uint64(addition.rows);
  row.uint64(addition.bytes);
  row.endRow();
}
