import { edits } from '../ui/edits.js';

/** A line of a file, with its number in each of two versions of it. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new';
  readonly text: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Lines that are the same in both and are not shown. */
export interface Fold {
  readonly kind: 'fold';
  readonly lines: readonly DiffLine[];
}

const mostEdits = 1000;
const around = 3;

/** What was changed from one text to another, line by line. */
export function lineDifference(before: string, after: string): readonly DiffLine[] {
  let [earlier, later] = [0, 0];
  return edits(linesOf(before), linesOf(after), mostEdits).map(({ kind, text }) => {
    if (kind !== 'new') earlier += 1;
    if (kind !== 'gone') later += 1;
    return {
      kind,
      text,
      before: kind === 'new' ? undefined : earlier,
      after: kind === 'gone' ? undefined : later,
    };
  });
}

/** Leaves out what is far from any change. */
export function folded(lines: readonly DiffLine[]): readonly (DiffLine | Fold)[] {
  const isNear = nearChanges(lines);
  const shown: (DiffLine | Fold)[] = [];
  let hidden: DiffLine[] = [];
  const flush = (): void => {
    // One line that is left out takes as much room as it spares.
    if (hidden.length > 1) shown.push({ kind: 'fold', lines: hidden });
    else shown.push(...hidden);
    hidden = [];
  };
  for (const [index, line] of lines.entries()) {
    if (isNear[index] !== true) {
      hidden.push(line);
      continue;
    }
    flush();
    shown.push(line);
  }
  flush();
  return shown;
}

function nearChanges(lines: readonly DiffLine[]): readonly boolean[] {
  const near = lines.map(() => false);
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    const to = Math.min(lines.length - 1, index + around);
    for (let at = Math.max(0, index - around); at <= to; at += 1) near[at] = true;
  }
  return near;
}

/** A line break at the end begins no line. */
function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  return text.replace(/\r?\n$/, '').split(/\r?\n/);
}
