/** A run of digits, as long as it goes. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

export function digitGroups(text: string): DigitGroup[] {
  const groups: DigitGroup[] = [];
  for (const match of text.matchAll(/\d+/g)) {
    groups.push({ start: match.index, end: match.index + match[0].length });
  }
  return groups;
}

/** Whether [start, end) stands by itself: no part of a word, a decimal or something hyphenated. */
export function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  return (
    !/[\p{L}\p{N}_]$|[\w.][-.+]$|^[-.+]$/u.test(before) && !/^[\p{L}\p{N}_]|^[-.]\w/u.test(after)
  );
}
