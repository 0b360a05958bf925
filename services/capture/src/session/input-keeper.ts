import { CONTENT_PART_BYTES, ResponseDigest } from '@steno/sessions';
import type { MaskStream } from '@steno/masking';
import type { Counted } from '@steno/sessions';
import type { SessionRecorder } from './recorder.js';

export interface InputTotals {
  readonly inputBytes: number;
  readonly inputSha256: string;
  readonly inputHmac: string;
  readonly inputRedacted: Counted;
}

const NO_INPUT: InputTotals = {
  inputBytes: 0,
  inputSha256: '',
  inputHmac: '',
  inputRedacted: [],
};

/**
 * Records what a client sends along with a command (COPY), in pieces of 32 KiB, up to a limit;
 * digests all of it.
 */
export class InputKeeper {
  private command: number | undefined;
  private digest: ResponseDigest | undefined;
  private piece = Buffer.alloc(0);
  private filled = 0;
  private offset = 0;
  private whole = true;
  private flowing = false;
  private redacting: MaskStream | undefined;

  constructor(
    private readonly recorder: SessionRecorder,
    private readonly bytesMax: number,
    /** What replaces sensitive values in input that is kept; undefined: nothing is to be. */
    private readonly redaction: () => MaskStream | undefined,
  ) {}

  /** It is known which command the input belongs to. */
  get isOpen(): boolean {
    return this.command !== undefined;
  }

  /** Input came for a command, and neither has ended. */
  get isFlowing(): boolean {
    return this.flowing;
  }

  /** The target asked for the input of this command; what came before belongs to it as well. */
  begin(command: number): void {
    this.command = command;
  }

  /** Input that nobody has asked for yet, sent after this command; of none it is not kept. */
  addFor(command: number | undefined, bytes: Buffer): void {
    if (command === undefined) return;
    this.command = command;
    this.add(bytes);
  }

  add(bytes: Buffer): void {
    const { command } = this;
    if (command === undefined) return;
    this.flowing = true;
    if (this.digest === undefined) {
      this.digest = new ResponseDigest(this.recorder.key);
      this.redacting = this.redaction();
    }
    this.digest.add(bytes, 0, bytes.length);
    this.take(this.redacted(bytes), command);
  }

  private redacted(bytes: Buffer): Buffer {
    if (this.redacting === undefined) return bytes;
    return Buffer.from(this.redacting.push(bytes.toString('latin1')), 'latin1');
  }

  private take(bytes: Buffer, command: number): void {
    const room = this.bytesMax - this.offset - this.filled;
    if (bytes.length > room && this.whole) {
      this.whole = false;
      this.digest?.giveUpPlain();
      this.recorder.limitReached('inputPerCommand', this.bytesMax, command);
    }
    if (room > 0) this.keep(bytes.length > room ? bytes.subarray(0, room) : bytes, command);
  }

  /** The client sends no more of it: everything is written to the record. */
  end(): void {
    this.flowing = false;
    this.flush();
  }

  private flush(): void {
    const rest = this.redacting?.end() ?? '';
    if (this.command !== undefined) this.take(Buffer.from(rest, 'latin1'), this.command);
    if (this.filled === 0 || this.command === undefined) return;
    const piece = Buffer.from(this.piece.subarray(0, this.filled));
    this.recorder.input(this.command, this.offset, piece);
    this.offset += this.filled;
    this.filled = 0;
  }

  /** The end of a command, whose input this is if there was any. */
  finish(command: number): InputTotals {
    if (this.command !== command) return NO_INPUT;
    this.flowing = false;
    if (this.digest === undefined) {
      this.command = undefined;
      return NO_INPUT;
    }
    this.flush();
    const { bytes } = this.digest;
    const inputRedacted = Object.entries(this.redacting?.counts ?? {});
    if (inputRedacted.length > 0) this.digest.giveUpPlain();
    const { sha256, hmac } = this.digest.finish();
    this.command = undefined;
    this.digest = undefined;
    this.piece = Buffer.alloc(0);
    this.offset = 0;
    this.whole = true;
    return { inputBytes: bytes, inputSha256: sha256, inputHmac: hmac, inputRedacted };
  }

  private keep(bytes: Buffer, command: number): void {
    if (this.piece.length === 0) this.piece = Buffer.allocUnsafe(CONTENT_PART_BYTES);
    let at = 0;
    while (at < bytes.length) {
      const copied = bytes.copy(this.piece, this.filled, at);
      this.filled += copied;
      at += copied;
      if (this.filled < CONTENT_PART_BYTES) continue;
      this.recorder.input(command, this.offset, Buffer.from(this.piece));
      this.offset += this.filled;
      this.filled = 0;
    }
  }
}
