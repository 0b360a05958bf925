import { TupleParam } from '@clickhouse/client';
import type { Topic } from '@steno/proto';
import { mayHaveMore } from './events-query.js';
import type { EventRow } from './events-query.js';
import { readRows, streamRows } from './queries.js';
import type { StoreReader } from './queries.js';
import { READ_LIMITS } from './read-limits.js';

/** Where an event stands in the log: partition, offset of its batch, index within. */
export interface LogPlace {
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

export interface PlacedEvent extends EventRow {
  readonly place: LogPlace;
}

export interface TopicRange {
  readonly after?: LogPlace;
  /** Only events recorded at this time or later; nanoseconds since the epoch. */
  readonly from?: bigint;
  readonly limit: number;
}

interface Row {
  readonly topic: Topic;
  readonly stream: string;
  readonly position: string;
  readonly raw: string;
  readonly log_partition: number;
  readonly log_offset: string;
  readonly log_index: number;
}

const UINT64_MAX = 2n ** 64n - 1n;
/** Offsets looked at first, per event wanted: an index over offsets then spares the rest. */
const OFFSETS_PER_EVENT = 4;

/** Events of a topic in commit order: by partition, and within it as the log has them. */
export async function readTopic(
  reader: StoreReader,
  topic: Topic,
  range: TopicRange,
): Promise<readonly PlacedEvent[]> {
  const rows = await readRows<{ log_partition: number }>(reader, 'topic-partitions', { topic });
  const found: PlacedEvent[] = [];
  const { after } = range;
  for (const { log_partition: partition } of rows) {
    if (after !== undefined && partition < after.partition) continue;
    const isSame = after?.partition === partition;
    const place = isSame ? after : { partition, offset: 0, index: -1 };
    const limit = range.limit - found.length;
    const more = await readPartition(reader, topic, { ...range, after: place, limit });
    found.push(...more.events);
    if (!more.isEnd) break;
  }
  return found;
}

async function readPartition(
  reader: StoreReader,
  topic: Topic,
  range: TopicRange & { readonly after: LogPlace },
): Promise<{ events: PlacedEvent[]; isEnd: boolean }> {
  const near = BigInt(range.after.offset + OFFSETS_PER_EVENT * range.limit);
  const first = await readOffsets(reader, topic, range, near);
  if (mayHaveMore(first, range.limit)) return { events: first, isEnd: false };
  const events = await readOffsets(reader, topic, range, UINT64_MAX);
  return { events, isEnd: !mayHaveMore(events, range.limit) };
}

async function readOffsets(
  reader: StoreReader,
  topic: Topic,
  range: TopicRange & { readonly after: LogPlace },
  until: bigint,
): Promise<PlacedEvent[]> {
  const events: PlacedEvent[] = [];
  let bytes = 0;
  const rows = streamRows<Row>(reader, 'topic-events', {
    topic,
    from: range.from ?? 0n,
    partition: range.after.partition,
    offset: range.after.offset,
    index: range.after.index,
    until_offset: until,
    limit: range.limit,
  });
  for await (const row of rows) {
    const event = placedEvent(row);
    events.push(event);
    bytes += event.raw.length;
    if (bytes >= READ_LIMITS.pageRawBytes) break;
  }
  return events;
}

function placedEvent(row: Row): PlacedEvent {
  return {
    topic: row.topic,
    stream: row.stream,
    position: Number(row.position),
    raw: Buffer.from(row.raw, 'base64'),
    place: {
      partition: row.log_partition,
      offset: Number(row.log_offset),
      index: row.log_index,
    },
  };
}

/** A place in a stream of control. */
export interface StreamPlace {
  readonly stream: string;
  readonly position: number;
}

/** The bytes of certain control events, by `stream position`; what is not there is left out. */
export async function readControlEvents(
  reader: StoreReader,
  places: readonly StreamPlace[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (places.length === 0) return new Map();
  const rows = await readRows<{ stream: string; position: string; raw: string }>(
    reader,
    'control-events-at',
    {
      places: places.map(({ stream, position }) => new TupleParam([stream, position])),
      limit: places.length,
    },
  );
  return new Map(
    rows.map(({ stream, position, raw }) => [`${stream} ${position}`, Buffer.from(raw, 'base64')]),
  );
}
