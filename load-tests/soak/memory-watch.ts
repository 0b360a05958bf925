import { memoryOf, processTree } from '../postgres/process-tree.js';
import type { ProcessInfo } from '../postgres/process-tree.js';

/** How the memory of one process was, in bytes, without mapped files. */
export interface MemoryCourse {
  readonly name: string;
  /** Mean of the second quarter of the time, when it is warm. */
  readonly before: number;
  /** Mean of the last quarter. */
  readonly after: number;
  readonly growth: number;
}

const NAMES: readonly (readonly [string, RegExp])[] = [
  ['capture', /children\/capture/],
  ['projector', /children\/worker/],
  ['api', /children\/api/],
  ['clickhouse', /clickhouse-server/],
];

/** Looks at the processes of one `steno up` at intervals. */
export class MemoryWatch {
  readonly #samples = new Map<string, number[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly supervisor: number,
    intervalMs: number,
  ) {
    this.#timer = setInterval(() => void this.#look(), intervalMs);
  }

  stop(): readonly MemoryCourse[] {
    clearInterval(this.#timer);
    return NAMES.map(([name]) => courseOf(name, this.#samples.get(name) ?? []));
  }

  async #look(): Promise<void> {
    for (const { pid, command } of await processTree(this.supervisor)) {
      const name = nameOf({ command });
      if (name === undefined) continue;
      const { resident, file } = await memoryOf(pid);
      const samples = this.#samples.get(name) ?? [];
      this.#samples.set(name, samples);
      samples.push(resident - file);
    }
  }
}

function nameOf({ command }: Pick<ProcessInfo, 'command'>): string | undefined {
  return NAMES.find(([, pattern]) => pattern.test(command))?.[0];
}

/** Of samples at equal distances. */
export function courseOf(name: string, samples: readonly number[]): MemoryCourse {
  const quarter = Math.floor(samples.length / 4);
  const before = mean(samples.slice(quarter, 2 * quarter));
  const after = mean(samples.slice(samples.length - quarter));
  return { name, before, after, growth: after / before - 1 };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
