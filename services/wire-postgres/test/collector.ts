import type { Malformed } from '../src/malformed.js';
import type { Side } from '../src/message-types.js';
import { type MessageSink, MessageScanner, headerBytes } from '../src/scanner.js';

export interface Collected {
  readonly type: number;
  readonly streamed: boolean;
  readonly body: Buffer;
}

/**
 * Keeps every message and checks, as it goes, what a relay relies on: that `end` is where the
 * message ends in the stream, that a streamed message has as many bytes as announced, and that
 * messages follow each other without a gap.
 */
export class Collector implements MessageSink {
  readonly messages: Collected[] = [];
  /** Where the current chunk begins in the stream. */
  private chunkStart = 0;
  private expectedEnd = 0;
  private streaming: { type: number; bodyLength: number; parts: Buffer[] } | undefined;

  message(type: number, body: Buffer, end: number): void {
    if (this.streaming !== undefined) throw new Error('a message inside a streamed one');
    this.closed(body.length, end);
    this.messages.push({ type, streamed: false, body: Buffer.from(body) });
  }

  begin(type: number, bodyLength: number): void {
    if (this.streaming !== undefined) throw new Error('begin inside a streamed message');
    this.streaming = { type, bodyLength, parts: [] };
  }

  part(type: number, bytes: Buffer, end: number): void {
    const { streaming } = this;
    if (streaming?.type !== type || bytes.length === 0) throw new Error('a part out of place');
    streaming.parts.push(Buffer.from(bytes));
    const seen = streaming.parts.reduce((sum, { length }) => sum + length, 0);
    if (this.chunkStart + end !== this.expectedEnd + headerBytes + seen) {
      throw new Error('a part ends elsewhere');
    }
  }

  end(type: number, end: number): void {
    const { streaming } = this;
    if (streaming?.type !== type) throw new Error('end without begin');
    const body = Buffer.concat(streaming.parts);
    if (body.length !== streaming.bodyLength) throw new Error('not as long as announced');
    this.streaming = undefined;
    this.closed(body.length, end);
    this.messages.push({ type, streamed: true, body });
  }

  advance(chunk: Buffer): void {
    this.chunkStart += chunk.length;
  }

  private closed(bodyLength: number, end: number): void {
    this.expectedEnd += headerBytes + bodyLength;
    if (this.chunkStart + end !== this.expectedEnd) throw new Error('a message ends elsewhere');
  }
}

/** The same by `span`: no views, so it needs to know the chunk. */
export class SpanCollector extends Collector {
  chunk: Buffer = Buffer.alloc(0);

  span(type: number, start: number, end: number): void {
    this.message(type, this.chunk.subarray(start, end), end);
  }
}

export interface ScanOptions {
  readonly side: Side;
  readonly wholeMessageBytes?: number;
  readonly maxMessageBytes?: number;
  readonly spans?: boolean;
}

export interface Outcome {
  readonly messages: readonly Collected[];
  readonly malformed: Malformed | undefined;
  readonly midMessage: boolean;
  /** The most that the scanner held after any chunk. */
  readonly bufferedMost: number;
}

export function scanChunks(chunks: Iterable<Buffer>, options: ScanOptions): Outcome {
  const { side, wholeMessageBytes = 1 << 20, maxMessageBytes = 1 << 24 } = options;
  const scanner = new MessageScanner({ side, wholeMessageBytes, maxMessageBytes });
  const collector = options.spans === true ? new SpanCollector() : new Collector();
  let malformed: Malformed | undefined;
  let bufferedMost = 0;
  for (const chunk of chunks) {
    if (collector instanceof SpanCollector) collector.chunk = chunk;
    malformed = scanner.scan(chunk, collector);
    collector.advance(chunk);
    bufferedMost = Math.max(bufferedMost, scanner.bufferedBytes);
  }
  const { messages } = collector;
  return { messages, malformed, midMessage: scanner.midMessage, bufferedMost };
}

/** One line a message: comparing them is quick, and a difference is readable. */
export function summary(outcome: Outcome): string {
  const lines = outcome.messages.map(
    ({ type, streamed, body }) =>
      `${String.fromCharCode(type)}${streamed ? '~' : ' '}${body.toString('hex')}`,
  );
  const { malformed, midMessage } = outcome;
  lines.push(malformed === undefined ? '' : `${malformed.reason}: ${malformed.detail}`);
  lines.push(midMessage ? 'inside a message' : 'between messages');
  return lines.join('\n');
}
