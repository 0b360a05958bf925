import { setTimeout as delay } from 'node:timers/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { readEvents, readEventsAt, readPositionAt, readSession } from '@steno/event-store';
import type { SessionRow, StoreReader } from '@steno/event-store';
import type { Envelope, ReplayFrameSchema, Seek } from '@steno/proto';
import { laneMarks } from '@steno/sessions';
import type { LaneMark } from '@steno/sessions';
import type { Transcript } from '@steno/transcript';
import { ApiProblem } from '../errors.js';
import { LIMITS, REPLAY_LIMITS } from '../limits.js';
import { decodeEnvelope, loadEvents } from './recorded-events.js';
import { screenBefore } from './screen.js';
import { teachStatements, transcriptAt } from './transcript-state.js';

export type Frame = NonNullable<MessageInitShape<typeof ReplayFrameSchema>['frame']>;

/** Bound to the request: its signal ends the reading. */
export interface Asked {
  readonly reader: StoreReader;
  readonly signal: AbortSignal;
  readonly sessionId: string;
}

const utf8 = new TextEncoder();

/**
 * The frames that answer one Seek, in order, read no faster than they are taken. The place between
 * what a screen shows and what follows it is a position, never a time. Throws ApiProblem.
 */
export async function* answerSeek(asked: Asked, seek: Seek): AsyncGenerator<Frame> {
  const session = await readSession(asked.reader, asked.sessionId);
  if (session === undefined) throw new ApiProblem('unknownSession');
  const next = await positionAfter(asked, session, seek);
  const begin = seek.withoutScreen
    ? { ...(await transcriptAt(asked.reader, session, next)), from: next, ansi: undefined }
    : await screenBefore(asked.reader, session, next);
  const t = seek.at.case === 't' ? seek.at.value : timeOf(begin.last, session);
  const position = begin.last?.position ?? 0n;
  if (begin.ansi !== undefined) {
    const { cols, rows } = REPLAY_LIMITS;
    const ansi = utf8.encode(begin.ansi);
    yield { case: 'screen', value: { t, cols, rows, ansi, position } };
  }
  const telling = new Telling(asked, session, begin);
  if (seek.follow) {
    yield* telling.follow(next);
    return;
  }
  if (seek.until > t) {
    yield* telling.range(
      next,
      await readPositionAt(asked.reader, asked.sessionId, atMost(session.startedAt + seek.until)),
    );
  }
  const end = seek.until > t ? seek.until : t;
  yield { case: 'end', value: { t: end, position: telling.position, reason: 'range' } };
}

const INT64_MAX = 2n ** 63n - 1n;

function atMost(time: bigint): bigint {
  return time > INT64_MAX ? INT64_MAX : time;
}

/** The position just behind the moment that is asked for. */
async function positionAfter(asked: Asked, session: SessionRow, { at }: Seek): Promise<number> {
  switch (at.case) {
    case 'position':
      return Math.min(Number(at.value), session.lastPosition) + 1;
    case 't':
      return readPositionAt(asked.reader, asked.sessionId, atMost(session.startedAt + at.value));
    case undefined:
      throw new ApiProblem('invalidRequest', 'Seek lacks at.');
  }
}

function timeOf(envelope: Envelope | undefined, session: SessionRow): bigint {
  return envelope === undefined ? 0n : envelope.occurredAt - session.startedAt;
}

interface Begin {
  readonly transcript: Transcript;
  readonly from: number;
  readonly last: Envelope | undefined;
}

/** Tells what stands behind a position, event after event. */
class Telling {
  private last: Envelope | undefined;

  constructor(
    private readonly asked: Asked,
    private readonly session: SessionRow,
    private readonly begin: Begin,
  ) {
    this.last = begin.last;
  }

  get position(): bigint {
    return this.last?.position ?? 0n;
  }

  /** All that is there now, before `until`. */
  async *range(next: number, until?: number): AsyncGenerator<Frame> {
    let from = next;
    for (;;) {
      const limit = REPLAY_LIMITS.eventsPerRead;
      const range = { from, limit, ...(until === undefined ? {} : { until }) };
      const rows = await readEvents(this.asked.reader, this.asked.sessionId, range);
      if (rows.length === 0) return;
      yield* this.tell(rows.map(decodeEnvelope));
      from = Number(this.position) + 1;
    }
  }

  /** All that is there and what is recorded from now on, until the session ends. */
  async *follow(next: number): AsyncGenerator<Frame> {
    let from = next;
    let isLive = false;
    for (;;) {
      yield* this.range(from);
      if (this.last?.facts.case === 'sessionClosed') break;
      from = Math.max(from, Number(this.position) + 1);
      if (!isLive) yield this.end('range');
      isLive = true;
      await delay(LIMITS.followPollMs, undefined, { signal: this.asked.signal });
    }
    yield this.end('closed');
  }

  private end(reason: string): Frame {
    const t = timeOf(this.last, this.session);
    return { case: 'end', value: { t, position: this.position, reason } };
  }

  private async markOf({ lane, label, outcome = '', askedAt }: LaneMark) {
    if (askedAt === undefined) return { lane, label, outcome };
    const { reader, sessionId } = this.asked;
    // Few commands are held, and people take their time.
    const [row] = await readEventsAt(reader, sessionId, [askedAt]);
    if (row === undefined) return { lane, label, outcome };
    return { lane, label, outcome, since: timeOf(decodeEnvelope(row), this.session) };
  }

  private async *tell(envelopes: readonly Envelope[]): AsyncGenerator<Frame> {
    const { reader, sessionId } = this.asked;
    const { transcript, from } = this.begin;
    await teachStatements(reader, sessionId, { transcript, from, envelopes });
    for await (const event of loadEvents(reader, envelopes)) {
      const { envelope } = event;
      const { position } = envelope;
      const t = timeOf(envelope, this.session);
      for (const mark of laneMarks(envelope)) {
        yield { case: 'mark', value: { t, position, ...(await this.markOf(mark)) } };
      }
      for (const chunk of transcript.render(event)) {
        const ansi = utf8.encode(chunk.ansi);
        yield { case: 'chunk', value: { t: BigInt(chunk.t), position, ansi } };
      }
      this.last = envelope;
    }
  }
}
