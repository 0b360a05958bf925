import type { EventLog } from '@steno/event-log';
import type { EventColumns, LogPlace } from '@steno/event-store';
import { TOPICS } from '@steno/proto';
import { leafHash } from '@steno/sessions';
import { bootName } from './boots.js';
import { columnFault, rowsOfStreams } from './event-rows.js';
import type { WholeRow } from './event-rows.js';
import { isEvent, readEntry } from './log-events.js';
import type { LogEvent } from './log-events.js';
import { logPages } from './log-pages.js';
import type { LogSpan } from './log-pages.js';
import type { StoreTables } from './store-tables.js';
import { topicOf } from './trust.js';

/** Events of one stream that are looked at, and of all streams together. */
const STREAM_EVENTS_MAX = 100_000;
const EVENTS_MAX = 300_000;

/** What the diagnosis needs of an event in either copy. */
export interface CopiedEvent {
  readonly place: LogPlace;
  readonly position: number;
  /** Lower-case hex. */
  readonly hash: string;
  readonly previous: string;
  readonly boot: string;
  readonly emitted: number;
  readonly recordedAt: bigint;
}

export interface StoredEvent extends CopiedEvent {
  /** What its columns or bytes are wrong in by themselves. */
  readonly fault: string | undefined;
  /** The bytes are an event of this stream at another position than the columns say. */
  readonly truePosition: number | undefined;
  /** At position 0, to look for the attestation. */
  readonly raw: Buffer | undefined;
}

/** What the log holds of some streams, in its order. */
export class LogCopies {
  private readonly events = new Map<string, CopiedEvent[]>();
  private total = 0;
  /** Streams of which more is there than was looked at. */
  readonly cut = new Set<string>();

  constructor(streams: Iterable<string>) {
    for (const stream of streams) this.events.set(stream, []);
  }

  take({ columns, place, hash }: LogEvent): void {
    const events = this.events.get(columns.stream);
    if (events === undefined) return;
    if (events.length >= STREAM_EVENTS_MAX || this.total >= EVENTS_MAX) {
      this.cut.add(columns.stream);
      return;
    }
    this.total += 1;
    events.push(copied(columns, place, hash));
  }

  of(stream: string): readonly CopiedEvent[] {
    return this.events.get(stream) ?? [];
  }
}

function copied(columns: EventColumns, place: LogPlace, hash: string): CopiedEvent {
  return {
    place,
    position: columns.position,
    hash,
    previous: Buffer.from(columns.previous).toString('hex'),
    boot: bootName(columns),
    emitted: Number(columns.emitted),
    recordedAt: columns.recordedAt,
  };
}

/** Gives each event of the spans to all that want them, once more. */
export async function readAgain(
  log: EventLog,
  spans: readonly LogSpan[],
  takers: readonly ((event: LogEvent) => void)[],
): Promise<void> {
  for (const span of spans) {
    for await (const page of logPages(log, span)) {
      for (const entry of page.entries) {
        for (const record of readEntry(entry).records) {
          if (!isEvent(record)) continue;
          for (const take of takers) take(record);
        }
      }
    }
  }
}

/** What ClickHouse holds of some streams, one after the other; nothing of those without rows. */
export async function* storedStreams(
  tables: StoreTables,
  streams: readonly string[],
): AsyncGenerator<readonly [stream: string, events: readonly StoredEvent[]]> {
  let current = '';
  let events: StoredEvent[] = [];
  for await (const row of rowsOfStreams(tables, streams, STREAM_EVENTS_MAX)) {
    if (row.stream !== current && events.length > 0) {
      yield [current, events];
      events = [];
    }
    current = row.stream;
    events.push(storedEvent(row));
  }
  if (events.length > 0) yield [current, events];
}

function storedEvent(row: WholeRow): StoredEvent {
  const { columns, place, position, raw, stream } = row;
  const kept = position === 0 ? raw : undefined;
  if ('malformed' in columns) {
    const fault = `its bytes are no event (${columns.malformed})`;
    const unknown = { previous: '', boot: '', emitted: 0, recordedAt: 0n, truePosition: undefined };
    return { place, position, hash: leafHash(raw), ...unknown, fault, raw: kept };
  }
  const topic = TOPICS.find((one) => one === topicOf(stream));
  return {
    ...copied(columns, place, leafHash(raw)),
    position,
    fault: columnFault(row, columns, topic),
    truePosition: columns.stream === stream ? columns.position : undefined,
    raw: kept,
  };
}

/** The events of the forks table of each stream, as far as they can be read. */
export interface StoredFork {
  readonly stream: string;
  readonly position: number;
  readonly hash: string;
}

const FORKS_MAX = 10_000;

export async function storedForks(tables: StoreTables): Promise<readonly StoredFork[]> {
  const rows = await tables.all(
    `SELECT stream, toString(position), lower(hex(SHA256(concat(char(0), raw))))
      FROM ${tables.database}.forks ORDER BY stream, position LIMIT ${FORKS_MAX}`,
  );
  return rows.map(([stream = '', position, hash = '']) => ({
    stream,
    position: Number(position),
    hash,
  }));
}
