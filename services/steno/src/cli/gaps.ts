import type { ChainView, EventView, SessionDetailView, SessionView } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import { EXIT } from './exit-codes.js';
import { Progress } from './progress.js';
import { Table } from './table.js';
import { addVerb, parseMoment } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly since?: string;
}

/** Something of a session that is not there. */
interface GapLine {
  readonly sessionId: string;
  readonly identity: string;
  readonly target: string;
  readonly startedAt: string;
  readonly status: string;
  readonly gap: {
    /** Positions; null: to the end, which is not known. */
    readonly from: number;
    readonly to: number | null;
    readonly reason: string;
  };
}

const PAGE_SIZE = 500;

export const defineGaps: DefineVerb = (program, context, finish) => {
  addVerb(program, 'gaps', 'Lists what is missing from sessions; exits 2 if anything is.')
    .option('--since <time>', 'of sessions since a time or an age like 2h', parseMoment)
    .action(async (options: Options) => {
      const client = new ApiClient(findApi(context, options));
      const progress = new Progress(context.err, 'looking for gaps');
      const table = new Table(context.out, columns);
      let checked = 0;
      let found = 0;
      const query = { status: ['gapped', 'silent'], from: options.since };
      const paging = { pageSize: PAGE_SIZE };
      for await (const page of client.pages<SessionView>('/api/sessions', query, paging)) {
        for (const session of page) {
          const lines = await findGaps(client, session);
          await progress.end();
          if (options.json !== true) await table.print(lines);
          else for (const line of lines) await context.out.json(line);
          found += lines.length;
          await progress.show((checked += 1), 0);
        }
      }
      await progress.end();
      if (found === 0 && options.json !== true) await context.out.line('No gaps.');
      finish(found === 0 ? EXIT.done : EXIT.gaps);
    });
};

const columns = [
  { title: 'SESSION', of: ({ sessionId }: GapLine) => sessionId },
  { title: 'IDENTITY', of: ({ identity }: GapLine) => identity },
  { title: 'TARGET', of: ({ target }: GapLine) => target },
  { title: 'STATUS', of: ({ status }: GapLine) => status },
  { title: 'POSITIONS', of: ({ gap }: GapLine) => `${gap.from} to ${gap.to ?? '?'}` },
  { title: 'REASON', of: ({ gap }: GapLine) => gap.reason },
];

async function findGaps(client: ApiClient, session: SessionView): Promise<GapLine[]> {
  const { sessionId, identity, target, startedAt, status } = session;
  const path = `/api/sessions/${encodeURIComponent(sessionId)}`;
  const gaps = status === 'silent' ? [await silence(client, path)] : await findHoles(client, path);
  return gaps.map((gap) => ({ sessionId, identity, target, startedAt, status, gap }));
}

async function silence(client: ApiClient, path: string): Promise<GapLine['gap']> {
  const { head } = await client.get<SessionDetailView>(path);
  return { from: head.position + 1, to: null, reason: 'its owner stopped reporting' };
}

async function findHoles(client: ApiClient, path: string): Promise<GapLine['gap'][]> {
  const holes: GapLine['gap'][] = [];
  let next = 0;
  const paging = { pageSize: PAGE_SIZE, cursorName: 'after' };
  for await (const page of client.pages<EventView>(`${path}/events`, {}, paging)) {
    for (const { position, type, facts } of page) {
      if (position > next) {
        holes.push({ from: next, to: position - 1, reason: 'events are missing' });
      }
      if (type === 'gap') holes.push(recordedGap(facts ?? {}));
      next = position + 1;
    }
  }
  if (holes.length > 0) return holes;
  // Nothing between the events: then it is the end, or a link that does not fit.
  const { problem } = await client.get<ChainView>(`${path}/chain`);
  return [
    { from: problem?.position ?? next, to: null, reason: problem?.what ?? 'the end is missing' },
  ];
}

/** protobuf's JSON writes 64-bit integers as texts, and leaves out zeros. */
function recordedGap(facts: Readonly<Record<string, unknown>>): GapLine['gap'] {
  const { fromPosition, toPosition, reason } = facts;
  return {
    from: Number(fromPosition ?? 0),
    to: Number(toPosition ?? 0),
    reason: typeof reason === 'string' ? reason : '',
  };
}
