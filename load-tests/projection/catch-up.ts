import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startProjector } from '@steno/projector';
import type { EncodedBatch } from '@steno/sessions';
import { say } from '../postgres/environment.js';
import { DATABASE } from './sides.js';
import type { Sides } from './sides.js';

const PROBE_MS = 20;
/** Of /proc/PID/stat, user and system time in hundredths of a second; proc(5). */
const STAT_TIMES = [13, 14] as const;

interface CaughtUp {
  readonly perSecond: number;
  /** The processors' time for each event: of this process, and of ClickHouse with its merges. */
  readonly ownUs: number;
  readonly serverUs: number;
}

/** Brings a log into ClickHouse that is there already. */
export async function catchUp(
  sides: Sides,
  batches: readonly EncodedBatch[],
  events: number,
): Promise<CaughtUp> {
  const { log, client } = sides;
  for (const batch of batches) await log.append('data', batch);
  await sides.shipped();
  const ends = await log.end('data');
  const done = new Map<number, number>();
  // Not with the seconds that it takes to join those who share the partitions.
  let before: ReturnType<typeof used> | undefined;
  const projector = startProjector({
    log,
    reader: { client, tenant: 'default' },
    database: DATABASE,
    onRetry: (error) => say(String(error)),
    onResume: (topic) => {
      if (topic === 'data') before ??= used(sides);
    },
    onRange: ({ topic, partition, until }) => {
      if (topic === 'data') done.set(partition, until);
    },
  });
  const isBehind = () => [...ends].some(([partition, end]) => (done.get(partition) ?? 0) < end);
  while (isBehind()) await delay(PROBE_MS);
  const after = used(sides);
  await projector.stop();
  if (before === undefined) throw new Error('it never began');
  return {
    perSecond: (1_000 * events) / (after.time - before.time),
    ownUs: (after.own - before.own) / events,
    serverUs: (after.server - before.server) / events,
  };
}

/** The time, in milliseconds, and the processors' time of both until now, in microseconds. */
function used({ server }: Sides): { time: number; own: number; server: number } {
  const { user, system } = process.cpuUsage();
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(' ');
  const ofServer = STAT_TIMES.reduce((sum, at) => sum + Number(stat[at]) * 10_000, 0);
  return { time: performance.now(), own: user + system, server: ofServer };
}
