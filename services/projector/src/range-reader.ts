import type { LogEntry } from '@steno/event-log';
import { RangeRows, eventColumns } from '@steno/event-store';
import type { EventColumns } from '@steno/event-store';
import { leafHash, readBatch } from '@steno/sessions';
import type { StoredPart, StoredRecord } from '@steno/sessions';
import type { StoredStreams, StreamStates } from './stream-states.js';

const DEFAULT_TENANT = 'default';
const UUID_TIME_DIGITS = 12;

export interface RangeCounts {
  events: number;
  duplicates: number;
  forks: number;
  deadLetters: number;
}

interface Place {
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

interface PlacedRecord {
  readonly entry: LogEntry;
  readonly place: Place;
  readonly record: StoredRecord;
  /** Undefined in a record that only carries content. */
  readonly columns: EventColumns | undefined;
  /** Of the batch, for content that has no event beside it. */
  readonly batchTime: bigint | undefined;
}

/** Turns a range of the log into rows, each event once. */
export async function readRange(
  entries: readonly LogEntry[],
  states: StreamStates,
  stored: StoredStreams,
): Promise<{ readonly rows: RangeRows; readonly counts: RangeCounts }> {
  const rows = new RangeRows();
  const counts: RangeCounts = { events: 0, duplicates: 0, forks: 0, deadLetters: 0 };
  const records = entries.flatMap((entry) => recordsOf(entry, rows, counts));
  const streams = new Set<string>();
  for (const { columns, record } of records) {
    if (columns !== undefined) streams.add(columns.stream);
    for (const { stream } of record.contents) if (stream !== '') streams.add(stream);
  }
  await states.touch(streams, stored);
  for (const record of records) {
    if (record.columns === undefined) addEarlyParts(record, states, rows);
    else await addEvent({ ...record, columns: record.columns }, { states, stored, rows, counts });
  }
  return { rows, counts };
}

/** Records of one batch; what cannot be read is a dead letter. */
function recordsOf(entry: LogEntry, rows: RangeRows, counts: RangeCounts): PlacedRecord[] {
  const { partition, offset, topic } = entry;
  const dead = (index: number, reason: string, bytes: Uint8Array): void => {
    counts.deadLetters += 1;
    rows.deadLetter({ topic, place: { partition, offset, index }, reason, bytes });
  };
  const batch = readBatch(entry.bytes);
  if ('malformed' in batch) {
    dead(0, `batch: ${batch.malformed}`, entry.bytes);
    return [];
  }
  const found: PlacedRecord[] = [];
  let batchTime: bigint | undefined;
  for (const [index, record] of batch.entries()) {
    const place = { partition, offset, index };
    if (record.raw.length === 0) {
      found.push({ entry, place, record, columns: undefined, batchTime: undefined });
      continue;
    }
    const columns = eventColumns(record.raw);
    if ('malformed' in columns) {
      dead(index, `envelope: ${columns.malformed}`, record.raw);
      continue;
    }
    batchTime ??= columns.recordedAt;
    found.push({ entry, place, record, columns, batchTime: undefined });
  }
  return found.map((record) => ({ ...record, batchTime }));
}

interface Sinks {
  readonly states: StreamStates;
  readonly stored: StoredStreams;
  readonly rows: RangeRows;
  readonly counts: RangeCounts;
}

async function addEvent(
  placed: PlacedRecord & { readonly columns: EventColumns },
  { states, stored, rows, counts }: Sinks,
): Promise<void> {
  const { columns, record, place, entry } = placed;
  const { topic } = entry;
  const { stream, position, tenant, recordedAt } = columns;
  const hash = leafHash(record.raw);
  const event = { topic, place, columns, raw: record.raw };
  switch (await states.judge({ stream, position, hash }, stored)) {
    case 'duplicate':
      counts.duplicates += 1;
      return;
    case 'fork':
      counts.forks += 1;
      rows.fork(event);
      return;
    case 'new':
      counts.events += 1;
      rows.event(event);
      for (const part of record.contents) {
        rows.content({ ...part, topic, place, tenant, stream, position, recordedAt });
      }
  }
}

function addEarlyParts(placed: PlacedRecord, states: StreamStates, rows: RangeRows): void {
  const { topic } = placed.entry;
  for (const part of placed.record.contents) {
    if (!states.isNewPart(part)) continue;
    const recordedAt = placed.batchTime ?? openedAt(part);
    rows.content({ ...part, topic, place: placed.place, tenant: DEFAULT_TENANT, recordedAt });
  }
}

/** The time in a session's UUIDv7 (RFC 9562 §5.7), in nanoseconds. */
function openedAt({ stream }: StoredPart): bigint {
  const digits = stream.slice(stream.indexOf('/') + 1).replace('-', '');
  const milliseconds = Number.parseInt(digits.slice(0, UUID_TIME_DIGITS), 16);
  return Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds) * 1_000_000n;
}
