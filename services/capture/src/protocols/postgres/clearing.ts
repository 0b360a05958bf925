import type { Authorized, Command } from '@steno/policy';
import type { CommandTrace } from '../../session/command-trace.js';
import type { PostgresErrorName } from './errors.js';
import type { Held } from './submission.js';

/** Why a client's bytes end its session. */
export interface CommandRefusal {
  readonly name: PostgresErrorName;
  readonly detail: string;
}

/** What may go to the target, in order, once the commands in it are committed. */
export interface Cleared {
  readonly pieces: Buffer[];
  readonly commands: Authorized<Command>[];
  /** Of the commands that are traced; undefined where none is. */
  readonly traces: readonly CommandTrace[] | undefined;
  /** COPY data ends here, or a command is denied: strict waits for the record of these as well. */
  readonly waits: boolean;
  readonly leaving: boolean;
  readonly refusal: CommandRefusal | undefined;
}

/** A command that waits for people, and what the client sent after it in the same chunk. */
export interface HeldPart {
  readonly held: Held;
  readonly after: Cleared;
}

/** What of a chunk may go at once, and what has to wait. */
export interface Scanned {
  readonly cleared: Cleared;
  readonly held: readonly HeldPart[];
}

type Part = { -readonly [Key in keyof Cleared]: Cleared[Key] };

const NOTHING = Buffer.alloc(0);
const NONE_HELD: readonly HeldPart[] = [];

const emptyPart = (): Part => ({
  pieces: [],
  commands: [],
  traces: undefined,
  waits: false,
  leaving: false,
  refusal: undefined,
});

/**
 * Sorts the bytes of one chunk after another: what goes on as it is, what goes in its place, and
 * where a command is held. It understands no message, it is told of them; ends are offsets into the
 * chunk.
 */
export class Clearing {
  private chunk: Buffer = NOTHING;
  /** Bytes of the chunk up to here are in `part`; up to `seen` they may follow. */
  private from = 0;
  private seen = 0;
  private part = emptyPart();
  private first: Cleared | undefined;
  private held: HeldPart[] | undefined;

  begin(chunk: Buffer): void {
    this.chunk = chunk;
    this.from = 0;
    this.seen = 0;
    this.part = emptyPart();
    this.first = undefined;
    this.held = undefined;
  }

  /** Goes on as it came, up to `end`. */
  pass(end: number): void {
    this.seen = end;
  }

  /** Goes on in place of what lies in the chunk up to `end`. */
  put(piece: Buffer, end: number): void {
    this.add(piece);
    this.from = end;
    this.seen = end;
  }

  /** Goes on as well. */
  add(piece: Buffer): void {
    this.takeSeen();
    this.part.pieces.push(piece);
  }

  /** The last piece does not go on. */
  keepLast(): void {
    this.part.pieces.pop();
  }

  command(command: Authorized<Command>): void {
    this.part.commands.push(command);
  }

  trace(trace: CommandTrace): void {
    this.part.traces = [...(this.part.traces ?? []), trace];
  }

  wait(): void {
    this.part.waits = true;
  }

  leave(): void {
    this.part.leaving = true;
  }

  /** Nothing more goes on; the first reason counts. */
  refuse(refusal: CommandRefusal): void {
    this.part.refusal ??= refusal;
  }

  get isRefused(): boolean {
    return this.part.refusal !== undefined;
  }

  /** What follows `end` waits with the command that ends there. */
  hold(held: Held, end: number): void {
    this.takeSeen();
    this.first ??= this.part;
    this.part = emptyPart();
    (this.held ??= []).push({ held, after: this.part });
    this.from = end;
    this.seen = end;
  }

  finish(): Scanned {
    this.takeSeen();
    this.chunk = NOTHING;
    return { cleared: this.first ?? this.part, held: this.held ?? NONE_HELD };
  }

  private takeSeen(): void {
    if (this.seen > this.from) this.part.pieces.push(this.chunk.subarray(this.from, this.seen));
    this.from = this.seen;
  }
}
