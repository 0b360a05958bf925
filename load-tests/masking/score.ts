import { findSensitive, type ValueType, valueTypes } from '@steno/masking';
import type { Row } from './corpus.js';

export interface Score {
  readonly labelled: number;
  readonly found: number;
  /** Found with the type and the borders that are labelled. */
  readonly right: number;
}

/** Types that a form or a checksum tells, which is what the figures are held for. */
export const structured: readonly ValueType[] = [
  'email',
  'phone',
  'card',
  'card-code',
  'iban',
  'national-id',
  'jwt',
  'cloud-key',
  'vcs-token',
  'private-key',
  'connection-string',
];

const everything: ReadonlySet<ValueType> = new Set(valueTypes);

export const recall = ({ right, labelled }: Score) => (labelled === 0 ? 1 : right / labelled);
export const precision = ({ right, found }: Score) => (found === 0 ? 1 : right / found);

/** Counts by type. A value that is found in part, too long or as another type is wrong twice. */
export function scoreRows(rows: readonly Row[]): Map<ValueType, Score> {
  const scores = new Map<ValueType, { labelled: number; found: number; right: number }>();
  for (const type of valueTypes) scores.set(type, { labelled: 0, found: 0, right: 0 });
  for (const row of rows) {
    const labelled = new Set(row.labels.map(nameOf));
    const found = findSensitive(row.text, everything, contextOf(row));
    for (const { type } of row.labels) add(scores.get(type), 'labelled');
    for (const finding of found) {
      add(scores.get(finding.type), 'found');
      if (labelled.has(nameOf(finding))) add(scores.get(finding.type), 'right');
    }
  }
  return scores;
}

/** Rows that are not found as labelled, for whoever improves a detector. */
export function misses(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const found = findSensitive(row.text, everything, contextOf(row));
    const wanted = row.labels.map(nameOf).join(' ');
    const got = found.map(nameOf).join(' ');
    if (wanted === got) return [];
    const cut = (list: readonly { type: ValueType; start: number; end: number }[]) =>
      list.map(({ type, start, end }) => `${type}:${row.text.slice(start, end)}`).join(' | ');
    const column = row.column === undefined ? '' : `[[${row.column}]] `;
    return [`${column}${row.text}\n    want ${cut(row.labels)}\n    got  ${cut(found)}`];
  });
}

export function sum(scores: ReadonlyMap<ValueType, Score>, types: readonly ValueType[]): Score {
  const total = { labelled: 0, found: 0, right: 0 };
  for (const type of types) {
    const { labelled, found, right } = scores.get(type) ?? total;
    total.labelled += labelled;
    total.found += found;
    total.right += right;
  }
  return total;
}

const contextOf = ({ column }: Row) => (column === undefined ? {} : { column });
const nameOf = ({ type, start, end }: { type: ValueType; start: number; end: number }) =>
  `${type}@${start}-${end}`;

function add(
  score: { labelled: number; found: number; right: number } | undefined,
  field: 'labelled' | 'found' | 'right',
): void {
  if (score !== undefined) score[field] += 1;
}
