import type { SessionStatus, SessionView } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import { EXIT } from './exit-codes.js';
import type { Colour } from './output.js';
import { ago, duration } from './relative-time.js';
import { Table } from './table.js';
import { addVerb, collect, parseCount, parseMoment } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly limit?: number;
  readonly since?: string;
  readonly until?: string;
  readonly identity?: readonly string[];
  readonly target?: readonly string[];
  readonly status?: readonly string[];
  readonly text?: string;
  readonly claim?: readonly string[];
}

const PAGE_SIZE = 500;

const STATUS_COLOUR: Readonly<Record<SessionStatus, Colour | undefined>> = {
  complete: undefined,
  open: 'green',
  silent: 'yellow',
  gapped: 'red',
  failed: 'yellow',
};

export const defineSessions: DefineVerb = (program, context, finish) => {
  addVerb(program, 'sessions', 'Lists sessions, newest first.')
    .option('--limit <n>', 'at most so many', parseCount)
    .option('--since <time>', 'started since a time or an age like 2h', parseMoment)
    .option('--until <time>', 'started before a time or an age', parseMoment)
    .option('--identity <name>', 'of this identity; may be repeated', collect)
    .option('--target <name>', 'on this target; may be repeated', collect)
    .option('--status <status>', 'complete, open, silent, gapped or failed; repeatable', collect)
    .option('--text <words>', 'with commands that have these words')
    .option('--claim <name=value>', 'whose token said so; of several all must be there', collect)
    .action(async (options: Options) => {
      const { since, until, identity, target, status, text, claim, limit } = options;
      const client = new ApiClient(findApi(context, options));
      const query = { from: since, to: until, identity, target, status, text, claim };
      const paging = { pageSize: PAGE_SIZE, atMost: limit };
      const table = new Table(context.out, columns(Date.now()));
      for await (const page of client.pages<SessionView>('/api/sessions', query, paging)) {
        if (options.json !== true) await table.print(page);
        else for (const session of page) await context.out.json(session);
      }
      finish(EXIT.done);
    });
};

const columns = (now: number) => [
  { title: 'SESSION', of: ({ sessionId }: SessionView) => sessionId },
  { title: 'IDENTITY', of: ({ identity }: SessionView) => identity },
  { title: 'TARGET', of: ({ target }: SessionView) => target },
  { title: 'STARTED', of: ({ startedAt }: SessionView) => ago(startedAt, now) },
  { title: 'TOOK', of: (session: SessionView) => took(session, now), right: true as const },
  { title: 'COMMANDS', of: ({ commands }: SessionView) => commands, right: true as const },
  {
    title: 'ERRORS',
    of: ({ errors }: SessionView) => errors,
    right: true as const,
    colour: ({ errors }: SessionView) => (errors > 0 ? ('red' as const) : undefined),
  },
  { title: 'ROWS', of: ({ rows }: SessionView) => rows, right: true as const },
  {
    title: 'STATUS',
    of: (session: SessionView) => statusOf(session),
    colour: ({ status }: SessionView) => STATUS_COLOUR[status],
  },
];

function statusOf({ status, reason, lateFrom }: SessionView): string {
  const why = reason === null || status === 'complete' ? [] : [reason];
  if (lateFrom !== undefined) why.push('late');
  return why.length === 0 ? status : `${status} (${why.join(', ')})`;
}

function took({ startedAt, endedAt }: SessionView, now: number): string {
  const end = endedAt === null ? now : Date.parse(endedAt);
  return duration(Math.max(0, end - Date.parse(startedAt)));
}
