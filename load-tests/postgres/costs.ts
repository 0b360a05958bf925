import { PART_NAMES } from './parts.js';
import type { Load } from './pgbench.js';
import { median, whole } from './report.js';

/** Processor time of Steno's processes while one run went on. */
export interface Cost extends Load {
  readonly path: string;
  /** Microseconds for each command, by process. */
  readonly us: ReadonlyMap<string, number>;
}

/** Of what was used between two looks, for each of so many commands. */
export function costOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  commands: number,
): ReadonlyMap<string, number> {
  const entries = [...after].map(([part, seconds]): [string, number] => {
    return [part, (1e6 * (seconds - (before.get(part) ?? 0))) / commands];
  });
  return new Map(entries);
}

/** Medians over the runs of one load, a line for each load. */
export function costTable(costs: readonly Cost[]): string[] {
  if (costs.length === 0) return [];
  const loads = new Map(costs.map((cost) => [titleOf(cost), cost]));
  const lines = [...loads.keys()].map((title) => {
    const runs = costs.filter((cost) => titleOf(cost) === title);
    const cells = PART_NAMES.map((part) =>
      whole(median(runs.map(({ us }) => us.get(part) ?? Number.NaN))),
    );
    return title.padEnd(36) + cells.map((cell) => cell.padStart(12)).join('');
  });
  const head = 'processor time for each command, us'.padEnd(36);
  return [[head + PART_NAMES.map((part) => part.padStart(12)).join(''), ...lines].join('\n')];
}

function titleOf({ path, mode, clients }: Cost): string {
  return `${path}, ${mode}, ${clients} ${clients === 1 ? 'client' : 'clients'}`;
}
