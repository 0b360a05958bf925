import { EVENT_TYPE } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { LogPlace } from '../topic-query.js';
import type { EventColumns, OpenedColumns } from './event-columns.js';
import { RowBinaryWriter } from './row-binary.js';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

interface PlacedInTopic {
  readonly topic: Topic;
  readonly place: LogPlace;
}

/**
 * What a range adds to a session: the totals of steno.sessions are sums, minima and maxima of such
 * rows.
 */
interface SessionAddition {
  readonly tenant: string;
  identity: string;
  target: string;
  opened: OpenedColumns | undefined;
  /** The boot that opened it: whoever closes it after a crash is another. */
  boot: string;
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
  /** Of the last event or fork. */
  at: PlacedInTopic;
}

/** Collects what the events of one range add to their sessions. */
export class SessionRows {
  static readonly COLUMNS =
    'tenant, session_id, identity, target, protocol, database, source, client_program, ' +
    'durability, origin, started_at, last_at, closed, reason, last_position, events, gaps, ' +
    'forks, commands, errors, rows, bytes, topic, log_partition, log_offset, boot';

  private readonly additions = new Map<string, SessionAddition>();

  event(sessionId: string, columns: EventColumns, at: PlacedInTopic): void {
    const addition = this.of(sessionId, columns.tenant, at);
    addition.identity ||= columns.identity;
    addition.target ||= columns.target;
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
        addition.opened = columns.opened;
        addition.boot = columns.boot;
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

  /** Counts it; nothing that it says is believed. */
  fork(sessionId: string, { tenant }: EventColumns, at: PlacedInTopic): void {
    this.of(sessionId, tenant, at).forks += 1;
  }

  write(): RowBinaryWriter {
    const row = new RowBinaryWriter();
    for (const [sessionId, addition] of this.additions) writeAddition(row, sessionId, addition);
    return row;
  }

  private of(sessionId: string, tenant: string, at: PlacedInTopic): SessionAddition {
    const known = this.additions.get(sessionId);
    if (known !== undefined) {
      known.at = at;
      return known;
    }
    const addition: SessionAddition = {
      tenant,
      identity: '',
      target: '',
      opened: undefined,
      boot: '',
      startedAt: INT64_MAX,
      lastAt: INT64_MIN,
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
      at,
    };
    this.additions.set(sessionId, addition);
    return addition;
  }
}

function writeAddition(row: RowBinaryWriter, sessionId: string, addition: SessionAddition): void {
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
  row.uint64(BigInt.asUintN(64, addition.rows));
  row.uint64(BigInt.asUintN(64, addition.bytes));
  row.string(addition.at.topic);
  row.uint32(addition.at.place.partition);
  row.integer(addition.at.place.offset);
  row.string(addition.boot);
  row.endRow();
}
