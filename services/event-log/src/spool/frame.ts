import { crc32 } from 'node:zlib';
import { TOPICS } from '@steno/proto';
import type { Topic } from '@steno/proto';
import type { BatchNotes } from '@steno/sessions';

// A segment of a spool: SEGMENT_MAGIC, then frames. A frame: UInt32 length of its body, UInt32
// CRC-32 of it, the body. A body: UInt8 kind, UInt8 topic, UInt48 time in milliseconds, UInt16
// length of the stream's name, the name, the payload: bytes of steno.v1.Batch, or notes in JSON.
// Integers are big-endian. This is no format for others to read: what leaves the spool is the
// payload.

export const SEGMENT_MAGIC = Buffer.from('stenosp1');
export const FRAME_HEAD_BYTES = 8;
const BODY_HEAD_BYTES = 10;
const KIND = { records: 1, notes: 2 } as const;
/** Of a body; what is longer is no frame. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

export type Frame =
  | {
      readonly kind: 'records';
      readonly topic: Topic;
      readonly stream: string;
      readonly payload: Buffer;
      /** When it was committed, in milliseconds since the epoch. */
      readonly time: number;
    }
  | { readonly kind: 'notes'; readonly notes: BatchNotes; readonly time: number };

/** The buffers that a frame is written as. */
export function encodeFrame(frame: Frame): readonly Buffer[] {
  const isRecords = frame.kind === 'records';
  const stream = Buffer.from(isRecords ? frame.stream : '');
  const payload = isRecords ? frame.payload : Buffer.from(JSON.stringify(frame.notes));
  const head = Buffer.allocUnsafe(FRAME_HEAD_BYTES + BODY_HEAD_BYTES + stream.length);
  head.writeUInt32BE(BODY_HEAD_BYTES + stream.length + payload.length, 0);
  head.writeUInt8(KIND[frame.kind], FRAME_HEAD_BYTES);
  head.writeUInt8(isRecords ? TOPICS.indexOf(frame.topic) : 0, FRAME_HEAD_BYTES + 1);
  head.writeUIntBE(frame.time, FRAME_HEAD_BYTES + 2, 6);
  head.writeUInt16BE(stream.length, FRAME_HEAD_BYTES + 8);
  stream.copy(head, FRAME_HEAD_BYTES + BODY_HEAD_BYTES);
  head.writeUInt32BE(crc32(payload, crc32(head.subarray(FRAME_HEAD_BYTES))), 4);
  return [head, payload];
}

export type FrameAt =
  | { readonly frame: Frame; readonly end: number }
  /** It goes on behind the bytes that are here: so many are needed from its start. */
  | { readonly needs: number }
  | { readonly broken: string };

/** The frame at an offset. */
export function readFrame(bytes: Buffer, at: number): FrameAt {
  const left = bytes.length - at;
  if (left < FRAME_HEAD_BYTES) return { needs: FRAME_HEAD_BYTES };
  const length = bytes.readUInt32BE(at);
  if (length < BODY_HEAD_BYTES || length > BODY_BYTES_MAX) return { broken: 'no length' };
  const size = FRAME_HEAD_BYTES + length;
  if (left < size) return { needs: size };
  const body = bytes.subarray(at + FRAME_HEAD_BYTES, at + size);
  if (crc32(body) !== bytes.readUInt32BE(at + 4)) return { broken: 'another checksum' };
  const frame = decodeBody(body);
  return frame === undefined ? { broken: 'of no known kind' } : { frame, end: at + size };
}

function decodeBody(body: Buffer): Frame | undefined {
  const kind = body.readUInt8(0);
  const topic = TOPICS[body.readUInt8(1)];
  const time = body.readUIntBE(2, 6);
  const payloadAt = BODY_HEAD_BYTES + body.readUInt16BE(8);
  if (payloadAt > body.length) return undefined;
  const payload = body.subarray(payloadAt);
  if (kind === KIND.notes) {
    return { kind: 'notes', notes: JSON.parse(payload.toString()) as BatchNotes, time };
  }
  if (kind !== KIND.records || topic === undefined) return undefined;
  const stream = body.toString('utf8', BODY_HEAD_BYTES, payloadAt);
  return { kind: 'records', topic, stream, payload, time };
}
