import {
  readEventsAt,
  readEventsBefore,
  readFailedResponse,
  readPendingCommands,
  readTransactionCandidates,
} from '@steno/event-store';
import type { EventRow, SessionRow, StoreReader } from '@steno/event-store';
import type { Envelope } from '@steno/proto';
import { Transcript } from '@steno/transcript';
import { REPLAY_LIMITS } from '../limits.js';
import { decodeEnvelope, loadForState } from './recorded-events.js';

/** A transcript that goes on at a position as if it had seen everything before. */
export interface TranscriptAt {
  readonly transcript: Transcript;
  /** The event before the position; undefined at the beginning. */
  readonly last: Envelope | undefined;
}

/**
 * What a psql prompt at a position depends on is little: commands that wait for their response,
 * the transaction, and which event came last. Those events alone are replayed, so that it costs
 * the same at any position of any session.
 */
export async function transcriptAt(
  reader: StoreReader,
  session: SessionRow,
  position: number,
): Promise<TranscriptAt> {
  const transcript = new Transcript({ target: session.target, startedAt: session.startedAt });
  if (position === 0) return { transcript, last: undefined };
  const [[last], pending, transaction] = await Promise.all([
    readEventsBefore(reader, session.sessionId, position, 1),
    readPendingCommands(reader, session.sessionId, position),
    transactionEvents(reader, session.sessionId, position),
  ]);
  const positions = [...transaction.commands, ...pending];
  const commands = await readEventsAt(reader, session.sessionId, [...new Set(positions)]);
  const rows = [...transaction.responses, ...commands, ...(last === undefined ? [] : [last])];
  const envelopes = inOrder(rows).map(decodeEnvelope);
  for (const event of await loadForState(reader, envelopes)) transcript.render(event);
  return { transcript, last: envelopes.at(-1) };
}

/** Lets a transcript know the statements that commands execute and that were prepared before it. */
export async function teachStatements(
  reader: StoreReader,
  sessionId: string,
  { transcript, from, envelopes }: TeachOptions,
): Promise<void> {
  const heldAt = envelopes.flatMap(({ contents }) =>
    contents.map(({ heldAtPlusOne }) => Number(heldAtPlusOne) - 1),
  );
  const earlier = [...new Set(heldAt)].filter((position) => position >= 0 && position < from);
  for (const row of await readEventsAt(reader, sessionId, earlier)) {
    const envelope = decodeEnvelope(row);
    // Of an earlier position, so nothing is shown and no hole is seen.
    if (envelope.facts.case === 'statementPrepared') transcript.render({ envelope, contents: [] });
  }
}

export interface TeachOptions {
  readonly transcript: Transcript;
  /** Where the transcript began. */
  readonly from: number;
  readonly envelopes: readonly Envelope[];
}

function inOrder(rows: readonly EventRow[]): EventRow[] {
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return [...byPosition.values()].sort((a, b) => a.position - b.position);
}

interface TransactionEvents {
  readonly responses: readonly EventRow[];
  /** Positions of the commands that they answer. */
  readonly commands: readonly number[];
}

const CANDIDATES_PER_READ = 32;
const BEGINS_OR_ENDS =
  /^(?:BEGIN|START TRANSACTION|PREPARE TRANSACTION|COMMIT|END|ROLLBACK|ABORT)$/;

/** The last response that began or ended a transaction, and the first failure since. */
async function transactionEvents(
  reader: StoreReader,
  sessionId: string,
  position: number,
): Promise<TransactionEvents> {
  let until = position;
  for (let seen = 0; seen < REPLAY_LIMITS.transactionCandidates; seen += CANDIDATES_PER_READ) {
    const rows = await readTransactionCandidates(reader, sessionId, until, CANDIDATES_PER_READ);
    for (const row of rows) {
      const { facts } = decodeEnvelope(row);
      if (facts.case !== 'responseCompleted') continue;
      if (!facts.value.tags.some((tag) => BEGINS_OR_ENDS.test(tag))) continue;
      const between = { after: row.position, until: position };
      const failed = await readFailedResponse(reader, sessionId, between);
      const responses = failed === undefined ? [row] : [row, failed];
      return { responses, commands: [Number(facts.value.command)] };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < CANDIDATES_PER_READ) break;
    until = last.position;
  }
  return { responses: [], commands: [] };
}
