import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { makeStoreClient, startEmbeddedStore } from '@steno/event-store';

type Client = ReturnType<typeof makeStoreClient>;

export interface Column {
  readonly name: string;
  readonly rows: readonly Buffer[];
}

/**
 * Bytes on disk of each column in ClickHouse, compressed as the bytes of steno.content are: one row
 * a record, in the order of the events.
 */
export async function sizesInClickHouse(columns: readonly Column[]): Promise<readonly number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-content-at-rest-'));
  const store = await startEmbeddedStore({ directory });
  const client = makeStoreClient({ ...store, database: 'default' });
  try {
    const sizes: number[] = [];
    for (const column of columns) sizes.push(await sizeOf(client, column));
    return sizes;
  } finally {
    await client.close();
    await store.stop();
    await rm(directory, { recursive: true });
  }
}

async function sizeOf(client: Client, { name, rows }: Column): Promise<number> {
  await client.command({
    query: `CREATE TABLE ${name} (position UInt64, bytes String CODEC(ZSTD(1)))
      ENGINE = MergeTree ORDER BY position`,
  });
  const encoded = rows.flatMap((bytes, position) => [rowHeader(position, bytes.length), bytes]);
  const { stream } = await client.exec({
    query: `INSERT INTO ${name} FORMAT RowBinary`,
    values: Readable.from([Buffer.concat(encoded)], { objectMode: false }),
  });
  await finished(stream.resume());
  await client.command({ query: `OPTIMIZE TABLE ${name} FINAL` });
  const result = await client.query({
    query: `SELECT sum(column_data_compressed_bytes) AS bytes FROM system.parts_columns
      WHERE active AND table = {name:String} AND column = 'bytes'`,
    query_params: { name },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ bytes: string }>();
  return Number(row?.bytes);
}

/** UInt64 and the length of a String as RowBinary has them: little-endian, LEB128. */
function rowHeader(position: number, length: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeBigUInt64LE(BigInt(position));
  const lengthBytes: number[] = [];
  let left = length;
  for (; left >= 0x80; left >>>= 7) lengthBytes.push((left & 0x7f) | 0x80);
  return Buffer.concat([header, Buffer.from([...lengthBytes, left])]);
}
