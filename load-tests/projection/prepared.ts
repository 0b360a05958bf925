import { RangeRows, eventColumns, insertRange, makeStoreClient, migrate } from '@steno/event-store';
import { readBatch } from '@steno/sessions';
import type { EncodedBatch } from '@steno/sessions';
import { RETENTION } from './sides.js';
import type { Sides } from './sides.js';

const PREPARED = 'prepared';
const RANGE_BYTES = 4 * 1024 * 1024;

/** Events a second that ClickHouse takes when its rows are prepared and nothing else is to do. */
export async function feedPrepared(
  { server }: Sides,
  batches: readonly EncodedBatch[],
  events: number,
): Promise<number> {
  const root = makeStoreClient({ ...server, database: 'default' });
  await migrate(root, PREPARED, RETENTION);
  await root.close();
  const client = makeStoreClient({ ...server, database: PREPARED });
  const target = { database: PREPARED, suffix: '', cluster: undefined };
  const ranges = [...rangesOf(batches)];
  const startedAt = performance.now();
  for (const rows of ranges) await insertRange(client, target, rows);
  const seconds = (performance.now() - startedAt) / 1000;
  await client.close();
  return events / seconds;
}

/** As large as those that a projector makes of a log that it is behind of. */
function* rangesOf(batches: readonly EncodedBatch[]): Generator<RangeRows> {
  let from = 0;
  let bytes = 0;
  for (const [index, batch] of batches.entries()) {
    bytes += batch.bytes.length;
    if (bytes < RANGE_BYTES && index + 1 < batches.length) continue;
    yield rowsOf(batches.slice(from, index + 1), from);
    [from, bytes] = [index + 1, 0];
  }
}

function rowsOf(batches: readonly EncodedBatch[], from: number): RangeRows {
  const range = { topic: 'data' as const, partition: 0, from, until: from + batches.length };
  const rows = new RangeRows(range);
  for (const [offset, { bytes }] of batches.entries()) {
    const records = readBatch(bytes);
    if ('malformed' in records) throw new Error(records.malformed);
    for (const [index, { raw, contents }] of records.entries()) {
      const columns = eventColumns(raw);
      if ('malformed' in columns) throw new Error(columns.malformed);
      const place = { partition: 0, offset: from + offset, index };
      rows.event({ topic: 'data', place, columns, raw });
      const { tenant, stream, position, recordedAt } = columns;
      const owner = { topic: 'data' as const, place, tenant, stream, position, recordedAt };
      for (const part of contents) rows.content(owner, part);
    }
  }
  return rows;
}
