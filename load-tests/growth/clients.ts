import { mkdir } from 'node:fs/promises';
import { say, startPaths } from '../postgres/environment.js';
import type { Path } from '../postgres/environment.js';
import { runPgbench } from '../postgres/pgbench.js';
import { processTree } from '../postgres/process-tree.js';
import type { Cleanup } from '../postgres/processes.js';
import { median, whole } from '../postgres/report.js';
import type { Steno } from '../postgres/steno.js';
import { askStore } from '../postgres/store-query.js';

const ROUNDS = 3;
const SECONDS = 5;
const WARM_UP = { seconds: 10, clients: 8 };
const MODE = 'simple';
const PATHS = ['direct', 'steno-fast', 'steno-strict'] as const;
const WIDTH = 14;

interface Point {
  readonly tps: number;
  readonly p99Ms: number;
  /** Processor time of all of Steno but the broker, while it ran. */
  readonly ownUs: number;
}

/** One table: throughput, latency and the processor's time for each command, by clients. */
export async function growByClients(
  directory: string,
  clients: readonly number[],
  cleanup: Cleanup,
): Promise<string> {
  await mkdir(directory);
  const { paths } = await startPaths(
    { paths: PATHS, log: 'kafka', profile: undefined },
    directory,
    cleanup,
  );
  for (const path of paths) await measure(path, WARM_UP.clients, WARM_UP.seconds);
  const lines = [
    `pgbench -S, ${MODE}, medians of ${ROUNDS} x ${SECONDS} s, paths in turn; ` +
      'a command is two events',
    line(['', ...PATHS.flatMap((path) => [path, '']), '']),
    line(['clients', ...PATHS.flatMap(() => ['TPS', 'p99 ms']), 'fast, us']),
  ];
  for (const count of clients) {
    const points = new Map(paths.map((path): [Path, Point[]] => [path, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [path, ofPath] of points) ofPath.push(await measure(path, count, SECONDS));
    }
    const medians = [...points.values()].map(medianOf);
    const cells = medians.flatMap(({ tps, p99Ms }) => [whole(tps), p99Ms.toFixed(2)]);
    lines.push(line([String(count), ...cells, whole(medians[1]?.ownUs ?? Number.NaN)]));
    say(lines.at(-1) ?? '');
  }
  lines.push('(us: processor time of Steno, ClickHouse included, for each command meanwhile)');
  const steno = paths.find(({ recorder }) => recorder !== undefined)?.recorder?.steno;
  if (steno !== undefined) lines.push('', ...(await bytesOfEvents(steno)));
  return lines.join('\n');
}

function medianOf(points: readonly Point[]): Point {
  const of = (figure: keyof Point) => median(points.map((point) => point[figure]));
  return { tps: of('tps'), p99Ms: of('p99Ms'), ownUs: of('ownUs') };
}

async function measure(path: Path, clients: number, seconds: number): Promise<Point> {
  const steno = path.recorder?.steno;
  const before = await cpuSeconds(steno);
  const run = await runPgbench(path.endpoint, { mode: MODE, clients }, seconds);
  const used = (await cpuSeconds(steno)) - before;
  await steno?.untilQuiet();
  return { tps: run.tps, p99Ms: run.p99Ms, ownUs: (1e6 * used) / run.transactions };
}

async function cpuSeconds(steno: Steno | undefined): Promise<number> {
  if (steno === undefined) return 0;
  return (await processTree(steno.pid)).reduce((sum, each) => sum + each.cpuSeconds, 0);
}

/** What the store holds of all that, table by table. */
async function bytesOfEvents({ store }: Steno): Promise<string[]> {
  const [counted] = await askStore<{ events: number }>(
    store,
    'SELECT count() AS events FROM steno.events',
  );
  const events = counted?.events ?? Number.NaN;
  const tables = await askStore<{ table: string; size: number }>(
    store,
    `SELECT table, toUInt64(sum(bytes_on_disk)) AS size FROM system.parts
     WHERE active AND database = 'steno' GROUP BY table ORDER BY size DESC`,
  );
  const apart = tables.filter(({ table }) => table !== 'content');
  const bytes = apart.reduce((sum, { size }) => sum + size, 0) / events;
  const shares = tables.map(({ table, size }) => `${table} ${(size / events).toFixed(1)}`);
  return [
    `bytes on disk for each of ${whole(events)} events, content apart: ${bytes.toFixed(1)}, ` +
      `bar 110: ${bytes <= 110 ? 'PASS' : 'MISSED'}`,
    `  ${shares.join(', ')}`,
  ];
}

function line(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(WIDTH)).join('');
}
