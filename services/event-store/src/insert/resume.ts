import { TupleParam } from '@clickhouse/client';
import type { Topic } from '@steno/proto';
import { readRows } from '../queries.js';
import type { StoreReader } from '../queries.js';
import type { LogRange } from './log-range.js';

/** Names that go into one query: they travel in its address. */
const NAMES_PER_QUERY = 500;

/** The rows that count: of the tables with this suffix, those before a range of the log. */
export interface StoredBefore {
  readonly reader: StoreReader;
  readonly suffix: string;
  /** What is there of it is left out: it is about to be inserted, perhaps again. */
  readonly range: LogRange;
}

export interface StoredHead {
  readonly stream: string;
  readonly next: number;
  /** Of the last event, nanoseconds since the epoch. */
  readonly recordedAt: bigint;
}

export interface EventPlace {
  readonly stream: string;
  readonly position: number;
}

export interface StoredHash extends EventPlace {
  /** Lower-case hex. */
  readonly hash: string;
}

export interface EarlyPart extends EventPlace {
  readonly index: number;
  readonly part: number;
}

/** The range that was noted last, of each partition; perhaps not, or not wholly, inserted. */
export async function readNoted(
  reader: StoreReader,
  suffix: string,
  topic: Topic,
): Promise<readonly LogRange[]> {
  const rows = await readRows<{ log_partition: number; from_offset: string; until_offset: string }>(
    reader,
    'checkpoints',
    { checkpoints: `checkpoints${suffix}`, topic },
  );
  return rows.map(({ log_partition: partition, from_offset: from, until_offset: until }) => ({
    topic,
    partition,
    from: Number(from),
    until: Number(until),
  }));
}

/** Heads of those streams that have events. */
export async function readStoredHeads(
  before: StoredBefore,
  streams: readonly string[],
): Promise<readonly StoredHead[]> {
  const heads: StoredHead[] = [];
  for (const some of inPieces(streams)) {
    const rows = await readRows<{ stream: string; next: string; recorded: string }>(
      before.reader,
      'stream-heads',
      { ...parameters(before), streams: some },
    );
    for (const { stream, next, recorded } of rows) {
      heads.push({ stream, next: Number(next), recordedAt: BigInt(recorded) });
    }
  }
  return heads;
}

/** Hashes of those events that are there. */
export async function readEventHashes(
  before: StoredBefore,
  places: readonly EventPlace[],
): Promise<readonly StoredHash[]> {
  const hashes: StoredHash[] = [];
  for (const some of inPieces(places)) {
    const rows = await readRows<{ stream: string; position: string; leaf: string }>(
      before.reader,
      'event-hashes',
      {
        ...parameters(before),
        places: some.map(({ stream, position }) => new TupleParam([stream, position])),
      },
    );
    for (const { stream, position, leaf: hash } of rows) {
      hashes.push({ stream, position: Number(position), hash });
    }
  }
  return hashes;
}

/** Parts of content whose event is not there yet. */
export async function readEarlyParts(
  before: StoredBefore,
  streams: readonly string[],
): Promise<readonly EarlyPart[]> {
  const parts: EarlyPart[] = [];
  for (const some of inPieces(streams)) {
    const rows = await readRows<{ stream: string; position: string; idx: number; part: number }>(
      before.reader,
      'early-parts',
      { ...parameters(before), content: `content${before.suffix}`, streams: some },
    );
    for (const { stream, position, idx: index, part } of rows) {
      parts.push({ stream, position: Number(position), index, part });
    }
  }
  return parts;
}

/** Parts of content that are held of certain places, whether their event is there or not. */
export async function readContentParts(
  reader: StoreReader,
  places: readonly EventPlace[],
): Promise<readonly EarlyPart[]> {
  const parts: EarlyPart[] = [];
  for (const some of inPieces(places)) {
    const rows = await readRows<{ stream: string; position: string; idx: number; part: number }>(
      reader,
      'content-parts',
      { places: some.map(({ stream, position }) => new TupleParam([stream, position])) },
    );
    for (const { stream, position, idx: index, part } of rows) {
      parts.push({ stream, position: Number(position), index, part });
    }
  }
  return parts;
}

function parameters({ suffix, range }: StoredBefore): Record<string, unknown> {
  const { topic, partition, from } = range;
  return { events: `events${suffix}`, topic, partition, from };
}

function* inPieces<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += NAMES_PER_QUERY) {
    yield all.slice(at, at + NAMES_PER_QUERY);
  }
}
