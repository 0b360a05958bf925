import type { LogEntry } from '@steno/event-log';
import { RangeRows, eventColumns } from '@steno/event-store';
import type { DeadLetter, EventColumns, LogPlace, LogRange } from '@steno/event-store';
import { readBatch } from '@steno/sessions';
import type { StoredPart, StoredRecord } from '@steno/sessions';
import type { StoredStreams, StreamStates } from './stream-states.js';

const DEFAULT_TENANT = 'default';
const UUID_TIME_DIGITS = 12;
const UINT32_MAX = 2 ** 32 - 1;
const NOTHING = new Uint8Array(0);

export interface RangeCounts {
  events: number;
  duplicates: number;
  forks: number;
  deadLetters: number;
}

interface PlacedRecord {
  readonly place: LogPlace;
  readonly raw: Uint8Array;
  readonly parts: readonly StoredPart[];
  /** Undefined in a record that only carries content. */
  readonly columns: EventColumns | undefined;
  /** Of the batch, for content that has no event beside it. */
  batchTime: bigint | undefined;
}

export interface ReadRange {
  readonly rows: RangeRows;
  readonly counts: RangeCounts;
  readonly dead: readonly DeadLetter[];
  readonly traced: readonly EventColumns[];
}

/** What tells which events are new, and which of those somebody wants to know of. */
export interface RangeContext {
  readonly states: StreamStates;
  readonly stored: StoredStreams;
  /** Undefined where nobody traces. */
  readonly isTraced?: ((columns: EventColumns) => boolean) | undefined;
}

/** Turns a range of the log into rows, each event once. */
export async function readRange(
  range: LogRange,
  entries: readonly LogEntry[],
  { states, stored, isTraced }: RangeContext,
): Promise<ReadRange> {
  const reader = new RangeReader(range, states, isTraced);
  const records = entries.flatMap((entry) => reader.recordsOf(entry));
  const events = records.flatMap(({ columns }) => columns ?? []);
  const early = records.flatMap(({ columns, parts }) => (columns === undefined ? parts : []));
  await states.touch(events, early, stored);
  for (const record of records) {
    if (record.columns === undefined) reader.addEarlyParts(record);
    else reader.addEvent(record, record.columns);
  }
  const { rows, counts, deadLetters: dead, traced } = reader;
  return { rows, counts, dead, traced };
}

class RangeReader {
  readonly rows: RangeRows;
  readonly deadLetters: DeadLetter[] = [];
  readonly traced: EventColumns[] = [];
  readonly counts: RangeCounts = { events: 0, duplicates: 0, forks: 0, deadLetters: 0 };

  constructor(
    private readonly range: LogRange,
    private readonly states: StreamStates,
    private readonly isTraced: RangeContext['isTraced'],
  ) {
    this.rows = new RangeRows(range);
  }

  /** Records of one batch; what cannot be read is a dead letter. */
  recordsOf({ partition, offset, bytes }: LogEntry): PlacedRecord[] {
    const start = { partition, offset, index: 0 };
    const batch = readBatch(bytes);
    if ('malformed' in batch) {
      this.dead(start, `batch: ${batch.malformed}`, bytes);
      return [];
    }
    if (batch.length === 0) this.dead(start, 'batch: empty', bytes);
    const found: PlacedRecord[] = [];
    let batchTime: bigint | undefined;
    for (const [index, record] of batch.entries()) {
      const placed = this.placed({ partition, offset, index }, record);
      if (placed === undefined) continue;
      batchTime ??= placed.columns?.recordedAt;
      found.push(placed);
    }
    for (const placed of found) placed.batchTime = batchTime;
    return found;
  }

  addEvent({ raw, parts, place }: PlacedRecord, columns: EventColumns): void {
    const { counts, rows } = this;
    const { topic } = this.range;
    const { stream, position, tenant, recordedAt } = columns;
    const event = { topic, place, columns, raw };
    switch (this.states.judge({ stream, position, recordedAt, raw })) {
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
        if (this.isTraced?.(columns) === true) this.traced.push(columns);
        if (parts.length === 0) return;
        const owner = { topic, place, tenant, stream, position, recordedAt };
        for (const part of parts) rows.content(owner, part);
    }
  }

  addEarlyParts({ parts, place, batchTime }: PlacedRecord): void {
    const { topic } = this.range;
    for (const part of parts) {
      if (!this.states.isNewPart(part)) continue;
      const { stream, position } = part;
      const recordedAt = batchTime ?? this.states.recordedAt(stream) ?? openedAt(part);
      const owner = { topic, place, tenant: DEFAULT_TENANT, stream, position, recordedAt };
      this.rows.content(owner, part);
    }
  }

  private placed(place: LogPlace, { raw, contents }: StoredRecord): PlacedRecord | undefined {
    if (raw.length === 0) {
      if (contents.length === 0) this.dead(place, 'record: empty', NOTHING);
      const parts = this.usable(place, contents, (part) => part.stream !== '');
      return { place, raw, parts, columns: undefined, batchTime: undefined };
    }
    const columns = eventColumns(raw);
    if ('malformed' in columns) {
      this.dead(place, `envelope: ${columns.malformed}`, raw);
      return undefined;
    }
    return { place, raw, parts: this.usable(place, contents), columns, batchTime: undefined };
  }

  private usable(
    place: LogPlace,
    parts: readonly StoredPart[],
    belongs: (part: StoredPart) => boolean = () => true,
  ): readonly StoredPart[] {
    return parts.filter((part) => {
      if (part.index <= UINT32_MAX && part.part <= UINT32_MAX && belongs(part)) return true;
      this.dead(place, 'content: belongs to no event', part.bytes);
      return false;
    });
  }

  private dead(place: LogPlace, reason: string, bytes: Uint8Array): void {
    this.counts.deadLetters += 1;
    const letter = { topic: this.range.topic, place, reason, bytes };
    this.deadLetters.push(letter);
    this.rows.deadLetter(letter);
  }
}

/** The time in a session's UUIDv7 (RFC 9562 §5.7), in nanoseconds. */
function openedAt({ stream }: StoredPart): bigint {
  const digits = stream.slice(stream.indexOf('/') + 1).replace('-', '');
  const milliseconds = Number.parseInt(digits.slice(0, UUID_TIME_DIGITS), 16);
  return Number.isNaN(milliseconds) ? 0n : BigInt(milliseconds) * 1_000_000n;
}
