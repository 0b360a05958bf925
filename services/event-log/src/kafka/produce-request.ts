import { createRequire } from 'node:module';

// The body of Produce requests, versions 3 to 8 (Kafka protocol guide, "Produce API"; KIP-98), with
// record batches of version 2. It is not: compression, headers, times of records, transactions.
// kafkajs encodes the same in six layers, each copied into a buffer that grows by doubling: 18
// bytes of memory for each byte that is sent, and V8 collects garbage by the memory it is told of.

/** What kafkajs asks a broker to take. */
export interface ProduceRequest {
  readonly acks: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** A 64 bit number, as text. */
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly ProducedPartition[];
  }[];
}

interface ProducedPartition {
  readonly partition: number;
  readonly firstSequence: number;
  readonly messages: readonly { readonly key: string; readonly value: Buffer }[];
}

const INT64_BYTES = 8;
const INT32_BYTES = 4;
const INT16_BYTES = 2;
/** Before its records: from the attributes on it is covered by the checksum. */
const BATCH = { lengthAt: 8, crcAt: 17, attributesAt: 21, headBytes: 61, magic: 2 } as const;
/** Of a record: attributes, the difference to the first timestamp, no headers. */
const RECORD_FIXED_BYTES = 3;

const require = createRequire(import.meta.url);
const crc32c = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;

export function encodeProduceRequest(request: ProduceRequest): Buffer {
  const bytes = Buffer.allocUnsafe(sizeOf(request));
  const now = BigInt(Date.now());
  let at = bytes.writeInt16BE(-1, 0); // no transaction
  at = bytes.writeInt16BE(request.acks, at);
  at = bytes.writeInt32BE(request.timeout, at);
  at = bytes.writeInt32BE(request.topicData.length, at);
  for (const { topic, partitions } of request.topicData) {
    at = bytes.writeInt16BE(Buffer.byteLength(topic), at);
    at += bytes.write(topic, at);
    at = bytes.writeInt32BE(partitions.length, at);
    for (const partition of partitions) {
      at = bytes.writeInt32BE(partition.partition, at);
      const size = batchBytes(partition);
      at = bytes.writeInt32BE(size, at);
      writeBatch(bytes.subarray(at, at + size), partition, request, now);
      at += size;
    }
  }
  return bytes;
}

function sizeOf({ topicData }: ProduceRequest): number {
  let size = 2 * INT16_BYTES + 2 * INT32_BYTES;
  for (const { topic, partitions } of topicData) {
    size += INT16_BYTES + Buffer.byteLength(topic) + INT32_BYTES;
    for (const partition of partitions) size += 2 * INT32_BYTES + batchBytes(partition);
  }
  return size;
}

function batchBytes({ messages }: ProducedPartition): number {
  let size: number = BATCH.headBytes;
  for (const [index, { key, value }] of messages.entries()) {
    const body = recordBytes(index, Buffer.byteLength(key), value.length);
    size += varintBytes(body) + body;
  }
  return size;
}

function recordBytes(offset: number, key: number, value: number): number {
  const numbers = varintBytes(offset) + varintBytes(key) + varintBytes(value);
  return RECORD_FIXED_BYTES + numbers + key + value;
}

/** `bytes` is exactly the batch. */
function writeBatch(
  bytes: Buffer,
  { messages, firstSequence }: ProducedPartition,
  { producerId, producerEpoch }: ProduceRequest,
  now: bigint,
): void {
  bytes.writeBigInt64BE(0n, 0); // the broker gives the offsets
  let at = bytes.writeInt32BE(bytes.length - INT64_BYTES - INT32_BYTES, BATCH.lengthAt);
  at = bytes.writeInt32BE(0, at); // the leader's epoch, which the broker fills in
  bytes.writeInt8(BATCH.magic, at);
  at = bytes.writeInt16BE(0, BATCH.attributesAt); // no compression, time of creation
  at = bytes.writeInt32BE(messages.length - 1, at);
  at = bytes.writeBigInt64BE(now, at);
  at = bytes.writeBigInt64BE(now, at);
  at = bytes.writeBigInt64BE(BigInt(producerId), at);
  at = bytes.writeInt16BE(producerEpoch, at);
  at = bytes.writeInt32BE(firstSequence, at);
  at = bytes.writeInt32BE(messages.length, at);
  for (const [index, { key, value }] of messages.entries()) {
    const keyBytes = Buffer.byteLength(key);
    at = writeVarint(bytes, recordBytes(index, keyBytes, value.length), at);
    at = bytes.writeInt8(0, at); // attributes
    at = writeVarint(bytes, 0, at); // after the first timestamp
    at = writeVarint(bytes, index, at);
    at = writeVarint(bytes, keyBytes, at);
    at += bytes.write(key, at);
    at = writeVarint(bytes, value.length, at);
    at += value.copy(bytes, at);
    at = writeVarint(bytes, 0, at); // headers
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(BATCH.attributesAt)), BATCH.crcAt);
}

/** Zigzag, for numbers that are not negative and below 2^30. */
function writeVarint(bytes: Buffer, value: number, from: number): number {
  let at = from;
  let rest = value * 2;
  for (; rest > 0x7f; rest >>>= 7) at = bytes.writeUInt8((rest & 0x7f) | 0x80, at);
  return bytes.writeUInt8(rest, at);
}

function varintBytes(value: number): number {
  let size = 1;
  for (let rest = value * 2; rest > 0x7f; rest >>>= 7) size += 1;
  return size;
}
