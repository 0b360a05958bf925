import { processTree } from './process-tree.js';

/** Processes of `steno up` by their command lines. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ['capture', /children\/capture/],
  ['projector', /children\/worker/],
  ['api', /children\/api/],
  ['clickhouse', /clickhouse-server/],
];

export const PART_NAMES = PARTS.map(([name]) => name);

export interface PartProcess {
  readonly part: string;
  readonly pid: number;
  /** User and system time that it has used. */
  readonly cpuSeconds: number;
}

/** What runs below a supervisor, without itself. */
export async function partsOf(supervisor: number): Promise<PartProcess[]> {
  const processes = await processTree(supervisor);
  return processes.flatMap(({ pid, command, cpuSeconds }) => {
    const part = PARTS.find(([, pattern]) => pattern.test(command))?.[0];
    return part === undefined ? [] : [{ part, pid, cpuSeconds }];
  });
}

/** Processor time until now, in seconds, by part. */
export async function cpuByPart(supervisor: number): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const { part, cpuSeconds } of await partsOf(supervisor)) {
    times.set(part, (times.get(part) ?? 0) + cpuSeconds);
  }
  return times;
}
