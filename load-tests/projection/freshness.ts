import { setTimeout as delay } from 'node:timers/promises';
import { startProjector } from '@steno/projector';
import { DATABASE } from './sides.js';
import type { Sides } from './sides.js';
import { SESSIONS, Workload } from './workload.js';

const SECONDS = 30;
const COMMIT_MS = 20;
const PROBE_MS = 20;
const DEADLINE_MS = 60_000;

interface Commit {
  /** Commands of every session that are there when this one can be queried. */
  readonly ofEach: number;
  readonly at: number;
}

/** How long it takes from the commit of events until they can be queried. */
export async function measureFreshness(
  sides: Sides,
  eventsPerSecond: number,
  // Four characters, which its sessions have in their ids.
  boot = `b${String(eventsPerSecond / 100).padStart(3, '0')}`,
): Promise<{ text: string; p95Ms: number }> {
  const { log, client } = sides;
  const projector = startProjector({
    log,
    reader: { client, tenant: 'default' },
    database: DATABASE,
    onRetry: (error) => process.stderr.write(`${String(error)}\n`),
  });
  const workload = new Workload(boot);
  const perCommit = Math.round((eventsPerSecond * COMMIT_MS) / 2_000);
  const commits: Commit[] = [];
  const waits: number[] = [];
  const start = performance.now();
  const end = start + SECONDS * 1_000;
  let commands = 0;
  const appends = (async () => {
    for (let next = start; next < end; next += COMMIT_MS) {
      await delay(Math.max(0, next - performance.now()));
      await log.append('data', workload.commands(perCommit));
      commands += perCommit;
      // Sessions take turns; the last round counts when all of it is there.
      commits.push({ ofEach: Math.floor(commands / SESSIONS), at: performance.now() });
    }
  })();
  while (performance.now() < end || commits.length > 0) {
    const held = await commandsOfEach(sides, workload.streamNames);
    const now = performance.now();
    while (commits[0] !== undefined && commits[0].ofEach <= held) {
      waits.push(now - commits[0].at);
      commits.shift();
    }
    if (now > end + DEADLINE_MS) throw new Error(`${commits.length} commits were never there`);
    await delay(PROBE_MS);
  }
  await appends;
  await projector.stop();
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const figures = [0.5, 0.95, 0.99].map((share) => `p${share * 100} ${Math.round(at(share))} ms`);
  const rate = eventsPerSecond.toLocaleString('en');
  const text = `from commit to query, ${rate} events/s for ${SECONDS} s: ${figures.join(', ')}`;
  return { text, p95Ms: at(0.95) };
}

/**
 * How many commands of every session are there, whole: each is two events. Found by the key of the
 * table, or the question would take longer the more rows there are.
 */
async function commandsOfEach({ client }: Sides, streams: readonly string[]): Promise<number> {
  const result = await client.query({
    query: `SELECT toUInt32(if(count() < {sessions:UInt32}, 0, min(next))) AS held FROM
      (SELECT max(position) + 1 AS next FROM events
       WHERE tenant = 'default' AND stream IN {streams:Array(String)} GROUP BY stream)`,
    query_params: { streams, sessions: SESSIONS },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ held: number }>();
  return Math.floor((row?.held ?? 0) / 2);
}
