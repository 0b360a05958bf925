import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EmbeddedLog } from '@steno/event-log/embedded';
import { makeStoreClient, migrate, startEmbeddedStore } from '@steno/event-store';
import type { EmbeddedStore, StoreReader } from '@steno/event-store';
import { startProjector } from '@steno/projector';
import { measureStages } from './stages.js';
import { Workload } from './workload.js';

// How fast the projector puts a log into ClickHouse that is there already, and how soon after its
// commit an event can be queried.

const RESULTS = fileURLToPath(new URL('../../projection/results.txt', import.meta.url));
const EVENTS = 200_000;
const STAGE_EVENTS = 20_000;
const COMMANDS_PER_COMMIT = 25;
const LIVE_EVENTS_PER_SECOND = 500;
const LIVE_COMMIT_MS = 20;
const LIVE_SECONDS = 30;
const PROBE_MS = 20;
/** Of /proc/PID/stat, user and system time in hundredths of a second; proc(5). */
const STAT_TIMES = [13, 14] as const;
const RETENTION = { eventsDays: 0, contentDays: 0 };
const DATABASE = 'steno';

interface Parts {
  readonly log: EmbeddedLog;
  readonly server: EmbeddedStore;
  readonly client: StoreReader['client'];
}

/** Runs a projector until it has done all that the log holds at the end of `during`. */
async function projectWhile({ log, client }: Parts, during: () => Promise<void>): Promise<void> {
  let done = 0;
  const projector = startProjector({
    log,
    reader: { client, tenant: 'default' },
    database: DATABASE,
    onRetry: (error) => {
      process.stderr.write(`${String(error)}\n`);
    },
    onRange: ({ topic, until }) => {
      if (topic === 'data') done = until;
    },
    onResume: (topic, checkpoint) => {
      if (topic === 'data') done = checkpoint.get(0) ?? 0;
    },
  });
  await during();
  const end = (await log.end('data')).get(0) ?? 0;
  while (done < end) await delay(PROBE_MS);
  await projector.stop();
}

async function catchUp(parts: Parts): Promise<string[]> {
  const workload = new Workload('a000');
  const eventsPerCommit = 2 * COMMANDS_PER_COMMIT;
  for (let events = 0; events < EVENTS; events += eventsPerCommit) {
    await parts.log.append('data', workload.commands(COMMANDS_PER_COMMIT));
  }
  const before = { time: performance.now(), own: process.cpuUsage(), server: serverCpu(parts) };
  await projectWhile(parts, () => Promise.resolve());
  const seconds = (performance.now() - before.time) / 1000;
  const { user, system } = process.cpuUsage(before.own);
  const server = (serverCpu(parts) - before.server) / EVENTS;
  return [
    `catch-up, ${EVENTS} events with as many pieces of content:`,
    `  events/s                     ${Math.round(EVENTS / seconds)}`,
    `  processor, projector         ${((user + system) / EVENTS).toFixed(1)} us an event`,
    `  processor, ClickHouse        ${server.toFixed(1)} us an event, merges included`,
  ];
}

/** Microseconds. */
function serverCpu({ server }: Parts): number {
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(' ');
  return STAT_TIMES.reduce((sum, at) => sum + Number(stat[at]) * 10_000, 0);
}

async function freshness(parts: Parts): Promise<string[]> {
  const { log } = parts;
  const workload = new Workload('b000');
  const commits: { readonly offset: number; readonly at: number }[] = [];
  const waits: number[] = [];
  const commands = (LIVE_EVENTS_PER_SECOND * LIVE_COMMIT_MS) / 2000;
  await projectWhile(parts, async () => {
    const start = performance.now();
    const end = start + LIVE_SECONDS * 1000;
    const appends = (async () => {
      for (let next = start; next < end; next += LIVE_COMMIT_MS) {
        await delay(Math.max(0, next - performance.now()));
        await log.append('data', workload.commands(commands));
        const offset = ((await log.end('data')).get(0) ?? 0) - 1;
        commits.push({ offset, at: performance.now() });
      }
    })();
    while (performance.now() < end || commits.length > 0) {
      const held = await lastOffset(parts);
      const now = performance.now();
      while (commits[0] !== undefined && commits[0].offset <= held) {
        waits.push(now - commits[0].at);
        commits.shift();
      }
      await delay(PROBE_MS);
    }
    await appends;
  });
  const sorted = Float64Array.from(waits).sort();
  const at = (share: number): string =>
    String(Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN)).padStart(6);
  return [
    `from commit to query, ${LIVE_EVENTS_PER_SECOND} events/s for ${LIVE_SECONDS} s:`,
    `  p50 ${at(0.5)} ms`,
    `  p95 ${at(0.95)} ms`,
    `  p99 ${at(0.99)} ms`,
  ];
}

async function lastOffset({ client }: Parts): Promise<number> {
  const result = await client.query({
    query: "SELECT toUInt32(max(log_offset)) AS held FROM events WHERE topic = 'data'",
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ held: number }>();
  return row?.held ?? -1;
}

function stages(): string[] {
  const workload = new Workload('c000');
  const count = STAGE_EVENTS / (2 * COMMANDS_PER_COMMIT);
  const batches = Array.from({ length: count }, () => workload.commands(COMMANDS_PER_COMMIT));
  const { batch, columns, hash, rows } = measureStages(batches, STAGE_EVENTS);
  const line = (name: string, value: number): string =>
    `  ${name.padEnd(29)}${value.toFixed(1).padStart(5)}`;
  return [
    'of which, us an event:',
    line('records of a batch', batch),
    line('columns of the envelope', columns),
    line('hash', hash),
    line('rows', rows),
  ];
}

async function bench(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'steno-projection-'));
  const [before = 0] = loadavg();
  const server = await startEmbeddedStore({ directory: join(directory, 'store') });
  const log = new EmbeddedLog({ directory: join(directory, 'log'), readOnly: false });
  const root = makeStoreClient({ ...server, database: 'default' });
  const client = makeStoreClient({ ...server, database: DATABASE });
  try {
    await migrate(root, DATABASE, RETENTION);
    const parts = { log, server, client };
    const measured = [...(await catchUp(parts)), ...stages(), '', ...(await freshness(parts))];
    const [after = 0] = loadavg();
    return [
      'The projector between an embedded log and an embedded ClickHouse on one machine.',
      `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ` +
        `${cpus().length} cores, load ${before.toFixed(1)} before and ${after.toFixed(1)} after, ` +
        `Node ${process.versions.node}`,
      '',
      ...measured,
    ].join('\n');
  } finally {
    await Promise.all([root.close(), client.close()]);
    await log.close();
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const report = await bench();
process.stdout.write(`${report}\n`);
if (values.keep) await writeFile(RESULTS, `${report}\n`);
