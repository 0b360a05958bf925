import { Buffer } from 'node:buffer';
import { Malformed, type MalformedReason } from './malformed.js';
import { type Side, typeName, typeTable } from './message-types.js';

/**
 * What the scanner found, called while `scan` runs; a sink must not call `scan` itself. Offsets
 * are into the chunk of the current call: `end` lies just after the last byte of the message (or
 * part), so whoever relays can cut the chunk into exactly the messages.
 *
 * A message comes in one of three ways: through `span` or `message` when its body has at most
 * `wholeMessageBytes`, else as `begin`, one or more `part`s and `end`.
 */
export interface MessageSink {
  /**
   * `body` is a view of the chunk, or of a buffer of its own where the message spans chunks. In
   * both, its five header bytes lie before it in memory: see `withHeader`.
   */
  message(type: number, body: Buffer, end: number): void;
  /** `start`: where in the chunk its body begins. */
  begin(type: number, bodyLength: number, start: number): void;
  part(type: number, bytes: Buffer, end: number): void;
  end(type: number, end: number): void;
  /**
   * Where a sink has it, a message that lies whole in the chunk comes here instead of `message`,
   * its body at `chunk[start, end)`. No view is made, which is most of what a small row costs.
   */
  span?(type: number, start: number, end: number): void;
}

export interface ScannerOptions {
  readonly side: Side;
  /** The longest body accepted at all; a longer one is malformed. */
  readonly maxMessageBytes: number;
  /** The longest body that is delivered whole at first, and so the most that is ever held. */
  readonly wholeMessageBytes: number;
}

/** A type byte and an Int32 length, which counts itself but not the type. */
export const headerBytes = 5;
const lengthFieldBytes = 4;

/** The whole message of a `body` that `MessageSink.message` got, header included, uncopied. */
export function withHeader(body: Buffer): Buffer {
  return Buffer.from(body.buffer, body.byteOffset - headerBytes, body.length + headerBytes);
}

/**
 * Cuts one direction of a connection into messages (Postgres manual, "Protocol Overview" and
 * "Message Formats"). It starts after the start-up packets, which have no type (`startup.ts`).
 *
 * It is NOT a decoder: it looks into no body, so what it delivers may still be malformed, and it
 * knows no order of messages (`session-order.ts`). It never throws by itself, copies only a message
 * that spans chunks, and holds at most `wholeMessageBytes` + 5 bytes. After `Malformed` it stays
 * failed, because nothing tells where the next message would begin.
 */
export class MessageScanner {
  private readonly known: Uint8Array;
  private readonly maxBodyBytes: number;
  private wholeBodyBytes: number;
  private failure: Malformed | undefined = undefined;
  /** Bytes of the current message's header seen so far. */
  private headerSeen = 0;
  private type = 0;
  /** The value of the length bytes seen so far. */
  private length = 0;
  private bodySeen = 0;
  /** Header and body of a message that spans chunks; undefined while one streams. */
  private assembly: Buffer | undefined = undefined;

  constructor(options: ScannerOptions) {
    const { maxMessageBytes, wholeMessageBytes } = options;
    if (!(wholeMessageBytes >= 0 && maxMessageBytes >= wholeMessageBytes)) {
      throw new RangeError('expected 0 <= wholeMessageBytes <= maxMessageBytes');
    }
    this.known = typeTable(options.side);
    this.maxBodyBytes = maxMessageBytes;
    this.wholeBodyBytes = wholeMessageBytes;
  }

  /** From the next message on, the longest body that is delivered whole. */
  deliverWhole(bytes: number): void {
    this.wholeBodyBytes = Math.min(bytes, this.maxBodyBytes);
  }

  /** Whether the bytes so far end inside a message. */
  get midMessage(): boolean {
    return this.headerSeen > 0;
  }

  /** Bytes of memory held for a message that spans chunks. */
  get bufferedBytes(): number {
    return this.assembly === undefined ? 0 : this.assembly.length;
  }

  /** For the end of the stream: malformed where it cuts a message short. */
  finish(): Malformed | undefined {
    if (this.failure === undefined && this.midMessage) {
      this.fail('truncated', `the stream ends inside a message ${typeName(this.type)}`);
    }
    return this.failure;
  }

  /** Delivers all that `chunk` completes. Once malformed, every later call answers the same. */
  scan(chunk: Buffer, sink: MessageSink): Malformed | undefined {
    if (this.failure !== undefined) return this.failure;
    let at = this.midMessage ? this.resume(chunk, 0, sink) : 0;
    while (at < chunk.length) {
      at = this.scanWhole(chunk, at, sink);
      if (at < chunk.length) at = this.resume(chunk, at, sink);
    }
    return this.failure;
  }

  /**
   * The hot loop: messages that lie whole in the chunk, up to the first that does not, or that is
   * too long or malformed; `resume` deals with that one. Returns where it begins.
   */
  private scanWhole(chunk: Buffer, from: number, sink: MessageSink): number {
    const known = this.known;
    const wholeBodyBytes = this.wholeBodyBytes;
    let at = from;
    while (at + headerBytes <= chunk.length) {
      const type = chunk[at] as number;
      const start = at + headerBytes;
      const bodyLength = lengthAt(chunk, at + 1) - lengthFieldBytes;
      const end = start + bodyLength;
      if (bodyLength < 0 || bodyLength > wholeBodyBytes || end > chunk.length) break;
      if (known[type] === 0) break;
      if (sink.span !== undefined) sink.span(type, start, end);
      else sink.message(type, chunk.subarray(start, end), end);
      at = end;
    }
    return at;
  }

  /** Takes the current message as far as the chunk goes; returns the offset after what it took. */
  private resume(chunk: Buffer, from: number, sink: MessageSink): number {
    let at = from;
    if (this.headerSeen < headerBytes) {
      at = this.readHeader(chunk, at, sink);
      if (this.failure !== undefined || this.headerSeen < headerBytes) return chunk.length;
    }
    const bodyLength = this.length - lengthFieldBytes;
    const end = Math.min(chunk.length, at + bodyLength - this.bodySeen);
    const { type, assembly } = this;
    if (end > at) {
      if (assembly === undefined) sink.part(type, chunk.subarray(at, end), end);
      else chunk.copy(assembly, headerBytes + this.bodySeen, at, end);
      this.bodySeen += end - at;
    }
    if (this.bodySeen === bodyLength) {
      this.reset();
      if (assembly === undefined) sink.end(type, end);
      else sink.message(type, assembly.subarray(headerBytes), end);
    }
    return end;
  }

  private readHeader(chunk: Buffer, from: number, sink: MessageSink): number {
    let at = from;
    while (this.headerSeen < headerBytes && at < chunk.length) {
      const byte = chunk[at] as number;
      if (this.headerSeen === 0) {
        this.type = byte;
        // Said at the first byte: whoever speaks another protocol may never send the next.
        if (this.known[byte] === 0) {
          this.fail('unknown-type', `no message has the type ${typeName(byte)}`);
          return at;
        }
      } else this.length = this.length * 256 + byte;
      this.headerSeen += 1;
      at += 1;
    }
    if (this.headerSeen === headerBytes) this.beginBody(sink, at);
    return at;
  }

  private beginBody(sink: MessageSink, start: number): void {
    const { type, length } = this;
    const bodyLength = length - lengthFieldBytes;
    if (bodyLength < 0) {
      this.fail('bad-length', `a message ${typeName(type)} of length ${length}`);
    } else if (bodyLength > this.maxBodyBytes) {
      const limit = `maxMessageBytes is ${this.maxBodyBytes}`;
      this.fail('over-limit', `a message ${typeName(type)} of ${bodyLength} bytes, ${limit}`);
    } else if (bodyLength <= this.wholeBodyBytes) {
      this.assembly = Buffer.allocUnsafe(headerBytes + bodyLength);
      this.assembly[0] = type;
      this.assembly.writeUInt32BE(length, 1);
    } else {
      sink.begin(type, bodyLength, start);
    }
  }

  private reset(): void {
    this.headerSeen = 0;
    this.length = 0;
    this.bodySeen = 0;
    this.assembly = undefined;
  }

  private fail(reason: MalformedReason, detail: string): void {
    this.reset();
    this.failure = new Malformed(reason, detail);
  }
}

/** Four times faster here than `readUInt32BE`, whose checks the caller has made. */
function lengthAt(chunk: Buffer, at: number): number {
  const high = ((chunk[at] as number) << 8) | (chunk[at + 1] as number);
  return high * 65_536 + (((chunk[at + 2] as number) << 8) | (chunk[at + 3] as number));
}
