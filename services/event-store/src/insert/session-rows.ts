import { EVENT_TYPE } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { LogPlace } from '../topic-query.js';
import type { EventColumns, OpenedColumns } from './event-columns.js';
import { LongColumn, NativeBlock, NumberColumn, TextColumn } from './native-block.js';

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

  block() {
    const block = new NativeBlock(sessionColumns());
    for (const [sessionId, addition] of this.additions) {
      add(block.columns, sessionId, addition);
    }
    return block;
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

const sessionColumns = () => ({
  tenant: new TextColumn(),
  session_id: new TextColumn(),
  identity: new TextColumn(),
  target: new TextColumn(),
  protocol: new TextColumn(),
  database: new TextColumn(),
  source: new TextColumn(),
  client_program: new TextColumn(),
  durability: new TextColumn(),
  origin: new TextColumn(),
  started_at: new LongColumn("DateTime64(9, 'UTC')"),
  last_at: new LongColumn("DateTime64(9, 'UTC')"),
  closed: new NumberColumn('UInt8'),
  reason: new TextColumn(),
  last_position: new LongColumn('UInt64'),
  events: new LongColumn('UInt64'),
  gaps: new LongColumn('UInt64'),
  forks: new LongColumn('UInt64'),
  commands: new LongColumn('UInt64'),
  errors: new LongColumn('UInt64'),
  rows: new LongColumn('UInt64'),
  bytes: new LongColumn('UInt64'),
  topic: new TextColumn(),
  log_partition: new NumberColumn('UInt32'),
  log_offset: new LongColumn('UInt64'),
  boot: new TextColumn(),
});

function add(
  row: ReturnType<typeof sessionColumns>,
  sessionId: string,
  addition: SessionAddition,
): void {
  const { opened } = addition;
  row.tenant.add(addition.tenant);
  row.session_id.add(sessionId);
  row.identity.add(addition.identity);
  row.target.add(addition.target);
  row.protocol.add(opened?.protocol ?? '');
  row.database.add(opened?.database ?? '');
  row.source.add(opened?.source ?? '');
  row.client_program.add(opened?.clientProgram ?? '');
  row.durability.add(opened?.durability ?? '');
  row.origin.add(opened?.origin ?? '');
  row.started_at.addBig(addition.startedAt);
  row.last_at.addBig(addition.lastAt);
  row.closed.add(addition.closed ? 1 : 0);
  row.reason.add(addition.reason);
  row.last_position.add(addition.lastPosition);
  row.events.add(addition.events);
  row.gaps.add(addition.gaps);
  row.forks.add(addition.forks);
  row.commands.add(addition.commands);
  row.errors.add(addition.errors);
  row.rows.addBig(addition.rows);
  row.bytes.addBig(addition.bytes);
  row.topic.add(addition.at.topic);
  row.log_partition.add(addition.at.place.partition);
  row.log_offset.add(addition.at.place.offset);
  row.boot.add(addition.boot);
}
