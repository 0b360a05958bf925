import { codePointWidth } from './char-width.js';
import { layOut } from './printable.js';

/** As libpq has them: columns of the excerpt, and how near to its end the mark may come. */
const excerptCols = 60;
const rightMin = 10;

/**
 * The two lines `LINE n: …` and `^` below an error that names a character of the statement,
 * `position` counted from 1. Empty where the statement is shorter than that.
 */
export function errorPosition(statement: string, position: number): string[] {
  const chars = [...statement];
  const mark = position - 1;
  if (mark > chars.length) return [];
  const isEnd = (char: string | undefined) => char === '\n' || char === '\r';
  let from = mark;
  while (from > 0 && !isEnd(chars[from - 1])) from -= 1;
  let to = mark;
  while (to < chars.length && !isEnd(chars[to])) to += 1;
  const line = lineNumber(chars.slice(0, from));
  const shown = chars.slice(from, to).map((char) => (char === '\t' ? ' ' : char));
  const { first, last } = excerpt(shown.map(columns), mark - from);
  const before = `LINE ${line}: ${first > 0 ? '...' : ''}`;
  const text = shown.slice(first, last).join('');
  const indent = before.length + width(shown.slice(first, mark - from));
  const after = last < shown.length ? '...' : '';
  return [`${before}${layOut(text).lines.join('')}${after}`, `${' '.repeat(indent)}^`];
}

/** Of the characters of one line, those that fit: from `first` up to before `last`. */
function excerpt(widths: readonly number[], mark: number): { first: number; last: number } {
  const upTo = [0];
  for (const columnsOfOne of widths) upTo.push((upTo.at(-1) ?? 0) + columnsOfOne);
  const at = (index: number) => upTo[index] ?? 0;
  let first = 0;
  let last = widths.length;
  if (at(last) <= excerptCols) return { first, last };
  if (excerptCols >= at(mark) + rightMin) {
    while (at(last) > excerptCols) last -= 1;
    return { first, last };
  }
  while (at(mark) + rightMin < at(last)) last -= 1;
  while (at(last) - at(first) > excerptCols) first += 1;
  return { first, last };
}

function lineNumber(before: readonly string[]): number {
  let line = 1;
  for (const [index, char] of before.entries()) {
    if (char === '\r' || (char === '\n' && before[index - 1] !== '\r')) line += 1;
  }
  return line;
}

function columns(char: string): number {
  return codePointWidth(char.codePointAt(0) ?? 0) || 1;
}

/** Columns of the characters as they are written, escapes included. */
function width(chars: readonly string[]): number {
  return layOut(chars.join('')).width;
}
