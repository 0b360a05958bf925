import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema } from '@steno/proto';
import type { TimelineView } from '@steno/proto';
import { sessionStream } from '@steno/sessions';
import { readRows } from './queries.js';
import type { StoreReader } from './queries.js';
import { READ_LIMITS } from './read-limits.js';
import type { SessionRow } from './sessions-query.js';

type Mark = TimelineView['marks'][number];

const IDLE_LONGER_THAN_NS = 2_000_000_000n;

/** The timeline of a session in `slices` slices; marks and idle stretches are bounded. */
export async function readTimeline(
  reader: StoreReader,
  session: SessionRow,
  slices: number,
): Promise<TimelineView> {
  const duration = session.lastAt - session.startedAt;
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
    marks: marks.map(markOf),
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

function markOf(row: MarkRow): Mark {
  const { lane } = row;
  const label = row.raw === '' ? row.label : labelOf(Buffer.from(row.raw, 'base64'));
  return { t: Number(row.t), position: Number(row.position), lane, label };
}

function labelOf(raw: Uint8Array): string {
  const { facts } = fromBinary(EnvelopeSchema, raw);
  if (facts.case === 'limitReached') return facts.value.limit;
  return facts.case === 'gap' ? facts.value.reason : '';
}
