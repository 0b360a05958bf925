import type { Malformed } from '@steno/wire-postgres';
import type { Cut } from './replacements.js';
import type { Span } from './slab.js';

const NOTHING = Buffer.alloc(0);

/** What of a chunk goes to the client, and what was wrong with it. */
export interface Watched {
  readonly pieces: readonly Buffer[];
  readonly malformed: Malformed | undefined;
  /** Why the session has to end behind these pieces. */
  readonly cut: Cut | undefined;
}

/**
 * What of the target's bytes goes to the client: all of them, as they came, but for messages in
 * whose place something else is said. It finds no messages, it is told of them; offsets are into
 * the chunk.
 */
export class Outgoing {
  private chunk: Buffer = NOTHING;
  private pieces: Buffer[] = [];
  /** The last piece, which may still grow. */
  private source: Buffer = NOTHING;
  private sourceStart = 0;
  private sourceEnd = 0;
  /** Up to here the chunk is in `pieces`, or replaced. */
  private from = 0;
  /** Where the last message that ended in the chunk did. */
  private ended = 0;
  /** Of a message that an earlier chunk began: whether what was there of it went out. */
  private begun: 'none' | 'sent' | 'withheld' = 'none';
  /** The message under way goes out in parts. */
  private streaming = false;

  begin(chunk: Buffer): void {
    this.chunk = chunk;
    this.pieces = [];
    this.from = 0;
    this.ended = 0;
  }

  /** A message that lies whole in the chunk, or one that came in parts, ends. */
  end(end: number): void {
    this.ended = end;
    this.streaming = false;
  }

  /** A message that an earlier chunk began ends. `whole`: what to say of it, if nothing was yet. */
  assembled(whole: Span, end: number): void {
    this.late(whole, end);
    this.end(end);
  }

  /** A long message begins, whose parts follow from `start` on. */
  streamed(header: Buffer, start: number): void {
    this.late({ source: header, start: 0, end: header.length }, start);
    this.streaming = true;
  }

  /** Says `by` in place of what lies in the chunk from `start` to `end`. */
  replace(start: number, end: number, by: Span): void {
    this.take(start);
    this.add(by.source, by.start, by.end);
    this.from = end;
    this.end(end);
  }

  /**
   * What goes to the client now. `hold`: a message may have to be replaced, so one of which only
   * the first bytes are here waits for the others.
   */
  finish(hold: boolean): readonly Buffer[] {
    const { chunk, ended } = this;
    const isPartial = ended < chunk.length && !this.streaming;
    if (!isPartial) this.begun = 'none';
    else if (this.begun === 'none') this.begun = hold ? 'withheld' : 'sent';
    this.take(this.begun === 'withheld' ? ended : chunk.length);
    this.close();
    this.chunk = NOTHING;
    return this.pieces;
  }

  private late(bytes: Span, end: number): void {
    if (this.begun === 'withheld') {
      this.add(bytes.source, bytes.start, bytes.end);
      this.from = end;
    }
    this.begun = 'none';
  }

  private take(end: number): void {
    if (end > this.from) this.add(this.chunk, this.from, end);
    this.from = Math.max(this.from, end);
  }

  private add(source: Buffer, start: number, end: number): void {
    if (source === this.source && start === this.sourceEnd) {
      this.sourceEnd = end;
      return;
    }
    this.close();
    this.source = source;
    this.sourceStart = start;
    this.sourceEnd = end;
  }

  private close(): void {
    const { source, sourceStart, sourceEnd } = this;
    this.source = NOTHING;
    this.sourceStart = 0;
    this.sourceEnd = 0;
    if (sourceStart === sourceEnd) return;
    const isAll = sourceStart === 0 && sourceEnd === source.length;
    this.pieces.push(isAll ? source : source.subarray(sourceStart, sourceEnd));
  }
}
