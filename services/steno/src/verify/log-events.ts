import type { LogEntry } from '@steno/event-log';
import { eventColumns } from '@steno/event-store';
import type { EventColumns, LogPlace } from '@steno/event-store';
import type { Topic } from '@steno/proto';
import { leafHash, readBatch } from '@steno/sessions';
import type { StoredPart } from '@steno/sessions';

/** An event as it stands in the log. */
export interface LogEvent {
  readonly topic: Topic;
  readonly place: LogPlace;
  readonly columns: EventColumns;
  readonly raw: Uint8Array;
  /** Lower-case hex. */
  readonly hash: string;
  readonly contents: readonly StoredPart[];
  readonly signature: Uint8Array;
}

/** A part of content that came ahead of its event. */
export interface EarlyPart {
  readonly place: LogPlace;
  readonly part: StoredPart;
  /** When its batch was written, in nanoseconds; undefined where no event in it says so. */
  readonly batchTime: bigint | undefined;
}

export interface UnreadableRecord {
  readonly place: LogPlace;
  readonly reason: string;
  /** There is nothing where something was. */
  readonly isEmpty: boolean;
}

/** Of one batch, in its order. */
export interface LogBatch {
  readonly records: readonly (LogEvent | EarlyPart)[];
  readonly unreadable: readonly UnreadableRecord[];
}

export function isEvent(record: LogEvent | EarlyPart): record is LogEvent {
  return 'raw' in record;
}

/** Takes a batch apart. What an event means is not looked at here. */
export function readEntry(entry: LogEntry): LogBatch {
  const { topic, partition, offset } = entry;
  const batch = readBatch(entry.bytes);
  if ('malformed' in batch) {
    const place = { partition, offset, index: 0 };
    return { records: [], unreadable: [{ place, reason: batch.malformed, isEmpty: false }] };
  }
  const records: (LogEvent | EarlyPart)[] = [];
  const unreadable: UnreadableRecord[] = [];
  if (batch.length === 0) {
    const place = { partition, offset, index: 0 };
    unreadable.push({ place, reason: 'the batch is empty', isEmpty: true });
  }
  let batchTime: bigint | undefined;
  for (const [index, { raw, contents, signature }] of batch.entries()) {
    const place = { partition, offset, index };
    if (raw.length === 0) {
      if (contents.length === 0) {
        unreadable.push({ place, reason: 'the record is empty', isEmpty: true });
      } else if (contents.some(({ stream }) => stream === '')) {
        unreadable.push({ place, reason: 'content that belongs to no event', isEmpty: false });
      }
      for (const part of contents) records.push({ place, part, batchTime: undefined });
      continue;
    }
    const columns = eventColumns(raw);
    if ('malformed' in columns) {
      unreadable.push({ place, reason: columns.malformed, isEmpty: false });
      continue;
    }
    batchTime ??= columns.recordedAt;
    records.push({ topic, place, columns, raw, hash: leafHash(raw), contents, signature });
  }
  const timed = records.map((record) => (isEvent(record) ? record : { ...record, batchTime }));
  return { records: timed, unreadable };
}
