import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LongColumn,
  NativeBlock,
  NumberColumn,
  TextColumn,
  WordColumn,
} from '../src/insert/native-block.js';
import { makeStoreClient, startEmbeddedStore } from '../src/index.js';
import type { EmbeddedStore, StoreReader } from '../src/index.js';

const UINT64_MAX = 2n ** 64n - 1n;

let directory: string;
let server: EmbeddedStore;
let client: StoreReader['client'];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'steno-native-'));
  server = await startEmbeddedStore({ directory });
  client = makeStoreClient({ ...server, database: 'default' });
  await client.command({
    query: `CREATE TABLE kinds (
      word LowCardinality(String), text String, small UInt8, middle UInt16, large UInt32,
      long UInt64, time DateTime64(9, 'UTC'), most SimpleAggregateFunction(max, UInt64)
    ) ENGINE = MergeTree ORDER BY long`,
  });
});
afterAll(async () => {
  await client.close();
  await server.stop();
  rmSync(directory, { recursive: true });
});

function makeBlock() {
  return new NativeBlock({
    word: new WordColumn(),
    text: new TextColumn(),
    small: new NumberColumn('UInt8'),
    middle: new NumberColumn('UInt16'),
    large: new NumberColumn('UInt32'),
    long: new LongColumn('UInt64'),
    time: new LongColumn("DateTime64(9, 'UTC')"),
    most: new LongColumn('UInt64'),
  });
}

async function insert({ names, bytes }: { names: string; bytes: Buffer }): Promise<void> {
  await client.command({ query: 'TRUNCATE TABLE kinds' });
  const { stream } = await client.exec({
    query: `INSERT INTO kinds (${names}) FORMAT Native`,
    values: Readable.from([bytes], { objectMode: false }),
  });
  await finished(stream.resume());
}

async function held<Row>(query: string): Promise<Row[]> {
  const settings = { output_format_json_quote_64bit_integers: 1 } as const;
  const options = { query, format: 'JSONEachRow', clickhouse_settings: settings } as const;
  return (await client.query(options)).json<Row>();
}

describe('a block in the Native format', () => {
  it('is taken as it was meant, at the ends of every type', async () => {
    const block = makeBlock();
    const row = block.columns;
    row.word.add('');
    row.text.add('');
    row.small.add(0);
    row.middle.add(0);
    row.large.add(0);
    row.long.addBig(0n);
    row.time.addBig(0n);
    row.most.add(0);
    row.word.add('ci/déploy');
    row.text.addBytes(Buffer.from('00ff27', 'hex'));
    row.small.add(255);
    row.middle.add(65_535);
    row.large.add(2 ** 32 - 1);
    row.long.addBig(UINT64_MAX);
    row.time.addBig(1_234_567_890_123_456_789n);
    row.most.add(Number.MAX_SAFE_INTEGER);
    await insert(block);
    expect(await held('SELECT * REPLACE(hex(text) AS text) FROM kinds ORDER BY long')).toEqual([
      {
        word: '',
        text: '',
        small: 0,
        middle: 0,
        large: 0,
        long: '0',
        time: '1970-01-01 00:00:00.000000000',
        most: '0',
      },
      {
        word: 'ci/déploy',
        text: '00FF27',
        small: 255,
        middle: 65_535,
        large: 2 ** 32 - 1,
        long: String(UINT64_MAX),
        time: '2009-02-13 23:31:30.123456789',
        most: String(Number.MAX_SAFE_INTEGER),
      },
    ]);
  });

  it.each([1, 256, 257, 65_536, 65_537])('may have %i words', async (words) => {
    const block = makeBlock();
    const row = block.columns;
    for (let index = 0; index < words + 10; index += 1) {
      row.word.add(`word ${index % words}`);
      row.text.add(`word ${index % words}`);
      row.small.add(index % 256);
      row.middle.add(index % 65_536);
      row.large.add(index);
      row.long.add(index);
      row.time.addBig(BigInt(index));
      row.most.add(index);
    }
    await insert(block);
    const [found] = await held(
      `SELECT count() AS rows, uniqExact(word) AS words, countIf(word != text) AS others,
         countIf(small != long % 256 OR middle != long % 65536 OR large != long) AS wrong
       FROM kinds`,
    );
    expect(found).toEqual({
      rows: String(words + 10),
      words: String(words),
      others: '0',
      wrong: '0',
    });
  });

  it('is none where a column lacks a row', () => {
    const block = makeBlock();
    block.columns.word.add('one');
    expect(() => block.bytes).toThrow('text has 0 rows of 1');
  });
});
