import { RangeRows, eventColumns } from '@steno/event-store';
import { leafHash, readBatch } from '@steno/sessions';
import type { EncodedBatch } from '@steno/sessions';

const ROUNDS = 5;

/** Microseconds of processor time for each event, of what the projector does with it. */
export interface Stages {
  readonly batch: number;
  readonly columns: number;
  readonly hash: number;
  readonly rows: number;
}

export function measureStages(batches: readonly EncodedBatch[], events: number): Stages {
  const records = batches.flatMap(({ bytes }) => recordsOf(bytes));
  const columns = records.map(({ raw }) => columnsOf(raw));
  const each = (work: () => void): number => microsecondsEach(work, events);
  return {
    batch: each(() => {
      for (const { bytes } of batches) recordsOf(bytes);
    }),
    columns: each(() => {
      for (const { raw } of records) columnsOf(raw);
    }),
    hash: each(() => {
      for (const { raw } of records) leafHash(raw);
    }),
    rows: each(() => {
      const rows = new RangeRows({ topic: 'data', partition: 0, from: 0, until: 1 });
      const place = { partition: 0, offset: 0, index: 0 };
      for (const [at, { raw, contents }] of records.entries()) {
        const own = columns[at];
        if (own === undefined) continue;
        rows.event({ topic: 'data', place, columns: own, raw });
        const { tenant, stream, position, recordedAt } = own;
        const owner = { topic: 'data' as const, place, tenant, stream, position, recordedAt };
        for (const part of contents) rows.content(owner, part);
      }
      rows.tables();
    }),
  };
}

function recordsOf(bytes: Uint8Array) {
  const records = readBatch(bytes);
  if ('malformed' in records) throw new Error(records.malformed);
  return records;
}

function columnsOf(raw: Uint8Array) {
  const columns = eventColumns(raw);
  if ('malformed' in columns) throw new Error(columns.malformed);
  return columns;
}

/** The least of some rounds: a busy machine only adds to it. */
function microsecondsEach(work: () => void, events: number): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / events;
  });
  return Math.min(...times);
}
