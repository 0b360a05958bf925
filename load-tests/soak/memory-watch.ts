import { PART_NAMES, partsOf } from '../postgres/parts.js';
import { memoryOf } from '../postgres/process-tree.js';

/** How the memory of one process was, in bytes, without mapped files. */
export interface MemoryCourse {
  readonly name: string;
  /** Mean of the second quarter of the time, when it is warm. */
  readonly before: number;
  /** Mean of the last quarter. */
  readonly after: number;
  readonly growth: number;
}

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
    return PART_NAMES.map((name) => courseOf(name, this.#samples.get(name) ?? []));
  }

  async #look(): Promise<void> {
    for (const { pid, part } of await partsOf(this.supervisor)) {
      const { resident, file } = await memoryOf(pid);
      const samples = this.#samples.get(part) ?? [];
      this.#samples.set(part, samples);
      samples.push(resident - file);
    }
  }
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
