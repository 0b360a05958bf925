import { fromBinary } from '@bufbuild/protobuf';
import { streamEvents } from '@steno/event-store';
import type { EventRow, StoreReader } from '@steno/event-store';
import { EnvelopeSchema } from '@steno/proto';
import type { ChainView, Envelope } from '@steno/proto';
import { chainBreak, emptyHead, leafHash, sessionStream, toRfc3339 } from '@steno/sessions';
import type { StreamHead } from '@steno/sessions';
import { LIMITS } from '../limits.js';
import { Turnstile } from '../turnstile.js';

type Problem = NonNullable<ChainView['problem']> & { readonly state: 'gapped' | 'changed' };

/** Recomputes the chains of sessions from the raw bytes in ClickHouse, a few at a time. */
export class ChainChecks {
  private readonly turnstile = new Turnstile(LIMITS.chainChecks, LIMITS.chainChecksWaiting);

  async check(reader: StoreReader, sessionId: string, now: number): Promise<ChainView> {
    return this.turnstile.run(async () => {
      const check = new ChainCheck(sessionStream(sessionId));
      for await (const row of streamEvents(reader, sessionId)) check.add(row);
      return check.view(toRfc3339(BigInt(now) * 1_000_000n));
    });
  }
}

/** Of one stream, event after event. */
export class ChainCheck {
  private head: StreamHead;
  private events = 0;
  private problem: Problem | undefined;

  constructor(private readonly stream: string) {
    this.head = emptyHead(stream);
  }

  add(row: Pick<EventRow, 'position' | 'raw'>): void {
    this.events += 1;
    const problem = this.problemOf(row);
    // What was changed says more than what is missing.
    if (problem !== undefined && this.problem?.state !== 'changed') {
      if (this.problem === undefined || problem.state === 'changed') this.problem = problem;
    }
    this.head = { next: row.position + 1, hash: leafHash(row.raw) };
  }

  view(checkedAt: string): ChainView {
    const { problem } = this;
    return {
      state: problem?.state ?? 'whole',
      events: this.events,
      head: this.head.hash,
      checkedAt,
      ...(problem === undefined
        ? {}
        : { problem: { position: problem.position, what: problem.what } }),
    };
  }

  private problemOf(row: Pick<EventRow, 'position' | 'raw'>): Problem | undefined {
    const { position } = row;
    const changed = (what: string): Problem => ({ state: 'changed', position, what });
    const envelope = decode(row.raw);
    if (envelope === undefined) return changed('The bytes are no event.');
    if (envelope.stream !== this.stream || Number(envelope.position) !== position) {
      return changed('The event says that it belongs elsewhere.');
    }
    const previous = Buffer.from(envelope.previous).toString('hex');
    switch (chainBreak(this.head, position, previous)) {
      case 'hole':
        return {
          state: 'gapped',
          position: this.head.next,
          what: missing(this.head.next, position - 1),
        };
      case 'repeated':
        return changed('There is more than one event at this position.');
      case 'wrong-previous':
        return changed('This event does not follow from the one before it: one was changed.');
      case undefined:
        return envelope.facts.case === 'gap'
          ? {
              state: 'gapped',
              position,
              what: `Recorded as missing: ${envelope.facts.value.reason}`,
            }
          : undefined;
    }
  }
}

function missing(from: number, to: number): string {
  return from === to ? `Event ${from} is missing.` : `Events ${from} to ${to} are missing.`;
}

function decode(raw: Uint8Array): Envelope | undefined {
  try {
    return fromBinary(EnvelopeSchema, raw);
  } catch {
    return undefined; // the caller says so
  }
}
