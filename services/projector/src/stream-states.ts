import type { EarlyPart, EventPlace, StoredHash, StoredHead } from '@steno/event-store';
import { leafHash } from '@steno/sessions';

/** Streams whose heads are remembered; those touched longest ago are read from the store again. */
const STREAMS_MAX = 20_000;

/** What an event is to the rows that are there. */
export type Verdict =
  /** Nothing is held at its position. */
  | 'new'
  /** There already, with the same hash. */
  | 'duplicate'
  /** Another one is at its position. */
  | 'fork';

/** What is known of one stream. */
class StreamState {
  next = 0;
  /** Of the last event, nanoseconds since the epoch. */
  recordedAt: bigint | undefined;
  /**
   * Of this range its events, which are hashed when one is compared; of those before it that this
   * range names again, the hashes.
   */
  readonly held = new Map<number, Uint8Array | string>();
  /** By position: parts of content that came ahead of the event that will name them. */
  readonly earlyParts = new Map<number, Set<string>>();
  /** Whether the store was asked for early parts. */
  earlyPartsKnown = false;
}

/** The rows before a range, asked for what a range touches. */
export interface StoredStreams {
  heads(streams: readonly string[]): Promise<readonly StoredHead[]>;
  hashes(places: readonly EventPlace[]): Promise<readonly StoredHash[]>;
  earlyParts(streams: readonly string[]): Promise<readonly EarlyPart[]>;
}

/** Judges events by stream, position and hash: what is new goes into the tables, once. */
export class StreamStates {
  private readonly states = new Map<string, StreamState>();
  private readonly touched = new Set<StreamState>();

  /** Must be called with all that a range holds before it is judged. */
  async touch(
    events: readonly EventPlace[],
    parts: readonly EarlyPart[],
    stored: StoredStreams,
  ): Promise<void> {
    const unknown = new Set<string>();
    for (const { stream } of [...events, ...parts]) this.recall(stream, unknown);
    if (unknown.size > 0) {
      for (const { stream, next, recordedAt } of await stored.heads([...unknown])) {
        Object.assign(this.of(stream), { next, recordedAt });
      }
    }
    const again = [...events, ...parts].filter(
      ({ stream, position }) => position < this.of(stream).next,
    );
    if (again.length > 0) {
      for (const { stream, position, hash } of await stored.hashes(again)) {
        this.of(stream).held.set(position, hash);
      }
    }
    await this.touchParts(parts, stored);
  }

  judge(event: EventPlace & { readonly raw: Uint8Array; readonly recordedAt: bigint }): Verdict {
    const { stream, position, raw, recordedAt } = event;
    const state = this.of(stream);
    const held = state.held.get(position);
    if (held !== undefined) return isSame(held, raw) ? 'duplicate' : 'fork';
    state.held.set(position, raw);
    state.earlyParts.delete(position);
    if (position >= state.next) state.next = position + 1;
    if (state.recordedAt === undefined || recordedAt > state.recordedAt) {
      state.recordedAt = recordedAt;
    }
    return 'new';
  }

  /** Whether a part of content that comes ahead of its event is new. */
  isNewPart({ stream, position, index, part }: EarlyPart): boolean {
    const state = this.of(stream);
    if (state.held.has(position)) return false;
    const parts = state.earlyParts.get(position) ?? new Set<string>();
    state.earlyParts.set(position, parts);
    const key = `${index}/${part}`;
    if (parts.has(key)) return false;
    parts.add(key);
    return true;
  }

  /** When the stream's last event was recorded; undefined where none is known. */
  recordedAt(stream: string): bigint | undefined {
    return this.of(stream).recordedAt;
  }

  /** The range that was judged is in the tables. */
  settled(): void {
    for (const state of this.touched) state.held.clear();
    this.touched.clear();
    for (const stream of this.states.keys()) {
      if (this.states.size <= STREAMS_MAX) return;
      this.states.delete(stream);
    }
  }

  /** Makes it the one that was touched last. */
  private recall(stream: string, unknown: Set<string>): void {
    let state = this.states.get(stream);
    if (state === undefined) {
      state = new StreamState();
      unknown.add(stream);
    } else if (this.touched.has(state)) return;
    this.states.delete(stream);
    this.states.set(stream, state);
    this.touched.add(state);
  }

  private async touchParts(parts: readonly EarlyPart[], stored: StoredStreams): Promise<void> {
    const unasked = new Set<string>();
    for (const { stream } of parts) {
      if (!this.of(stream).earlyPartsKnown) unasked.add(stream);
    }
    if (unasked.size === 0) return;
    for (const part of await stored.earlyParts([...unasked])) this.isNewPart(part);
    for (const stream of unasked) this.of(stream).earlyPartsKnown = true;
  }

  private of(stream: string): StreamState {
    const known = this.states.get(stream);
    if (known === undefined) throw new Error(`${stream} was not touched before it was judged`);
    return known;
  }
}

function isSame(held: Uint8Array | string, raw: Uint8Array): boolean {
  return typeof held === 'string' ? held === leafHash(raw) : Buffer.compare(held, raw) === 0;
}
