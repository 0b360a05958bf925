import { FAILED_REASONS } from '@steno/event-store';
import { EVENT_TYPE } from '@steno/proto';
import type { SessionStatus } from '@steno/proto';
import { chainBreak, emptyHead } from '@steno/sessions';
import type { ChainBreak } from '@steno/sessions';
import type { LogEvent } from './log-events.js';

interface Stream {
  next: number;
  hash: string;
  status: Exclude<SessionStatus, 'silent' | 'gapped'>;
  hasGap: boolean;
  recordedAt: bigint;
  /** Positions that were left out; undefined while there are none. */
  holes: Set<number> | undefined;
}

/** Positions left out that are remembered of one stream, so that one that comes late is known. */
const HOLES_MAX = 10_000;

/** What keeps an event from following the last one of its stream; `late`: it fills a hole. */
export type HeadBreak = ChainBreak | 'late';

const failed: ReadonlySet<string> = new Set(FAILED_REASONS);

/** Where each stream of the log stands while it is read. */
export class StreamHeads {
  private readonly streams = new Map<string, Stream>();

  get count(): number {
    return this.streams.size;
  }

  /** The position that a stream's next event must have; 0 for one that is not known. */
  next(stream: string): number {
    return this.streams.get(stream)?.next ?? 0;
  }

  /** When the last event of a stream was recorded; undefined where none is known. */
  recordedAt(stream: string): bigint | undefined {
    return this.streams.get(stream)?.recordedAt;
  }

  /** Takes the next event of the log; gives what keeps it from following its stream's last one. */
  take({ columns, hash }: LogEvent): HeadBreak | undefined {
    const { stream: name, position, previous } = columns;
    const stream = this.streams.get(name) ?? newStream(name);
    const broken = chainBreak(stream, position, Buffer.from(previous).toString('hex'));
    if (broken === 'repeated') return stream.holes?.delete(position) === true ? 'late' : broken;
    this.streams.set(name, stream);
    if (broken === 'hole') leaveOut(stream, position);
    stream.next = position + 1;
    stream.hash = hash;
    stream.recordedAt = columns.recordedAt;
    if (columns.type === EVENT_TYPE.sessionClosed) {
      stream.status = failed.has(columns.facts.status) ? 'failed' : 'complete';
    } else if (columns.type === EVENT_TYPE.gap) stream.hasGap = true;
    return broken;
  }

  /** Sessions of the log by status; those that `isGapped` names or that say so are `gapped`. */
  sessions(
    isGapped: (stream: string) => boolean,
  ): Readonly<Record<Exclude<SessionStatus, 'silent'>, number>> {
    const counts = { complete: 0, open: 0, failed: 0, gapped: 0 };
    for (const [name, { status, hasGap }] of this.streams) {
      if (!name.startsWith('session/')) continue;
      counts[hasGap || isGapped(name) ? 'gapped' : status] += 1;
    }
    return counts;
  }
}

function newStream(name: string): Stream {
  const { next, hash } = emptyHead(name);
  return { next, hash, status: 'open', hasGap: false, recordedAt: 0n, holes: undefined };
}

function leaveOut(stream: Stream, until: number): void {
  stream.holes ??= new Set();
  for (let position = stream.next; position < until; position += 1) {
    if (stream.holes.size >= HOLES_MAX) return;
    stream.holes.add(position);
  }
}
