import type { EventLog } from '@steno/event-log';
import type { Topic } from '@steno/proto';
import { isEvent, readEntry } from './log-events.js';
import { logPages } from './log-pages.js';
import type { LogSpan } from './log-pages.js';

/**
 * In which order the ends are looked up: what says that a boot is over, or how far a stream has
 * come, is then never newer than the streams themselves.
 */
const ENDS_ORDER: readonly Topic[] = ['control', 'heartbeat', 'activity', 'data'];
/** Heartbeats are read first: they say where streams must have come to. */
const READ_ORDER: readonly Topic[] = ['heartbeat', 'control', 'activity', 'data'];

/** All of the log as it is now, in the order in which it is read. */
export async function logSpans(log: EventLog): Promise<readonly LogSpan[]> {
  const spans: LogSpan[] = [];
  for (const topic of ENDS_ORDER) {
    for (const [partition, until] of await log.end(topic)) {
      spans.push({ topic, partition, from: 0, until });
    }
  }
  return READ_ORDER.flatMap((topic) => spans.filter((span) => span.topic === topic));
}

export function batchesOf(spans: readonly LogSpan[]): number {
  return spans.reduce((sum, { from, until }) => sum + until - from, 0);
}

/**
 * The installation that wrote the log, by the first event of each topic; undefined where they
 * differ or where there is none.
 */
export async function writerOf(
  log: EventLog,
  spans: readonly LogSpan[],
): Promise<string | undefined> {
  const installations = new Set<string>();
  for (const span of spans) {
    for await (const { entries } of logPages(log, { ...span, until: Math.min(1, span.until) })) {
      const first = entries.flatMap((entry) => readEntry(entry).records).find(isEvent);
      if (first !== undefined) installations.add(first.columns.installation);
    }
  }
  const [only, other] = installations;
  return other === undefined ? only : undefined;
}
