import { sessionStream } from '@steno/sessions';
import type { Topic } from '@steno/proto';
import { readRows, streamRows } from './queries.js';
import type { QueryName, QueryParameters, StoreReader } from './queries.js';
import { READ_LIMITS } from './read-limits.js';

/** An event as it is stored. */
export interface EventRow {
  readonly topic: Topic;
  readonly stream: string;
  readonly position: number;
  readonly raw: Buffer;
}

/** Positions from `from` on and before `until`. */
export interface PositionRange {
  readonly from: number;
  readonly until?: number;
  readonly limit: number;
}

interface Row {
  readonly topic: Topic;
  readonly position: string;
  readonly raw: string;
}

const UINT64_MAX = 2n ** 64n - 1n;

async function events(
  reader: StoreReader,
  name: QueryName,
  sessionId: string,
  parameters: QueryParameters,
): Promise<EventRow[]> {
  const found: EventRow[] = [];
  let bytes = 0;
  const stream = sessionStream(sessionId);
  for await (const row of streamRows<Row>(reader, name, { stream, ...parameters })) {
    const event = eventRow(stream, row);
    bytes += event.raw.length;
    if (bytes > READ_LIMITS.pageRawBytes && found.length > 0) break;
    found.push(event);
  }
  return found;
}

/** Longest raw. */
const RAW_BYTES = 60 * 1024;

/** Whether more events may follow those of a page: it is full, by number or by bytes. */
export function mayHaveMore(page: readonly EventRow[], limit: number): boolean {
  const bytes = page.reduce((sum, { raw }) => sum + raw.length, 0);
  return page.length >= limit || bytes > READ_LIMITS.pageRawBytes - RAW_BYTES;
}

function eventRow(stream: string, row: Row): EventRow {
  const raw = Buffer.from(row.raw, 'base64');
  return { topic: row.topic, stream, position: Number(row.position), raw };
}

/** Events of a session in order; fewer than `limit` where pageRawBytes ends the page. */
export async function readEvents(
  reader: StoreReader,
  sessionId: string,
  range: PositionRange,
): Promise<readonly EventRow[]> {
  const { from, until = UINT64_MAX, limit } = range;
  return events(reader, 'session-events', sessionId, { from, until, limit });
}

/** All events of a session in order, as they come from the store. */
export async function* streamEvents(
  reader: StoreReader,
  sessionId: string,
): AsyncGenerator<EventRow> {
  const stream = sessionStream(sessionId);
  const all = { stream, from: 0, until: UINT64_MAX, limit: UINT64_MAX };
  for await (const row of streamRows<Row>(reader, 'session-events', all)) {
    yield eventRow(stream, row);
  }
}

/** Events before a position, the last one first. */
export async function readEventsBefore(
  reader: StoreReader,
  sessionId: string,
  until: number,
  limit: number,
): Promise<readonly EventRow[]> {
  return events(reader, 'session-events-before', sessionId, { until, limit });
}

/** The events at certain positions, in order. */
export async function readEventsAt(
  reader: StoreReader,
  sessionId: string,
  positions: readonly number[],
): Promise<readonly EventRow[]> {
  if (positions.length === 0) return [];
  return events(reader, 'session-events-at', sessionId, { positions });
}

/** Commands from a position on. */
export async function readCommands(
  reader: StoreReader,
  sessionId: string,
  range: { readonly from: number; readonly limit: number },
): Promise<readonly EventRow[]> {
  return events(reader, 'session-commands', sessionId, { ...range });
}

/** All commands of several sessions, session by session; as many of them as a page has. */
export async function readCommandsOf(
  reader: StoreReader,
  sessionIds: readonly string[],
  limit: number,
): Promise<readonly EventRow[]> {
  const found: EventRow[] = [];
  let bytes = 0;
  const parameters = { streams: sessionIds.map(sessionStream), limit };
  const rows = streamRows<Row & { stream: string }>(reader, 'sessions-commands', parameters);
  for await (const row of rows) {
    const event = eventRow(row.stream, row);
    bytes += event.raw.length;
    if (bytes > READ_LIMITS.pageRawBytes && found.length > 0) break;
    found.push(event);
  }
  return found;
}

/** The responses to commands and what became of held ones, in order of their positions. */
export async function readResponses(
  reader: StoreReader,
  sessionId: string,
  commands: readonly number[],
): Promise<readonly EventRow[]> {
  if (commands.length === 0) return [];
  const from = Math.min(...commands);
  return events(reader, 'session-responses', sessionId, { from, commands });
}

/** Positions of commands that wait for a response just before `until`, and of the last command. */
export async function readPendingCommands(
  reader: StoreReader,
  sessionId: string,
  until: number,
): Promise<readonly number[]> {
  const rows = await readRows<{ position: string }>(reader, 'session-pending-commands', {
    stream: sessionStream(sessionId),
    until,
    limit: READ_LIMITS.pendingCommands,
  });
  return rows.map(({ position }) => Number(position));
}

/** Responses before a position that may have begun or ended a transaction, the last one first. */
export async function readTransactionCandidates(
  reader: StoreReader,
  sessionId: string,
  until: number,
  limit: number,
): Promise<readonly EventRow[]> {
  return events(reader, 'session-transaction-tags', sessionId, { until, limit });
}

/** The first failed response between two positions. */
export async function readFailedResponse(
  reader: StoreReader,
  sessionId: string,
  between: { readonly after: number; readonly until: number },
): Promise<EventRow | undefined> {
  const [row] = await events(reader, 'session-failed-response', sessionId, { ...between });
  return row;
}

/** The events that hold more of the output of the response at `until`. */
export async function readOutputPieces(
  reader: StoreReader,
  sessionId: string,
  between: { readonly after: number; readonly until: number },
  limit: number,
): Promise<readonly EventRow[]> {
  return events(reader, 'session-output-pieces', sessionId, { ...between, limit });
}

/** The position after the last event that had occurred at `at` (nanoseconds since the epoch). */
export async function readPositionAt(
  reader: StoreReader,
  sessionId: string,
  at: bigint,
): Promise<number> {
  const [row] = await readRows<{ next: string }>(reader, 'session-position-at', {
    stream: sessionStream(sessionId),
    at,
  });
  return Number(row?.next ?? 0);
}

/** The last event of a session that is there. */
export async function readHead(
  reader: StoreReader,
  sessionId: string,
): Promise<EventRow | undefined> {
  const [row] = await readEventsBefore(reader, sessionId, Number.MAX_SAFE_INTEGER, 1);
  return row;
}
