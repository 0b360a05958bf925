import { ProtoWriter } from './proto-writer.js';

// Field numbers of steno.v1.Batch, Record and ContentPart (proto/steno/v1/record.proto).
const BATCH_RECORDS = 1;
const RECORD_RAW = 1;
const RECORD_CONTENTS = 2;
const RECORD_SIGNATURE = 3;
const PART_STREAM = 1;
const PART_POSITION = 2;
const PART_INDEX = 3;
const PART_PART = 4;
const PART_KIND = 5;
const PART_BYTES = 6;

/** Content beside raw, or one part of a longer piece. At most 32 KiB each. */
export const CONTENT_PART_BYTES = 32 * 1024;

const INITIAL_BYTES = 64 * 1024;

export interface ContentBeside {
  readonly index: number;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

export interface PartOfContent extends ContentBeside {
  readonly stream: string;
  readonly position: number;
  readonly part: number;
}

/** What a commit is told beside the bytes, so that it can find sessions whose owner died. */
export interface BatchNotes {
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** One batch of records ready for the event log: the bytes of steno.v1.Batch. */
export interface EncodedBatch {
  readonly bytes: Buffer;
  readonly records: number;
  /** Of each record: the stream that it belongs to, and where in `bytes` it ends. */
  readonly streams: readonly string[];
  readonly ends: readonly number[];
  readonly notes: BatchNotes;
}

/** Collects records until a commit takes them. */
export class BatchWriter {
  private readonly writer = new ProtoWriter(INITIAL_BYTES);
  private streams: string[] = [];
  private ends: number[] = [];
  private opened: string[] = [];
  private closed: string[] = [];

  get size(): number {
    return this.writer.length;
  }

  get isEmpty(): boolean {
    return this.streams.length === 0;
  }

  noteOpened(stream: string): void {
    this.opened.push(stream);
  }

  noteClosed(stream: string): void {
    this.closed.push(stream);
  }

  event(
    stream: string,
    raw: Uint8Array,
    contents: readonly ContentBeside[],
    signature?: Uint8Array,
  ): void {
    const { writer } = this;
    const record = writer.beginMessage(BATCH_RECORDS);
    writer.bytes(RECORD_RAW, raw);
    for (const content of contents) {
      const part = writer.beginMessage(RECORD_CONTENTS);
      writer.varint(PART_INDEX, content.index);
      writer.string(PART_KIND, content.kind);
      writer.bytes(PART_BYTES, content.bytes);
      writer.endMessage(part);
    }
    if (signature !== undefined) writer.bytes(RECORD_SIGNATURE, signature);
    writer.endMessage(record);
    this.streams.push(stream);
    this.ends.push(writer.length);
  }

  /** A record that only carries content, ahead of the event that will name it. */
  part(part: PartOfContent): void {
    const { writer } = this;
    const record = writer.beginMessage(BATCH_RECORDS);
    const mark = writer.beginMessage(RECORD_CONTENTS);
    writer.string(PART_STREAM, part.stream);
    writer.varint(PART_POSITION, part.position);
    writer.varint(PART_INDEX, part.index);
    writer.varint(PART_PART, part.part);
    writer.string(PART_KIND, part.kind);
    writer.bytes(PART_BYTES, part.bytes);
    writer.endMessage(mark);
    writer.endMessage(record);
    this.streams.push(part.stream);
    this.ends.push(writer.length);
  }

  /** Hands out what was collected and starts anew. */
  take(): EncodedBatch {
    const batch = {
      bytes: Buffer.from(this.writer.bytesWritten()),
      records: this.streams.length,
      streams: this.streams,
      ends: this.ends,
      notes: { opened: this.opened, closed: this.closed },
    };
    this.writer.reset();
    this.streams = [];
    this.ends = [];
    this.opened = [];
    this.closed = [];
    return batch;
  }
}
