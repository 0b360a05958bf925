import { setTimeout as delay } from 'node:timers/promises';
import { create, fromBinary } from '@bufbuild/protobuf';
import { LogUnavailable } from '@steno/event-log';
import type { Committer, EventLog, UnfinishedStream } from '@steno/event-log';
import { EnvelopeSchema, GapSchema } from '@steno/proto';
import {
  EventStream,
  InvariantViolation,
  decideClose,
  evolveSession,
  generatedFacts,
  initialSession,
  readBatch,
} from '@steno/sessions';
import type { Facts, Origin, SessionState } from '@steno/sessions';
import { reportedHeads } from './reported-heads.js';

const READ_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 500;

interface Recovery {
  readonly log: EventLog;
  readonly origin: Origin;
  readonly committer: Committer;
}

/**
 * Closes the sessions that an earlier run of this instance left open when it died: each command
 * without an answer is told as cut, then the session is closed as lost. Events that a heartbeat
 * named and that never came to the log are told as a gap; their positions go to what follows.
 *
 * The log says where each session ended; while it is away this waits, and new sessions do not wait
 * for it.
 *
 * @returns how many sessions were closed
 */
export async function closeLostSessions(
  { log, origin, committer }: Recovery,
  signal: AbortSignal,
): Promise<number> {
  const unfinished = await log.unfinished();
  if (unfinished.length === 0) return 0;
  const { states, reported } = await insistently(async () => {
    const found = await readStates(log, unfinished);
    return { states: found.states, reported: await reportedHeads(log, found.boots) };
  }, signal);
  for (const { stream } of unfinished) {
    const state = states.get(stream) ?? initialSession(stream);
    const { batch } = committer;
    batch.noteClosed(stream);
    const writer = new EventStream(origin, stream, state, state.head);
    const last = reported.get(stream) ?? -1;
    if (last >= state.head.next) writer.append(batch, lost(state.head.next, last), []);
    const ending = { reason: 'process-lost' };
    for (const facts of decideClose({ ...state, head: writer.head }, ending)) {
      writer.append(batch, facts, []);
    }
  }
  await committer.strict(undefined);
  return unfinished.length;
}

async function insistently<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

function lost(from: number, to: number): Facts {
  const positions = { fromPosition: BigInt(from), toPosition: BigInt(to) };
  const gap = create(GapSchema, { ...positions, reason: 'process-lost' });
  return generatedFacts('gap', GapSchema, gap);
}

interface Recovered {
  readonly states: Map<string, SessionState>;
  /** Of the runs that wrote them. */
  readonly boots: Set<string>;
}

async function readStates(
  log: EventLog,
  unfinished: readonly UnfinishedStream[],
): Promise<Recovered> {
  const boots = new Set<string>();
  const states = new Map(unfinished.map(({ stream }) => [stream, initialSession(stream)]));
  const starts = new Map<number, number>();
  for (const { partition, offset } of unfinished) {
    starts.set(partition, Math.min(offset, starts.get(partition) ?? offset));
  }
  // What comes later is of others: of these sessions nobody writes any more.
  const ends = await log.end('data');
  for (const [partition, start] of starts) {
    for (let offset = start; offset < (ends.get(partition) ?? 0);) {
      const entries = await log.read('data', { partition, offset }, READ_BYTES);
      const last = entries.at(-1);
      if (last === undefined) break;
      for (const { stream, bytes } of entries) {
        if (stream === undefined || states.has(stream)) evolveAll({ states, boots }, bytes);
      }
      offset = last.offset + 1;
    }
  }
  return { states, boots };
}

function evolveAll({ states, boots }: Recovered, bytes: Buffer): void {
  const records = readBatch(bytes);
  // A batch of our own that cannot be read is not a fault of the world: going on would fork
  // streams.
  if ('malformed' in records)
    throw new InvariantViolation(`a batch of the log: ${records.malformed}`);
  for (const { raw } of records) {
    if (raw.length === 0) continue;
    const envelope = fromBinary(EnvelopeSchema, raw);
    const state = states.get(envelope.stream);
    // A log may show an event twice.
    if (state === undefined || Number(envelope.position) < state.head.next) continue;
    states.set(envelope.stream, evolveSession(state, { envelope, raw }));
    boots.add(envelope.boot);
  }
}
