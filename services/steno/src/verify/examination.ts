import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog } from '@steno/event-log';
import { TOPICS } from '@steno/proto';
import { sessionStream } from '@steno/sessions';
import { SharedNumbers } from './boot-verdict.js';
import { Diagnosis, tellMisplaced } from './diagnosis.js';
import type { Evidence } from './diagnosis.js';
import { logSpans } from './log-spans.js';
import type { TableEnd } from './outside-rows.js';
import { LogTotals, isStillOdd, oddSessions, totalsFault } from './session-totals.js';
import type { OddSession } from './session-totals.js';
import { LogCopies, readAgain, storedForks, storedStreams } from './stream-copies.js';
import type { StoredEvent, StoredFork } from './stream-copies.js';
import type { StoreTables } from './store-tables.js';
import type { Suspect } from './suspects.js';
import { topicOf } from './trust.js';

/** Streams that are compared position by position. */
const STREAMS_MAX = 500;
const STREAMS_A_QUERY = 50;
/** Totals and events are two inserts of a running projector: between them they differ. */
const RECHECKS = { times: 5, pauseMs: 300 };

export interface Around {
  readonly log: EventLog;
  readonly tables: StoreTables;
  readonly evidence: Evidence;
  /** Whether a projector may be at work. */
  readonly isLive: boolean;
  /** The last places that steno.events named before the log was read. */
  readonly ends: readonly TableEnd[];
}

/** Looks closely at all that the scan noticed, with one more pass over the log if need be. */
export async function examine(around: Around): Promise<void> {
  const { log, tables, evidence } = around;
  const { findings, suspects, boots, cutoffs } = evidence;
  const forks = await storedForks(tables);
  for (const { stream, position } of forks) {
    const topic = TOPICS.find((one) => one === topicOf(stream));
    suspects.add({ topic, stream, position, why: 'missing' });
  }
  const forkCounts = countByStream(forks);
  const odd = await oddSessions(tables, forkCounts, cutoffs.eventsExpired);
  const numbers = new SharedNumbers(boots);
  const chosen = suspects.all().slice(0, STREAMS_MAX);
  if (odd.length + chosen.length === 0 && numbers.isEmpty) return;
  const copies = new LogCopies(chosen.map(({ stream }) => stream));
  const totals = new LogTotals(odd.map(({ sessionId }) => sessionId));
  const spans = await logSpans(log);
  await readAgain(log, spans, [
    (event) => copies.take(event),
    (event) => totals.take(event),
    (event) => numbers.take(event),
  ]);
  const isNewer = newerThan(around.ends, spans);
  const diagnose = (suspect: Suspect, stored: readonly StoredEvent[]): void => {
    const { stream, topic } = suspect;
    const store = stored.filter(({ place }) => !isNewer(topic, place));
    const its = forks.filter((fork) => fork.stream === stream);
    new Diagnosis({ topic, stream, log: copies.of(stream), store, forks: its }, evidence).run();
    if (copies.cut.has(stream)) tellUnexamined(evidence, suspect);
  };
  for (let at = 0; at < chosen.length; at += STREAMS_A_QUERY) {
    const group = new Map(
      chosen.slice(at, at + STREAMS_A_QUERY).map((suspect) => [suspect.stream, suspect]),
    );
    for await (const [stream, stored] of storedStreams(tables, [...group.keys()])) {
      const suspect = group.get(stream);
      if (suspect !== undefined) diagnose(suspect, stored);
      group.delete(stream);
    }
    for (const suspect of group.values()) diagnose(suspect, []);
  }
  for (const suspect of suspects.all().slice(STREAMS_MAX)) tellUnexamined(evidence, suspect);
  tellMisplaced(evidence);
  numbers.tell(findings);
  for (const session of odd) await judgeTotals(around, session, { totals, forkCounts });
}

/** Rows that the projector has added since the log was read. */
function newerThan(ends: readonly TableEnd[], spans: Awaited<ReturnType<typeof logSpans>>) {
  return (
    topic: string | undefined,
    { partition, offset }: { readonly partition: number; readonly offset: number },
  ): boolean => {
    const isIt = (one: { readonly topic: string; readonly partition: number }): boolean =>
      one.topic === topic && one.partition === partition;
    const seen = ends.find(isIt)?.offset ?? -1;
    const until = spans.find(isIt)?.until ?? 0;
    return offset > seen && offset >= until;
  };
}

/** A stream that differs and is not looked at whole: what the scan noticed stands for it. */
function tellUnexamined({ findings }: Evidence, { topic, stream, position, why }: Suspect): void {
  if (why === 'repeated') return;
  const detail = 'log and ClickHouse differ from here on; not all of it was looked at closely';
  findings.add({ kind: why, copy: 'both', topic: topic ?? null, stream, position, detail });
}

async function judgeTotals(
  { tables, evidence, isLive }: Around,
  session: OddSession,
  by: { readonly totals: LogTotals; readonly forkCounts: ReadonlyMap<string, number> },
): Promise<void> {
  const { sessionId } = session;
  const stream = sessionStream(sessionId);
  let odd = await isStillOdd(tables, session, by.forkCounts);
  for (let times = 1; isLive && odd !== undefined && times < RECHECKS.times; times += 1) {
    await delay(RECHECKS.pauseMs);
    odd = await isStillOdd(tables, session, by.forkCounts);
  }
  if (odd === undefined) return;
  const forks = by.forkCounts.get(stream) ?? 0;
  const fault = totalsFault(odd.totals, by.totals.of(sessionId, forks));
  // Events are missing from ClickHouse then, not totals: that was said.
  if (fault === undefined) return;
  const kind =
    odd.totals === undefined ? 'missing' : odd.events === undefined ? 'added' : 'changed';
  const detail = `session totals: ${fault}`;
  const position = null;
  evidence.findings.add(
    { kind, copy: 'store', topic: 'data', stream, position, detail },
    'session totals',
  );
}

function countByStream(forks: readonly StoredFork[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { stream } of forks) counts.set(stream, (counts.get(stream) ?? 0) + 1);
  return counts;
}
