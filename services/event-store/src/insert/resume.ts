import type { Topic } from '@steno/proto';
import { readRows } from '../queries.js';
import type { StoreReader } from '../queries.js';
import type { LogRange } from './insert-range.js';

/** Where a partition's projection stands. */
export interface Standing {
  readonly partition: number;
  /** The range that was noted last; perhaps not, or not wholly, inserted. */
  readonly noted: LogRange;
}

export interface RecentEvent {
  readonly position: number;
  /** Lower-case hex. */
  readonly hash: string;
}

export interface StoredHead {
  readonly stream: string;
  readonly next: number;
  /** The last ones, newest first. */
  readonly recent: readonly RecentEvent[];
}

/** Hashes that are kept of each stream, so that a repeated event can be told from a fork. */
export const RECENT_HASHES = 64;

export async function readStandings(
  reader: StoreReader,
  suffix: string,
  topic: Topic,
): Promise<readonly Standing[]> {
  const rows = await readRows<{ log_partition: number; from_offset: string; until_offset: string }>(
    reader,
    'checkpoints',
    { checkpoints: `checkpoints${suffix}`, topic },
  );
  return rows.map(({ log_partition: partition, from_offset: from, until_offset: until }) => ({
    partition,
    noted: { topic, partition, from: Number(from), until: Number(until) },
  }));
}

/** The offset after the last row of each partition. */
export async function readHeldOffsets(
  reader: StoreReader,
  suffix: string,
  topic: Topic,
): Promise<ReadonlyMap<number, number>> {
  const rows = await readRows<{ log_partition: number; until_offset: string }>(
    reader,
    'held-offsets',
    { events: `events${suffix}`, topic },
  );
  return new Map(rows.map((row) => [row.log_partition, Number(row.until_offset)]));
}

/** Heads of those streams that have events before the range. */
export async function readStoredHeads(
  reader: StoreReader,
  suffix: string,
  streams: readonly string[],
  before: LogRange,
): Promise<readonly StoredHead[]> {
  const { topic, partition, from } = before;
  const rows = await readRows<{ stream: string; next: string; recent: [string, string][] }>(
    reader,
    'stream-heads',
    { events: `events${suffix}`, streams, topic, partition, from, ring: RECENT_HASHES },
  );
  return rows.map(({ stream, next, recent }) => ({
    stream,
    next: Number(next),
    recent: recent.map(([minus, hash]) => ({ position: -Number(minus), hash })),
  }));
}

/** Lower-case hex; undefined where nothing is held. */
export async function readEventHash(
  reader: StoreReader,
  suffix: string,
  stream: string,
  position: number,
): Promise<string | undefined> {
  const parameters = { events: `events${suffix}`, stream, position };
  const rows = await readRows<{ hash: string }>(reader, 'event-hash', parameters);
  return rows[0]?.hash;
}
