import { RECENT_HASHES } from '@steno/event-store';
import type { StoredHead } from '@steno/event-store';

/** Streams whose heads are remembered; those touched longest ago are read from the store again. */
const STREAMS_MAX = 20_000;

/** What an event is to the rows that are there. */
export type Verdict =
  /** The next one, or one beyond a hole. */
  | 'new'
  /** There already, with the same hash. */
  | 'duplicate'
  /** Another one is at its position. */
  | 'fork';

/** What is known of one stream. */
class StreamState {
  /** Parts of content that came ahead of the event that will name them. */
  readonly earlyParts = new Set<string>();
  private readonly hashes = new Map<number, string>();

  constructor(public next: number) {}

  hashAt(position: number): string | undefined {
    return this.hashes.get(position);
  }

  hold(position: number, hash: string): void {
    this.hashes.set(position, hash);
    if (position >= this.next) {
      this.next = position + 1;
      this.earlyParts.clear();
    }
  }

  /** Forgets what only the store needs to remember. */
  trim(): void {
    for (const position of this.hashes.keys()) {
      if (this.hashes.size <= RECENT_HASHES) return;
      this.hashes.delete(position);
    }
  }
}

export interface StoredStreams {
  heads(streams: readonly string[]): Promise<readonly StoredHead[]>;
  hashAt(stream: string, position: number): Promise<string | undefined>;
}

/** Judges events by stream, position and hash: what is new goes into the tables, once. */
export class StreamStates {
  private readonly states = new Map<string, StreamState>();

  /** Must be called with the streams of a range before its events are judged. */
  async touch(streams: Iterable<string>, stored: StoredStreams): Promise<void> {
    const unknown: string[] = [];
    for (const stream of streams) {
      const state = this.states.get(stream);
      this.states.delete(stream);
      if (state === undefined) unknown.push(stream);
      this.states.set(stream, state ?? new StreamState(0));
    }
    if (unknown.length === 0) return;
    for (const { stream, next, recent } of await stored.heads(unknown)) {
      const state = new StreamState(0);
      for (const { position, hash } of [...recent].reverse()) state.hold(position, hash);
      state.next = next;
      this.states.set(stream, state);
    }
  }

  async judge(
    event: { readonly stream: string; readonly position: number; readonly hash: string },
    stored: StoredStreams,
  ): Promise<Verdict> {
    const { stream, position, hash } = event;
    const state = this.of(stream);
    if (position < state.next) {
      const held = state.hashAt(position) ?? (await stored.hashAt(stream, position));
      if (held !== undefined) return held === hash ? 'duplicate' : 'fork';
      // A hole that is filled late.
    }
    state.hold(position, hash);
    return 'new';
  }

  /** Whether a part of content that came ahead of its event is new. */
  isNewPart(part: { stream: string; position: number; index: number; part: number }): boolean {
    const state = this.of(part.stream);
    if (part.position < state.next) return false;
    const key = `${part.position}/${part.index}/${part.part}`;
    if (state.earlyParts.has(key)) return false;
    state.earlyParts.add(key);
    return true;
  }

  /** The range that was judged is in the tables. */
  settled(): void {
    for (const state of this.states.values()) state.trim();
    for (const stream of this.states.keys()) {
      if (this.states.size <= STREAMS_MAX) return;
      this.states.delete(stream);
    }
  }

  private of(stream: string): StreamState {
    const known = this.states.get(stream);
    if (known === undefined) throw new Error(`${stream} was not touched before it was judged`);
    return known;
  }
}
