import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema } from '@steno/proto';
import type { Chunk, End, Mark, ReplayFrame, Screen } from '@steno/proto';
import { ChunkBuffer, type Piece } from './chunk-buffer.js';
import type { ReplayLink } from './replay-link.js';

export type Moment =
  | { readonly kind: 't'; readonly t: number }
  | { readonly kind: 'position'; readonly position: number };

export interface ScreenShot {
  readonly t: number;
  readonly position: number;
  readonly cols: number;
  readonly rows: number;
  readonly ansi: Uint8Array;
}

export interface ReplayMark {
  readonly t: number;
  readonly position: number;
  readonly lane: string;
  readonly label: string;
  readonly outcome?: string;
  /** Where it ends a stretch: when that began. */
  readonly since?: number;
}

/** What the source tells the one that shows it. */
export interface SourceSink {
  readonly screen: (screen: ScreenShot) => void;
  /** Of a session that is followed: to be shown at once. */
  readonly live: (piece: Piece) => void;
  readonly mark: (mark: ReplayMark) => void;
  /** The session's end was reached while following it. */
  readonly closed: (t: number) => void;
  /** The server could not answer; code is a catalogued error. */
  readonly failed: (code: string) => void;
  /** The connection is back, or there for the first time: where to go on. */
  readonly resumed: () => void;
}

export interface SourceLimits {
  /** No more is asked for while this much waits to be shown. */
  readonly prefetchBytes: number;
  /** A range that brings more than this is cut and asked for again later. */
  readonly bufferBytes: number;
}

export const SOURCE_LIMITS: SourceLimits = {
  prefetchBytes: 4 * 1024 * 1024,
  bufferBytes: 16 * 1024 * 1024,
};

/** The failure of a frame that is not of the protocol. */
export const UNREADABLE_FRAME = 'unreadable-frame';

/** Later than any session lasts, and exact as a number. */
const everything = Number.MAX_SAFE_INTEGER;

type Phase = 'none' | 'asked' | 'range' | 'complete' | 'following';

/**
 * Asks for ranges of one session and puts the answers together: a screen, then pieces in order of
 * position, each once. Answers to older requests are dropped. Ranges are joined by position, not
 * by time, so nothing is lost or shown twice where the recorded part meets the live one.
 */
export class ReplaySource {
  readonly #buffer = new ChunkBuffer();
  #request = 0;
  #phase: Phase = 'none';
  /** The newest position that is on the screen or in the buffer. */
  #position = 0;
  /** Of the request in flight, pieces up to this position are known already. */
  #floor = -1;
  #follow = false;
  #until = 0;
  #loadedTo = 0;

  constructor(
    private readonly link: ReplayLink,
    private readonly sink: SourceSink,
    private readonly limits: SourceLimits = SOURCE_LIMITS,
  ) {
    link.onOpen = () => sink.resumed();
    link.onBytes = (bytes) => this.#receive(bytes);
  }

  /** Everything up to this time has arrived. */
  get loadedTo(): number {
    return this.#loadedTo;
  }

  /** Whether the screen that was asked for last has not arrived. */
  get seeking(): boolean {
    return this.#phase === 'asked';
  }

  /** Forgets what was loaded and asks for the screen at a moment and what follows it. */
  seek(moment: Moment, until: number): void {
    this.#begin(until, false);
    this.#send(moment, false);
  }

  /** Asks for the screen at a moment, all that was recorded since, and what is recorded now. */
  follow(moment: Moment): void {
    this.#begin(everything, true);
    this.#send(moment, false);
  }

  /** Asks for more behind what is loaded, where there is room and nothing is under way. */
  extend(until: number): void {
    if (this.#phase !== 'complete' || this.#buffer.bytes > this.limits.prefetchBytes) return;
    if (until <= this.#loadedTo) return;
    this.#phase = 'range';
    this.#until = until;
    this.#follow = false;
    this.#floor = this.#position;
    this.#request += 1;
    this.#send({ kind: 'position', position: this.#position }, true);
  }

  /** Takes what is due at t, to be written to the screen. */
  takeUntil(t: number): readonly Piece[] {
    return this.#buffer.takeUntil(t);
  }

  #begin(until: number, follow: boolean): void {
    this.#buffer.clear();
    this.#request += 1;
    this.#loadedTo = 0;
    this.#position = 0;
    this.#floor = -1;
    this.#phase = 'asked';
    this.#until = until;
    this.#follow = follow;
  }

  #send(moment: Moment, withoutScreen: boolean): void {
    const at =
      moment.kind === 't'
        ? { case: 't' as const, value: BigInt(Math.round(moment.t)) }
        : { case: 'position' as const, value: BigInt(moment.position) };
    const request = create(ReplayRequestSchema, {
      seek: {
        request: this.#request,
        at,
        until: BigInt(Math.round(this.#until)),
        follow: this.#follow,
        withoutScreen,
      },
    });
    this.link.send(toBinary(ReplayRequestSchema, request));
  }

  #receive(bytes: Uint8Array): void {
    const answer = readFrame(bytes);
    if (answer === undefined) {
      this.#phase = 'none';
      this.sink.failed(UNREADABLE_FRAME);
      return;
    }
    const { request, frame } = answer;
    if (frame.case === 'mark') {
      this.sink.mark(markOf(frame.value));
      return;
    }
    if (request !== this.#request) return;
    if (frame.case === 'screen') this.#onScreen(frame.value);
    else if (frame.case === 'chunk') this.#onChunk(frame.value);
    else if (frame.case === 'end') this.#onEnd(frame.value);
  }

  #onScreen(screen: Screen): void {
    const t = Number(screen.t);
    this.#position = Number(screen.position);
    this.#floor = this.#position;
    this.#loadedTo = t;
    this.#phase = this.#follow ? 'following' : 'range';
    const { cols, rows, ansi } = screen;
    this.sink.screen({ t, position: this.#position, cols, rows, ansi });
  }

  #onChunk(chunk: Chunk): void {
    const position = Number(chunk.position);
    // One event may come in several pieces, so the newest position itself is let through again.
    if (position <= this.#floor || position < this.#position) return;
    const piece = { t: Number(chunk.t), position, ansi: chunk.ansi };
    this.#position = position;
    this.#loadedTo = Math.max(this.#loadedTo, piece.t);
    if (this.#phase === 'following') {
      this.sink.live(piece);
      return;
    }
    this.#buffer.push(piece);
    if (this.#buffer.bytes > this.limits.bufferBytes) this.#cut();
  }

  /** Gives up the rest of a range that is too big to hold; extend() asks for it again. */
  #cut(): void {
    const last = this.#buffer.dropNewest();
    if (last === undefined) return;
    this.#position = last.position;
    this.#loadedTo = last.t;
    this.#request += 1;
    this.#until = 0;
    this.#send({ kind: 'position', position: last.position }, true);
    this.#phase = 'complete';
  }

  #onEnd(end: End): void {
    if (end.reason === 'failed') {
      this.#phase = 'none';
      this.sink.failed(end.code);
      return;
    }
    this.#position = Math.max(this.#position, Number(end.position));
    this.#loadedTo = Math.max(this.#loadedTo, Number(end.t));
    if (end.reason === 'closed') {
      this.#phase = 'complete';
      this.sink.closed(Number(end.t));
    } else if (this.#phase !== 'following') {
      this.#phase = 'complete';
    }
  }
}

function markOf({ t, position, lane, label, outcome, since }: Mark): ReplayMark {
  return {
    t: Number(t),
    position: Number(position),
    lane,
    label,
    ...(outcome === '' ? {} : { outcome }),
    ...(since === undefined ? {} : { since: Number(since) }),
  };
}

function readFrame(bytes: Uint8Array): ReplayFrame | undefined {
  try {
    return fromBinary(ReplayFrameSchema, bytes);
  } catch {
    // The decoder throws on whatever is not protobuf; the caller says so to the reader.
    return undefined;
  }
}
