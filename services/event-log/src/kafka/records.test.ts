import { BatchWriter } from '@steno/sessions';
import { describe, expect, it } from 'vitest';
import { KAFKA_LIMITS } from './options.js';
import { packRecords, recordsOf } from './records.js';

function batchOf(...events: readonly (readonly [stream: string, bytes: number])[]) {
  const writer = new BatchWriter();
  events.forEach(([stream, bytes], index) => {
    writer.event(stream, Buffer.alloc(bytes, index + 1), []);
  });
  return writer.take();
}

describe('records of a batch', () => {
  it('are one for each stream, with its events in order', () => {
    const batch = batchOf(['a', 3], ['b', 3], ['a', 3], ['c', 3], ['b', 3]);
    const records = recordsOf('data', batch);
    expect(records.map(({ stream }) => stream)).toEqual(['a', 'b', 'c']);
    const [a] = records;
    const whole = batchOf(['a', 3], ['x', 3], ['a', 3]);
    const ends = whole.ends;
    expect(a?.bytes).toEqual(
      Buffer.concat([whole.bytes.subarray(0, ends[0]), whole.bytes.subarray(ends[1])]),
    );
    const together = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(together).toBe(batch.bytes.length);
  });

  it('are the batch itself where it is of one stream', () => {
    const batch = batchOf(['a', 3], ['a', 4]);
    expect(recordsOf('control', batch)).toEqual([
      { topic: 'control', stream: 'a', bytes: batch.bytes },
    ]);
    expect(recordsOf('data', batchOf())).toEqual([]);
  });

  it('are no longer than brokers take, unless one event is', () => {
    const half = KAFKA_LIMITS.packBytesMax / 2;
    const sizes = recordsOf('data', batchOf(['a', half], ['a', half], ['a', 9], ['a', 4 * half]))
      .map(({ bytes }) => bytes.length)
      .map((length) => Math.round(length / half));
    expect(sizes).toEqual([1, 1, 4]);
  });
});

describe('records that wait', () => {
  it('are packed stream by stream, each in its order', () => {
    const records = ['a', 'b', 'a', 'c', 'a'].map((stream, index) => ({
      topic: 'data' as const,
      stream,
      bytes: Buffer.of(index),
    }));
    expect(packRecords(records)).toEqual([
      { topic: 'data', stream: 'a', bytes: Buffer.of(0, 2, 4) },
      { topic: 'data', stream: 'b', bytes: Buffer.of(1) },
      { topic: 'data', stream: 'c', bytes: Buffer.of(3) },
    ]);
  });

  it('go on in another record where one is full', () => {
    const bytes = Buffer.alloc(KAFKA_LIMITS.packBytesMax - 1);
    const records = [bytes, Buffer.of(1), Buffer.of(2), Buffer.of(3)].map((part) => ({
      topic: 'data' as const,
      stream: 'a',
      bytes: part,
    }));
    expect(packRecords(records).map((record) => record.bytes.length)).toEqual([
      bytes.length + 1,
      2,
    ]);
  });
});
