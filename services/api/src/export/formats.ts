import { stripVTControlCharacters } from 'node:util';
import { create } from '@bufbuild/protobuf';
import { readEvents } from '@steno/event-store';
import type { SessionRow, StoreReader } from '@steno/event-store';
import { SeekSchema } from '@steno/proto';
import { toRfc3339 } from '@steno/sessions';
import { CastWriter } from '@steno/transcript';
import type { CastVersion } from '@steno/transcript';
import { REPLAY_LIMITS } from '../limits.js';
import { answerSeek } from '../replay/answer.js';
import type { Frame } from '../replay/answer.js';
import { readEventViews } from '../views/event-page.js';
import { readSessionDetail } from '../views/session-view.js';

/** A session to be written out. */
export interface Exported {
  readonly reader: StoreReader;
  readonly session: SessionRow;
  readonly signal: AbortSignal;
}

interface Format {
  /** Of its media. */
  readonly type: string;
  readonly extension: string;
  /** Its text, read no faster than it is taken. Throws ApiProblem. */
  readonly write: (exported: Exported) => AsyncGenerator<string>;
}

export const FORMAT_NAMES = ['cast2', 'cast3', 'text', 'ndjson'] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

export const FORMATS: Readonly<Record<FormatName, Format>> = {
  cast2: { type: 'application/x-asciicast', extension: 'cast', write: castOf(2) },
  cast3: { type: 'application/x-asciicast', extension: 'cast', write: castOf(3) },
  text: { type: 'text/plain; charset=utf-8', extension: 'txt', write: writeText },
  ndjson: { type: 'application/x-ndjson; charset=utf-8', extension: 'ndjson', write: writeEvents },
};

const INT64_MAX = 2n ** 63n - 1n;
const EVENTS_PER_PAGE = 200;

/** Each says which session it is and what is known of its record: it may be all that is left. */
function titleOf({ identity, target, startedAt, status, sessionId }: SessionRow): string {
  const started = toRfc3339(startedAt).slice(0, 19);
  return `${identity} on ${target}, ${started}Z, ${status}, session ${sessionId}`;
}

function castOf(version: CastVersion): Format['write'] {
  return async function* write(exported) {
    const { session } = exported;
    const { cols, rows } = REPLAY_LIMITS;
    const cast = new CastWriter(version);
    const { startedAt } = session;
    yield cast.header({ cols, rows, startedAt, title: titleOf(session) });
    for await (const frame of replayOf(exported)) {
      if (frame.case === 'chunk') {
        const { t = 0n, ansi = new Uint8Array() } = frame.value;
        yield cast.output(t, ansi);
      } else if (frame.case === 'mark') {
        const { t = 0n, lane = '', label = '' } = frame.value;
        yield cast.marker(t, `${lane}: ${label}`);
      }
    }
  };
}

async function* writeText(exported: Exported): AsyncGenerator<string> {
  yield `${titleOf(exported.session)}\n`;
  const decoder = new TextDecoder();
  for await (const frame of replayOf(exported)) {
    if (frame.case !== 'chunk') continue;
    const text = decoder.decode(frame.value.ansi ?? new Uint8Array(), { stream: true });
    yield stripVTControlCharacters(text).replaceAll('\r\n', '\n');
  }
}

/** All from the start, piece by piece. */
function replayOf({ reader, session, signal }: Exported): AsyncGenerator<Frame> {
  const seek = create(SeekSchema, {
    at: { case: 't', value: -1n },
    until: INT64_MAX,
    withoutScreen: true,
  });
  return answerSeek({ reader, signal, sessionId: session.sessionId }, seek);
}

/** The session, its events with the bytes that were hashed, and how many they are. */
async function* writeEvents({ reader, session }: Exported): AsyncGenerator<string> {
  yield line({ kind: 'session', ...(await readSessionDetail(reader, session)) });
  let events = 0;
  for (let from = 0; ;) {
    const range = { from, limit: EVENTS_PER_PAGE };
    const rows = await readEvents(reader, session.sessionId, range);
    const views = await readEventViews(reader, rows, true);
    for (const view of views) yield line({ kind: 'event', ...view });
    const last = views.at(-1);
    if (last === undefined) break;
    events += views.length;
    from = last.position + 1;
  }
  yield line({ kind: 'end', events });
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
