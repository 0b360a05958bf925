import type { Outcome } from './judge.js';

/** A drill that was done, or could not be. */
export interface Result {
  readonly fault: string;
  readonly outcome: Outcome | undefined;
  /** What went otherwise than it should, one sentence each. */
  readonly problems: readonly string[];
  readonly skipped: string | undefined;
  /** How long its steps took. */
  readonly took: string;
}

const HEADERS = ['fault', 'acknowledged', 'lost', 'in the window', 'duplicated', 'unflagged'];

/** Whether nothing was lost, repeated or hidden, and all went as it should. */
export function hasPassed({ outcome, problems }: Result): boolean {
  if (problems.length > 0) return false;
  if (outcome === undefined) return true;
  const { lost, duplicated, unflagged, falselyFlagged } = outcome;
  return lost + duplicated + unflagged + falselyFlagged === 0;
}

export function verdictOf(result: Result): string {
  if (result.skipped !== undefined) return `skipped: ${result.skipped}`;
  if (hasPassed(result)) return 'pass';
  const falsely = result.outcome?.falselyFlagged ?? 0;
  const reasons = [...result.problems];
  if (falsely > 0) reasons.push(`${falsely} sessions said to have holes have none`);
  return reasons.length === 0 ? 'FAIL' : `FAIL: ${reasons.join('; ')}`;
}

/** Aligned text, a line a drill. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => [...cells(result), verdictOf(result)]);
  const all = [[...HEADERS, 'verdict'], ...rows];
  const widths = HEADERS.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const aligned = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return all.map((row) => row.map(aligned).join('  ')).join('\n');
}

function cells({ fault, outcome }: Result): string[] {
  if (outcome === undefined) return [fault, ...HEADERS.slice(1).map(() => '-')];
  const { acknowledged, lost, inWindow, duplicated, unflagged } = outcome;
  return [fault, ...[acknowledged, lost, inWindow, duplicated, unflagged].map(String)];
}
