import { LogDamaged } from '@steno/event-log';
import type { EventLog, LogEntry } from '@steno/event-log';
import type { Topic } from '@steno/proto';

/** What is held of the log at a time; one batch more may be longer. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** Offsets that are looked at one by one where the log says that batches are gone. */
const STEPS = 256;

/** Offsets [from, until) of one partition and the batches that are there. */
export interface LogPage {
  readonly topic: Topic;
  readonly partition: number;
  readonly from: number;
  readonly until: number;
  readonly entries: readonly LogEntry[];
  /** Offsets without a batch. */
  readonly lost: readonly number[];
}

/** Offsets [from, until) of one partition. */
export interface LogSpan {
  readonly topic: Topic;
  readonly partition: number;
  readonly from: number;
  readonly until: number;
}

/** Reads a span in pages of bounded size. A hole in the log is told, not stumbled over. */
export async function* logPages(log: EventLog, span: LogSpan): AsyncGenerator<LogPage> {
  const { topic, partition, until: end } = span;
  let from = span.from;
  while (from < end) {
    const found = (await readAtOnce(log, span, from)) ?? (await readStepwise(log, span, from));
    const until = found.until;
    const entries = found.entries.filter(({ offset }) => offset < until);
    yield { topic, partition, from, until, entries, lost: found.lost };
    from = until;
  }
}

interface Found {
  readonly entries: readonly LogEntry[];
  readonly lost: readonly number[];
  readonly until: number;
}

async function readAtOnce(
  log: EventLog,
  { topic, partition, until: end }: LogSpan,
  offset: number,
): Promise<Found | undefined> {
  try {
    const entries = await log.read(topic, { partition, offset }, PAGE_BYTES);
    const last = entries.at(-1);
    if (last === undefined) return undefined;
    return { entries, lost: [], until: Math.min(end, last.offset + 1) };
  } catch (error) {
    if (error instanceof LogDamaged) return undefined;
    throw error;
  }
}

async function readStepwise(
  log: EventLog,
  { topic, partition, until: end }: LogSpan,
  from: number,
): Promise<Found> {
  const entries: LogEntry[] = [];
  const lost: number[] = [];
  let bytes = 0;
  let offset = from;
  for (; offset < Math.min(end, from + STEPS) && bytes < PAGE_BYTES; offset += 1) {
    const entry = await readOne(log, topic, { partition, offset });
    if (entry?.offset !== offset) lost.push(offset);
    else {
      entries.push(entry);
      bytes += entry.bytes.length;
    }
  }
  return { entries, lost, until: offset };
}

async function readOne(
  log: EventLog,
  topic: Topic,
  at: { readonly partition: number; readonly offset: number },
): Promise<LogEntry | undefined> {
  try {
    return (await log.read(topic, at, 1))[0];
  } catch (error) {
    if (error instanceof LogDamaged) return undefined;
    throw error;
  }
}
