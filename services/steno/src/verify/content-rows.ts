import type { LogPlace } from '@steno/event-store';
import { sessionIdOf } from '@steno/sessions';
import type { StoredPart } from '@steno/sessions';
import type { LogSpan } from './log-pages.js';
import type { StoreTables } from './store-tables.js';

const COLUMNS = [
  'toString(log_partition)',
  'toString(log_offset)',
  'toString(log_index)',
  'toString(idx)',
  'toString(part)',
  'stream',
  'toString(position)',
  'tenant',
  'session_id',
  'kind',
  'toString(toUnixTimestamp64Nano(recorded_at))',
  'toString(length(bytes))',
  'lower(hex(SHA256(bytes)))',
].join(', ');
const COMPARED = ['tenant', 'session_id', 'kind', 'recorded_at'] as const;
const COMPARED_AT = 7;

/** A row of steno.content, its bytes by their SHA-256. */
export interface ContentRow {
  readonly place: LogPlace;
  readonly stream: string;
  readonly position: number;
  readonly index: number;
  readonly part: number;
  /** In the order of COMPARED. */
  readonly columns: readonly string[];
  readonly length: number;
  readonly sha256: string;
}

function toContentRow(row: readonly string[]): ContentRow {
  const [partition, offset, index, idx, part, stream = '', position] = row;
  const [length, sha256 = ''] = row.slice(COMPARED_AT + COMPARED.length);
  return {
    place: { partition: Number(partition), offset: Number(offset), index: Number(index) },
    stream,
    position: Number(position),
    index: Number(idx),
    part: Number(part),
    columns: row.slice(COMPARED_AT, COMPARED_AT + COMPARED.length),
    length: Number(length),
    sha256,
  };
}

/** What a part of content in the log must look like in ClickHouse. */
export interface ExpectedContent {
  readonly place: LogPlace;
  readonly part: StoredPart;
  readonly stream: string;
  readonly position: number;
  readonly tenant: string;
  /** Nanoseconds since the epoch. */
  readonly recordedAt: bigint;
  /** It came ahead of its event, so that `recordedAt` is near the truth only. */
  readonly isEarly: boolean;
  /** The log held the same part before: it need not be there again. */
  readonly isRepeat: boolean;
}

/** What a row's plain columns say otherwise than the log does; undefined where they agree. */
export function contentColumnFault(row: ContentRow, expected: ExpectedContent): string | undefined {
  const should = [
    expected.tenant,
    sessionIdOf(expected.stream) ?? '',
    expected.part.kind,
    String(expected.recordedAt),
  ];
  const compared = expected.isEarly ? should.slice(0, -1) : should;
  const at = compared.findIndex((value, index) => value !== row.columns[index]);
  if (at < 0) return undefined;
  const [is, wanted] = [JSON.stringify(row.columns[at]), JSON.stringify(should[at])];
  return `column ${COMPARED[at]} says ${is}, the log says ${wanted}`;
}

/** The rows of a span of the log, by their place in it, many at a time. */
export async function* contentOfSpan(
  tables: StoreTables,
  { partition, from, until }: LogSpan,
): AsyncGenerator<readonly ContentRow[]> {
  const query = `SELECT ${COLUMNS} FROM ${tables.database}.content
    WHERE topic = 'data' AND log_partition = {partition:UInt32}
      AND log_offset >= {from:UInt64} AND log_offset < {until:UInt64}
    ORDER BY log_offset, log_index, idx, part`;
  for await (const rows of tables.rows(query, { partition, from, until })) {
    yield rows.map(toContentRow);
  }
}

/** The bytes of one piece of content in ClickHouse; undefined where nothing is there. */
export async function storedPiece(
  tables: StoreTables,
  at: { readonly stream: string; readonly position: number; readonly index: number },
): Promise<Buffer | undefined> {
  const query = `SELECT base64Encode(bytes) FROM ${tables.database}.content
    WHERE stream = {stream:String} AND position = {position:UInt64} AND idx = {index:UInt32}
    ORDER BY part`;
  const rows = await tables.all(query, { ...at });
  if (rows.length === 0) return undefined;
  return Buffer.concat(rows.map(([bytes = '']) => Buffer.from(bytes, 'base64')));
}
