import { CONTENT_PART_BYTES } from '@steno/sessions';
import type { OutputCapture } from '../options.js';

const FIRST_BYTES = 1024;

export interface OutputBudget {
  readonly perResponse: number;
  readonly perSession: number;
}

export interface KeptOutput {
  readonly head: Buffer;
  readonly kept: number;
  /** Nothing of the output was left out. */
  readonly whole: boolean;
}

/** Where the pieces of a long output go, and the word that a limit was hit. */
export interface OutputSink {
  piece(offset: number, bytes: Buffer): void;
  limit(name: 'outputPerResponse' | 'outputPerSession', value: number): void;
}

/**
 * Keeps the output of one response after another (the first 32 KiB for response.completed, the rest
 * in pieces) up to what the target's capture rule and the limits allow, in memory never more than
 * one piece of 32 KiB. It counts bytes and knows no protocol.
 */
export class OutputKeeper {
  private buffer = Buffer.alloc(0);
  private filled = 0;
  private kept = 0;
  /** Bytes that left the buffer, the head among them. */
  private passedOn = 0;
  private keptInSession = 0;
  private whole = true;
  private headTaken: Buffer | undefined;
  private sessionLimitTold = false;

  constructor(
    private readonly rule: OutputCapture,
    private readonly budget: OutputBudget,
    private readonly sink: OutputSink,
  ) {}

  /** True while everything so far was kept. */
  get isWhole(): boolean {
    return this.whole;
  }

  add(source: Buffer, start: number, end: number): void {
    const allowed = Math.min(end - start, this.room());
    if (allowed < end - start && this.whole) this.leaveOut();
    let at = start;
    const stop = start + allowed;
    while (at < stop) {
      if (this.filled === CONTENT_PART_BYTES) this.passOn();
      this.grow(stop - at);
      const copied = source.copy(this.buffer, this.filled, at, stop);
      this.filled += copied;
      at += copied;
    }
    this.kept += allowed;
    this.keptInSession += allowed;
  }

  /** The end of a response; the next one starts afresh. */
  finish(): KeptOutput {
    let head = this.headTaken;
    if (head === undefined) head = Buffer.from(this.buffer.subarray(0, this.filled));
    else if (this.filled > 0) this.passOn();
    const result = { head, kept: this.kept, whole: this.whole };
    this.filled = 0;
    this.kept = 0;
    this.passedOn = 0;
    this.whole = true;
    if (this.headTaken !== undefined) this.buffer = Buffer.alloc(0);
    this.headTaken = undefined;
    return result;
  }

  private room(): number {
    if (this.rule.mode === 'digest') return 0;
    const most = this.rule.mode === 'head' ? this.rule.bytes : this.budget.perResponse;
    const perResponse = Math.min(most, this.budget.perResponse) - this.kept;
    return Math.max(0, Math.min(perResponse, this.budget.perSession - this.keptInSession));
  }

  private leaveOut(): void {
    this.whole = false;
    if (this.rule.mode !== 'all') return;
    const { perResponse, perSession } = this.budget;
    if (perSession - this.keptInSession <= perResponse - this.kept) {
      if (!this.sessionLimitTold) this.sink.limit('outputPerSession', perSession);
      this.sessionLimitTold = true;
    } else this.sink.limit('outputPerResponse', perResponse);
  }

  private grow(wanted: number): void {
    const needed = Math.min(CONTENT_PART_BYTES, this.filled + wanted);
    if (needed <= this.buffer.length) return;
    const size = Math.min(
      CONTENT_PART_BYTES,
      Math.max(FIRST_BYTES, needed, this.buffer.length * 4),
    );
    const grown = Buffer.allocUnsafe(size);
    this.buffer.copy(grown, 0, 0, this.filled);
    this.buffer = grown;
  }

  /**
   * A full piece: the first is the head and waits for the response's end, others go on their way.
   */
  private passOn(): void {
    const piece = Buffer.from(this.buffer.subarray(0, this.filled));
    if (this.headTaken === undefined) this.headTaken = piece;
    else this.sink.piece(this.passedOn, piece);
    this.passedOn += piece.length;
    this.filled = 0;
  }
}
