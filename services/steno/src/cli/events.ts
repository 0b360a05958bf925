import type { EventView, Topic } from '@steno/proto';
import { Option } from 'commander';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { Table } from './table.js';
import type { Column } from './table.js';
import { addVerb, parseCount, parseMoment } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly topic?: string;
  readonly limit?: number;
  readonly since?: string;
  readonly raw?: boolean;
}

const PAGE_SIZE = 500;
// Not TOPICS of @steno/proto: its schema takes longer to load than most commands to run.
const TOPICS: readonly Topic[] = ['data', 'control', 'activity', 'heartbeat'];

export const defineEvents: DefineVerb = (program, context, finish) => {
  addVerb(program, 'events [session]', 'Prints the events of a session, or of all.')
    .addOption(new Option('--topic <topic>', 'instead of those of sessions').choices(TOPICS))
    .option('--limit <n>', 'at most so many', parseCount)
    .option('--since <time>', 'since a time or an age like 2h; not with a session', parseMoment)
    .option('--raw', 'with the recorded bytes in base64 (with --json)')
    .action(async (session: string | undefined, options: Options) => {
      const pages = openPages(new ApiClient(findApi(context, options)), session, options);
      const table = new Table(context.out, session === undefined ? withStream : columns);
      for await (const page of pages) {
        if (options.json !== true) await table.print(page);
        else for (const event of page) await context.out.json(event);
      }
      finish(EXIT.done);
    });
};

function openPages(client: ApiClient, session: string | undefined, options: Options) {
  const { topic, since, raw, limit } = options;
  const paging = { pageSize: PAGE_SIZE, atMost: limit };
  const wantsRaw = raw === true ? 'true' : undefined;
  if (session === undefined) {
    const query = { topic: topic ?? 'data', from: since, raw: wantsRaw };
    return client.pages<EventView>('/api/events', query, paging);
  }
  if (topic !== undefined && topic !== 'data') {
    throw new CliError('usage', `Sessions have no events of the topic ${topic}.`);
  }
  if (since !== undefined) throw new CliError('usage', '--since is not for a single session.');
  const path = `/api/sessions/${encodeURIComponent(session)}/events`;
  return client.pages<EventView>(path, { raw: wantsRaw }, { ...paging, cursorName: 'after' });
}

const columns: readonly Column<EventView>[] = [
  { title: 'POSITION', of: ({ position }) => position, right: true },
  { title: 'TIME', of: ({ occurredAt }) => occurredAt.slice(0, 23).replace('T', ' ') },
  {
    title: 'TYPE',
    of: ({ type }) => type,
    colour: ({ response }) => (response?.error === undefined ? undefined : 'red'),
  },
  { title: 'WHAT', of: describe },
];

const withStream: readonly Column<EventView>[] = [
  { title: 'STREAM', of: ({ sessionId, stream }) => sessionId ?? stream },
  ...columns,
];

/** One line of what an event says. */
function describe({ command, response, facts }: EventView): string {
  if (command !== undefined) {
    return command.text ?? (command.erased === true ? '(erased)' : command.kind);
  }
  if (response !== undefined) {
    const { error, status, tags, rows, bytes, durationNs } = response;
    const took = `${(durationNs / 1e6).toFixed(1)} ms`;
    if (error !== undefined) return `${status} ${error.code} ${error.message ?? ''} ${took}`;
    return `${status} ${tags.join(', ')} · ${rows} rows, ${bytes} bytes, ${took}`;
  }
  return facts === undefined ? '' : JSON.stringify(facts);
}
