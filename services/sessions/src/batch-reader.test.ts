import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BatchSchema } from '@steno/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchWriter, CONTENT_PART_BYTES } from './batch.js';
import type { ContentBeside, PartOfContent } from './batch.js';
import { readBatch } from './batch-reader.js';
import type { StoredRecord } from './batch-reader.js';

const KIB = 1024;
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((all) => Buffer.from(all));
const kind = fc.constantFrom('text', 'binds', 'output', 'ünïcode');

const event = fc.record({
  raw: bytes(200).filter((raw) => raw.length > 0),
  contents: fc.array(fc.record({ index: fc.nat(300), kind, bytes: bytes(100) }), { maxLength: 3 }),
  signature: fc.option(bytes(64), { nil: undefined }),
});
const part = fc.record({
  stream: fc.constantFrom('session/1', 'session/2'),
  position: fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
  index: fc.nat(9),
  part: fc.nat(5_000),
  kind,
  bytes: bytes(300),
});
interface WrittenEvent {
  readonly raw: Buffer;
  readonly contents: readonly ContentBeside[];
  readonly signature: Buffer | undefined;
}
type Written = { readonly event: WrittenEvent } | { readonly part: PartOfContent };
const record: fc.Arbitrary<Written> = fc.oneof(
  event.map((value) => ({ event: value })),
  part.map((value) => ({ part: value })),
);

function write(records: readonly Written[]): Buffer {
  const writer = new BatchWriter();
  for (const one of records) {
    if ('part' in one) writer.part(one.part);
    else writer.event('s', one.event.raw, one.event.contents, one.event.signature);
  }
  return writer.take().bytes;
}

/** What was written, in the reader's words. */
function expected(records: readonly Written[]): StoredRecord[] {
  const none = Buffer.alloc(0);
  const beside = { stream: '', position: 0, part: 0 };
  return records.map((one) =>
    'part' in one
      ? { raw: none, contents: [one.part], signature: none }
      : {
          raw: one.event.raw,
          contents: one.event.contents.map((content) => ({ ...beside, ...content })),
          signature: one.event.signature ?? none,
        },
  );
}

function plain(records: readonly StoredRecord[]): unknown[] {
  return records.map(({ raw, contents, signature }) => ({
    raw: Buffer.from(raw),
    contents: contents.map((content) => ({ ...content, bytes: Buffer.from(content.bytes) })),
    signature: Buffer.from(signature),
  }));
}

function read(batch: Uint8Array): readonly StoredRecord[] {
  const records = readBatch(batch);
  if ('malformed' in records) throw new Error(`${records.malformed} at ${records.at}`);
  return records;
}

describe('a batch', () => {
  it('is read as it was written, and as the generated code reads it', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const batch = write(records);
        expect(plain(read(batch))).toEqual(expected(records));
        const generated = fromBinary(BatchSchema, batch).records.map((one) => ({
          raw: one.raw,
          signature: one.signature,
          contents: one.contents.map(({ $typeName: _, ...rest }) => ({
            ...rest,
            position: Number(rest.position),
          })),
        }));
        expect(plain(generated)).toEqual(expected(records));
      }),
    );
  });

  it('carries content of any length in parts of 32 KiB', () => {
    const content = Buffer.from(Array.from({ length: 200 * KIB + 77 }, (_, at) => (at * 31) % 253));
    const count = Math.ceil(content.length / CONTENT_PART_BYTES);
    const parts = Array.from({ length: count }, (_, at) => ({
      stream: 'session/1',
      position: 4,
      index: 1,
      part: at,
      kind: 'output',
      bytes: content.subarray(at * CONTENT_PART_BYTES, (at + 1) * CONTENT_PART_BYTES),
    }));
    expect(parts).toHaveLength(7);
    const raw = Buffer.from('the event that names it');
    const beside = [{ index: 0, kind: 'text', bytes: content.subarray(0, CONTENT_PART_BYTES) }];
    const writer = new BatchWriter();
    for (const one of parts) writer.part(one);
    writer.event('s', raw, beside);
    const records = read(writer.take().bytes);
    const pieces = records.slice(0, -1).flatMap(({ contents }) => contents);
    expect(pieces.map((piece) => piece.part)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(content)).toBe(true);
    expect(records.slice(0, -1).every((one) => one.raw.length === 0)).toBe(true);
    expect(Buffer.from(records.at(-1)?.raw ?? []).equals(raw)).toBe(true);
    expect(records.at(-1)?.contents[0]?.bytes).toHaveLength(CONTENT_PART_BYTES);
  });

  it('is shown in place, without a copy', () => {
    const event = { raw: Buffer.from('raw'), contents: [], signature: undefined };
    const batch = write([{ event }]);
    const [first] = read(batch);
    batch.fill(0x78);
    expect(Buffer.from(first?.raw ?? []).toString()).toBe('xxx');
  });

  it('may hold fields of a later version, which are passed over', () => {
    const known = toBinary(BatchSchema, create(BatchSchema, { records: [{ raw: Buffer.of(1) }] }));
    const later = Buffer.from([0x78, 0x96, 0x01, 0x7a, 0x02, 0xff, 0xff]);
    expect(plain(read(Buffer.concat([later, known, later])))).toHaveLength(1);
    const inside = Buffer.from([0x0a, 0x0a, ...later, 0x0a, 0x01, 0x07]);
    expect(Buffer.from(read(inside)[0]?.raw ?? [])).toEqual(Buffer.of(7));
  });

  it('may be empty', () => {
    expect(readBatch(new Uint8Array())).toEqual([]);
  });
});

describe('a batch that is none', () => {
  /** Nothing throws, and nothing is shown that is not in the bytes. */
  function check(batch: Buffer): ReturnType<typeof readBatch> {
    const found = readBatch(batch);
    if ('malformed' in found) {
      expect(found.malformed).not.toBe('');
      expect(found.at).toBeGreaterThanOrEqual(0);
      expect(found.at).toBeLessThanOrEqual(batch.length);
      return found;
    }
    const start = batch.byteOffset;
    const views = found.flatMap(({ raw, signature, contents }) => [
      raw,
      signature,
      ...contents.map((content) => content.bytes),
    ]);
    for (const view of views.filter(({ length }) => length > 0)) {
      expect(view.buffer).toBe(batch.buffer);
      expect(view.byteOffset).toBeGreaterThanOrEqual(start);
      expect(view.byteOffset + view.length).toBeLessThanOrEqual(start + batch.length);
    }
    return found;
  }

  it('is malformed wherever it was cut, but between two records', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        const batch = write(records);
        const whole = plain(read(batch));
        const ends = records.map((_, count) => write(records.slice(0, count)).length);
        for (let size = 0; size < batch.length; size++) {
          const found = check(batch.subarray(0, size));
          const count = ends.indexOf(size);
          if (count < 0) expect(found).toHaveProperty('malformed');
          else expect('malformed' in found || plain(found)).toEqual(whole.slice(0, count));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is a value, never an exception, however it was garbled', () => {
    const change = fc.record({ at: fc.nat(), by: fc.uint8Array({ minLength: 1, maxLength: 12 }) });
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), changes, (records, all) => {
        const batch = write(records);
        for (const { at, by } of all) {
          const place = at % batch.length;
          batch.set(by.subarray(0, batch.length - place), place);
        }
        check(batch);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a value for any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        check(Buffer.from(any));
      }),
      { numRuns: 2_000 },
    );
  });

  const record1 = (...body: number[]): Buffer => Buffer.from([0x0a, body.length, ...body]);
  it.each<[string, Buffer]>([
    ['a number that does not end', Buffer.from(Array<number>(12).fill(0xff))],
    ['a number over 2^53', record1(0x78, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a length beyond the batch', Buffer.from([0x0a, 0x05, 0x01])],
    ['a raw beyond its record', Buffer.concat([record1(0x0a, 0x05, 0x01), Buffer.alloc(9)])],
    ['a part beyond its record', Buffer.concat([record1(0x12, 0x02, 0x32, 0x09), Buffer.alloc(9)])],
    ['a huge length', record1(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a fixed-width field', record1(0x0d, 1, 2, 3, 4)],
    ['one that hides a raw', record1(0x79, 0, 0x0a, 5, 1, 2, 3, 4, 5)],
    ['a group', record1(0x0b, 0x0c)],
    ['zeros', Buffer.alloc(64)],
    ['a record of zeros', record1(0, 0, 0, 0)],
  ])('is %s', (_, batch) => {
    expect(check(batch)).toHaveProperty('malformed');
  });
});
