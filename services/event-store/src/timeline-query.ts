import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { TimelineView } from '@steno/proto';
import { laneMarks, sessionStream } from '@steno/sessions';
import { readEventsAt } from './events-query.js';
import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';
import { READ_LIMITS } from './read-limits.js';
import type { SessionRow } from './sessions-query.js';

type Mark = TimelineView['marks'][number];

const IDLE_LONGER_THAN_NS = 2_000_000_000n;

export interface TimelineSpan {
  /** Equally long parts that events are counted by. */
  readonly slices: number;
  /** How far it goes, in nanoseconds since 1970; the last event if absent or earlier. */
  readonly until?: bigint;
}

/** The timeline of a session; marks and idle stretches are bounded. */
export async function readTimeline(
  reader: StoreReader,
  session: SessionRow,
  { slices, until = 0n }: TimelineSpan,
): Promise<TimelineView> {
  const end = until > session.lastAt ? until : session.lastAt;
  const duration = end - session.startedAt;
  const of = { stream: sessionStream(session.sessionId), start: session.startedAt };
  const [density, marks, idle] = await Promise.all([
    readRows<{ slice: string; events: string }>(reader, 'session-density', {
      ...of,
      slices,
      width: duration / BigInt(slices) + 1n,
    }),
    readRows<MarkRow>(reader, 'session-marks', {
      ...of,
      width: duration / BigInt(READ_LIMITS.markSlices) + 1n,
    }),
    readRows<{ began: string; ended: string }>(reader, 'session-idle', {
      ...of,
      longer_than: IDLE_LONGER_THAN_NS,
      limit: READ_LIMITS.idleStretches,
    }),
  ]);
  const counts = new Array<number>(slices).fill(0);
  for (const { slice, events } of density) counts[Math.max(0, Number(slice))] = Number(events);
  return {
    durationNs: Number(duration),
    open: !session.closed,
    density: counts,
    marks: await marksOf(reader, session, marks),
    marksLeftOut: Number(marks[0]?.total ?? 0) - marks.length,
    idle: idle
      .map(({ began, ended }): [number, number] => [Number(began), Number(ended)])
      .sort(([a], [b]) => a - b),
  };
}

interface MarkRow {
  readonly position: string;
  readonly t: string;
  readonly lane: Mark['lane'];
  readonly label: string;
  readonly raw: string;
  readonly total: string;
}

interface Found {
  readonly mark: Mark;
  readonly askedAt: number | undefined;
}

async function marksOf(
  reader: StoreReader,
  session: SessionRow,
  rows: readonly MarkRow[],
): Promise<readonly Mark[]> {
  const found = rows.map(markOf);
  const asked = found.flatMap(({ askedAt }) => askedAt ?? []);
  const since = new Map<number, number>();
  for (const { position, raw } of await readEventsAt(reader, session.sessionId, asked)) {
    const { occurredAt } = fromBinary(EnvelopeSchema, raw);
    since.set(position, Number(occurredAt - session.startedAt));
  }
  return found.map(({ mark, askedAt }) => {
    const began = askedAt === undefined ? undefined : since.get(askedAt);
    return began === undefined ? mark : { ...mark, since: began };
  });
}

function markOf(row: MarkRow): Found {
  const { lane } = row;
  const mark = { t: Number(row.t), position: Number(row.position), lane, label: row.label };
  if (row.raw === '') return { mark, askedAt: undefined };
  const envelope = fromBinary(EnvelopeSchema, Buffer.from(row.raw, 'base64'));
  const told = laneMarks(envelope).find((one) => one.lane === lane);
  if (told === undefined) return { mark, askedAt: undefined };
  const { label, outcome, askedAt } = told;
  return { mark: { ...mark, label, ...(outcome === undefined ? {} : { outcome }) }, askedAt };
}
