import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { KAFKA_LIMITS } from './options.js';

/** A record of Kafka: events of one stream, as bytes of steno.v1.Batch. */
export interface StreamRecord {
  readonly topic: Topic;
  readonly stream: string;
  readonly bytes: Buffer;
}

/**
 * A batch as records, one for each of its streams, or several where one would get too long. The
 * events of a stream keep their order; streams stand in the order of their first event.
 */
export function recordsOf(topic: Topic, batch: EncodedBatch): StreamRecord[] {
  const { bytes, streams, ends } = batch;
  const [first] = streams;
  if (first === undefined) return [];
  const isOne = streams.every((stream) => stream === first);
  if (isOne && bytes.length <= KAFKA_LIMITS.packBytesMax) return [{ topic, stream: first, bytes }];
  const packs = new Map<string, { parts: Buffer[]; size: number }>();
  const records: StreamRecord[] = [];
  const flush = (stream: string, parts: readonly Buffer[]): void => {
    records.push({ topic, stream, bytes: Buffer.concat(parts) });
  };
  let from = 0;
  for (const [index, stream] of streams.entries()) {
    const to = ends[index] ?? from;
    const part = bytes.subarray(from, to);
    from = to;
    let pack = packs.get(stream);
    if (pack !== undefined && pack.size + part.length > KAFKA_LIMITS.packBytesMax) {
      flush(stream, pack.parts);
      pack = undefined;
    }
    if (pack === undefined) packs.set(stream, { parts: [part], size: part.length });
    else {
      pack.parts.push(part);
      pack.size += part.length;
    }
  }
  for (const [stream, { parts }] of packs) flush(stream, parts);
  return records;
}

/**
 * Joins records of one stream that wait behind each other: bytes of two batches are the bytes of
 * one. Records of other streams may stand between them.
 */
export function packRecords(records: readonly StreamRecord[]): StreamRecord[] {
  const packed: { topic: Topic; stream: string; parts: Buffer[]; size: number }[] = [];
  const last = new Map<string, (typeof packed)[number]>();
  for (const { topic, stream, bytes } of records) {
    const key = `${topic} ${stream}`;
    const pack = last.get(key);
    if (pack !== undefined && pack.size + bytes.length <= KAFKA_LIMITS.packBytesMax) {
      pack.parts.push(bytes);
      pack.size += bytes.length;
      continue;
    }
    const made = { topic, stream, parts: [bytes], size: bytes.length };
    packed.push(made);
    last.set(key, made);
  }
  return packed.map(({ topic, stream, parts }) => ({
    topic,
    stream,
    bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
  }));
}
