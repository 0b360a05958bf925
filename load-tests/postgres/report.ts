import { MODES, REFERENCES } from './options.js';
import type { LogKind, Mode, PathName } from './options.js';
import type { Load } from './pgbench.js';

/** What one run of pgbench measured. */
export interface Sample extends Load {
  readonly path: PathName;
  readonly tps: number;
  readonly p99Ms: number;
}

export interface Summary extends Load {
  readonly path: PathName;
  /** Transactions a second over the rounds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Median over the rounds of the p99 of each. */
  readonly p99Ms: number;
}

interface Bar {
  readonly path: PathName;
  readonly mode: Mode;
  readonly wanted: number;
  readonly stretch?: number;
}

const BAR_CLIENTS = 8;
const [BAR_REFERENCE] = REFERENCES;
const BARS: Readonly<Record<LogKind, readonly Bar[]>> = {
  embedded: [
    { path: 'steno-fast', mode: 'simple', wanted: 0.5, stretch: 0.6 },
    { path: 'steno-fast', mode: 'prepared', wanted: 0.4, stretch: 0.5 },
  ],
  kafka: [
    { path: 'steno-fast', mode: 'simple', wanted: 0.55, stretch: 0.75 },
    { path: 'steno-fast', mode: 'prepared', wanted: 0.45, stretch: 0.6 },
    { path: 'steno-strict', mode: 'simple', wanted: 0.35 },
    { path: 'steno-strict', mode: 'prepared', wanted: 0.35 },
  ],
};
/** What strict may add to the p99, against the way without anything between. */
const ADDED_P99_MS = 10;

export interface Judgement {
  readonly text: string;
  readonly missed: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new Error('no median of nothing');
  return (lower + upper) / 2;
}

/** One summary for each path under each load, in the order in which they first came. */
export function summarise(samples: readonly Sample[]): Summary[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = `${sample.mode} ${sample.clients} ${sample.path}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { path, mode, clients } = first;
    const tps = group.map((sample) => sample.tps);
    const [least, most] = [Math.min(...tps), Math.max(...tps)];
    const p99Ms = median(group.map((sample) => sample.p99Ms));
    return [{ path, mode, clients, median: median(tps), least, most, p99Ms }];
  });
}

/** A table for each load: a line for each path, with its ratio to those it is compared with. */
export function tables(summaries: readonly Summary[]): string {
  const loads = new Map(summaries.map((each) => [title(each), each]));
  const header = line([
    'path',
    'TPS',
    'least',
    'most',
    'p99 ms',
    ...REFERENCES.map((path) => `/ ${path}`),
  ]);
  return [...loads]
    .map(([name, load]) => {
      const rows = summaries.filter((each) => title(each) === name);
      const reference = REFERENCES.map((path) => find(rows, path, load)?.median);
      return [name, header, ...rows.map((row) => tableLine(row, reference))].join('\n');
    })
    .join('\n\n');
}

/** Each bar with what was reached. A bar that cannot be judged counts as missed. */
export function judge(summaries: readonly Summary[], log: LogKind): Judgement {
  const verdicts = [
    ...BARS[log].map((bar) => judgeRatio(summaries, bar)),
    ...(log === 'kafka' ? [judgeAdded(summaries)] : []),
  ];
  const head = `TPS / TPS(${BAR_REFERENCE}), ${BAR_CLIENTS} clients`;
  const missed = verdicts.filter(({ isReached }) => !isReached).length;
  return { text: [head, ...verdicts.map(({ text }) => text)].join('\n'), missed };
}

interface Verdict {
  readonly text: string;
  readonly isReached: boolean;
}

function judgeRatio(summaries: readonly Summary[], { path, mode, wanted, stretch }: Bar): Verdict {
  const load = { mode, clients: BAR_CLIENTS };
  const ours = find(summaries, path, load)?.median;
  const theirs = find(summaries, BAR_REFERENCE, load)?.median;
  const reached = ours === undefined || theirs === undefined ? undefined : ours / theirs;
  const verdict = (bar: number) =>
    reached === undefined ? 'NOT JUDGED' : reached >= bar ? 'PASS' : 'MISSED';
  const further = stretch === undefined ? '' : `stretch ${ratio(stretch)}: ${verdict(stretch)}`;
  const first = `${path.padEnd(14)}${mode.padEnd(10)}${ratio(reached).padStart(6)}   `;
  const text = `${first}bar ${ratio(wanted)}: ${verdict(wanted).padEnd(12)}${further}`.trimEnd();
  return { text, isReached: verdict(wanted) === 'PASS' };
}

/** The worse of both modes counts. */
function judgeAdded(summaries: readonly Summary[]): Verdict {
  const added = MODES.map((mode) => {
    const load = { mode, clients: BAR_CLIENTS };
    const ours = find(summaries, 'steno-strict', load)?.p99Ms;
    const theirs = find(summaries, 'direct', load)?.p99Ms;
    return ours === undefined || theirs === undefined ? Number.NaN : ours - theirs;
  });
  const worst = Math.max(...added);
  const isReached = worst < ADDED_P99_MS;
  const verdict = Number.isNaN(worst) ? 'NOT JUDGED' : isReached ? 'PASS' : 'MISSED';
  const what = `steno-strict adds to direct's p99 ${worst.toFixed(1)} ms`;
  return { text: `${what}   bar ${ADDED_P99_MS} ms: ${verdict}`, isReached };
}

function tableLine(row: Summary, references: readonly (number | undefined)[]): string {
  const ratios = references.map((tps) => ratio(tps === undefined ? undefined : row.median / tps));
  const cells = [row.median, row.least, row.most].map(whole);
  return line([row.path, ...cells, row.p99Ms.toFixed(2), ...ratios]);
}

function find(summaries: readonly Summary[], path: PathName, load: Load): Summary | undefined {
  return summaries.find((each) => each.path === path && title(each) === title(load));
}

function title({ mode, clients }: Load): string {
  return `${mode}, ${clients} ${clients === 1 ? 'client' : 'clients'}`;
}

function line([first = '', ...rest]: readonly string[]): string {
  return first.padEnd(14) + rest.map((cell) => cell.padStart(13)).join('');
}

/** Cut, not rounded: 0.4999 has not reached 0.50. */
function ratio(value: number | undefined): string {
  return value === undefined ? '-' : (Math.floor(value * 100 + 1e-9) / 100).toFixed(2);
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
