import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readEvents, readSessions } from '@steno/event-store';
import type { StoreReader } from '@steno/event-store';
import { say } from '../postgres/environment.js';
import type { Cleanup } from '../postgres/processes.js';
import { median, whole } from '../postgres/report.js';
import { catchUp } from '../projection/catch-up.js';
import { measureFreshness } from '../projection/freshness.js';
import { startSides } from '../projection/sides.js';
import type { Sides } from '../projection/sides.js';
import { Workload } from '../projection/workload.js';

const EVENTS = 100_000;
const COMMANDS_PER_COMMIT = 25;
const EVENTS_PER_SECOND = 1_000;
/** A statement of this many rows sorts in memory. */
const FILL_ROWS = 1_000_000;
/** Sessions of the events that it began with. */
const ORIGINALS = '-a000-[0-9]{12}$';
const MERGES_POLL_MS = 1_000;
const ASKED = 20;
const PAGE = 100;
const WIDTH = 16;

/** One table: the projector's rate, commit to query and the console's reads, by rows. */
export async function growByRows(
  directory: string,
  rows: readonly number[],
  cleanup: Cleanup,
): Promise<string> {
  await mkdir(directory);
  const sides = await startSides('kafka', directory, cleanup);
  await project(sides, 'a000');
  const lines = [
    `the projector with ${whole(EVENTS)} events more; commit to query at ` +
      `${whole(EVENTS_PER_SECOND)} events/s; reads: median of ${ASKED}`,
    line(['rows', 'events/s', 'us, projector', 'us, ClickHouse', 'to query, p95']) +
      line(['sessions, ms', 'a session, ms']),
  ];
  for (const [index, count] of rows.entries()) {
    await fill(sides, count);
    const projected = await project(sides, `a00${index + 1}`);
    const { p95Ms } = await measureFreshness(sides, EVENTS_PER_SECOND, `c00${index + 1}`);
    const reads = await timeReads({ client: sides.client, tenant: 'default' });
    const figures = [projected.perSecond, projected.ownUs, projected.serverUs, p95Ms].map(whole);
    lines.push(
      line([whole(count), ...figures, reads.sessions.toFixed(1), reads.events.toFixed(1)]),
    );
    say(lines.at(-1) ?? '');
  }
  return lines.join('\n');
}

function project(sides: Sides, boot: string) {
  const workload = new Workload(boot);
  const count = EVENTS / (2 * COMMANDS_PER_COMMIT);
  const batches = Array.from({ length: count }, () => workload.commands(COMMANDS_PER_COMMIT));
  return catchUp(sides, batches, EVENTS);
}

/** Until the store holds so many events: those that it began with, again in other sessions. */
async function fill({ client }: Sides, rows: number): Promise<void> {
  const [held] = await ask<{ rows: number }>(client, 'SELECT count() AS rows FROM events');
  const perStatement = FILL_ROWS / EVENTS;
  const first = Math.ceil((held?.rows ?? 0) / EVENTS);
  const last = Math.ceil(rows / EVENTS);
  say(`filling up to ${whole(rows)} rows`);
  for (let from = first; from < last; from += perStatement) {
    const until = Math.min(last, from + perStatement);
    await client.command({ query: copies('events', from, until) });
    await client.command({ query: copies('sessions', from, until) });
  }
  // Merges behind it would be measured with what comes next.
  for (;;) {
    const [merges] = await ask<{ now: number }>(client, 'SELECT count() AS now FROM system.merges');
    if (merges?.now === 0) return;
    await delay(MERGES_POLL_MS);
  }
}

function copies(table: 'events' | 'sessions', from: number, until: number): string {
  const copied = (column: string) => `concat(${column}, '-', toString(copy)) AS ${column}`;
  const columns = table === 'events' ? ['stream', 'session_id'] : ['session_id'];
  return `INSERT INTO ${table} WITH arrayJoin(range(${from}, ${until})) AS copy
    SELECT * REPLACE(${columns.map(copied).join(', ')}) FROM ${table}
    WHERE match(session_id, '${ORIGINALS}')`;
}

async function timeReads(reader: StoreReader): Promise<{ sessions: number; events: number }> {
  const [session] = await readSessions(reader, { limit: 1 });
  const sessionId = session?.sessionId ?? '';
  return {
    sessions: await medianMs(() => readSessions(reader, { limit: PAGE })),
    events: await medianMs(() => readEvents(reader, sessionId, { from: 0, limit: PAGE })),
  };
}

async function medianMs(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < ASKED; count += 1) {
    const before = performance.now();
    await read();
    times.push(performance.now() - before);
  }
  return median(times);
}

async function ask<Row>(client: StoreReader['client'], query: string): Promise<Row[]> {
  const clickhouse_settings = { output_format_json_quote_64bit_integers: 0 } as const;
  return (await client.query({ query, format: 'JSONEachRow', clickhouse_settings })).json<Row>();
}

function line(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(WIDTH)).join('');
}
