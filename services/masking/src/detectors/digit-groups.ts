/** A run of digits, as long as it goes. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
}

/** Groups that are parted by no more than number writing does: spaces, dots, dashes, brackets. */
export interface NumberChain {
  readonly groups: readonly DigitGroup[];
  readonly start: number;
  readonly end: number;
  readonly digits: number;
}

const SPACE = 0x20;
const longestGap = 3;
const inGap = new Uint8Array(0xa1);
for (const character of ' .-/()\u00a0') inGap[character.charCodeAt(0)] = 1;
export const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

export function numberChains(text: string): NumberChain[] {
  const chains: NumberChain[] = [];
  let groups: DigitGroup[] = [];
  let digits = 0;
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (!isDigit(text.charCodeAt(at))) continue;
    if (digits > 0 && !isGap(text, end, at)) {
      chains.push(chainOf(groups, digits));
      groups = [];
      digits = 0;
    }
    const start = at;
    while (isDigit(text.charCodeAt(at))) at += 1;
    end = at;
    groups.push({ start, end });
    digits += end - start;
  }
  if (digits > 0) chains.push(chainOf(groups, digits));
  return chains;
}

function chainOf(groups: readonly DigitGroup[], digits: number): NumberChain {
  const start = groups[0]?.start ?? 0;
  return { groups, digits, start, end: groups[groups.length - 1]?.end ?? start };
}

function isGap(text: string, from: number, to: number): boolean {
  if (to - from > longestGap) return false;
  for (let at = from; at < to; at += 1) {
    if (inGap[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

export const isAlphanumeric = (code: number) => isDigit(code) || isLetter(code);

/** Whether a chain begins as a date does; more than times of day seldom follows. */
export function startsWithDate(text: string, { groups }: NumberChain): boolean {
  const [year, month, day] = groups;
  if (year === undefined || text[year.end] !== '-') return false;
  return digitsIn(year) === 4 && digitsIn(month) === 2 && digitsIn(day) === 2;
}

const digitsIn = (group: DigitGroup | undefined) => (group ? group.end - group.start : 0);

/** Whether [start, end) stands by itself: no part of a word, a decimal or something hyphenated. */
export function standsAlone(text: string, start: number, end: number): boolean {
  if (isOpen(text, start - 1) && isOpen(text, end)) return true;
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  return (
    !/[\p{L}\p{N}_]$|[\w.][-.+]$|^[-.+]$/u.test(before) && !/^[\p{L}\p{N}_]|^[-.]\w/u.test(after)
  );
}

/** Neither text nor anything but a space stands there. */
function isOpen(text: string, at: number): boolean {
  return at < 0 || at >= text.length || text.charCodeAt(at) === SPACE;
}
