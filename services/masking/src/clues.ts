/**
 * The prefilter: one pass over the characters that tells which detectors can possibly find
 * something. It is NOT a detector; it may say yes for nothing, never no for something.
 */
export const clue = {
  at: 1,
  digits: 2,
  run: 4,
  assignment: 8,
  flag: 16,
  scheme: 32,
  dashes: 64,
  quote: 128,
  digit: 256,
} as const;

/** Fewest digits, not parted by a letter, of anything that detectors of numbers look for. */
const fewestDigits = 6;
/** Shortest of the values that are found by their format. */
const shortestRun = 16;

const kind = { other: 0, letter: 1, digit: 2, mark: 3, at: 4, sets: 5, dash: 6, quote: 7 };
const kinds = new Uint8Array(128);
function assign(characters: string, value: number): void {
  for (const character of characters) kinds[character.charCodeAt(0)] = value;
}
assign('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', kind.letter);
assign('0123456789', kind.digit);
assign('_+/.~%', kind.mark);
assign('@', kind.at);
assign('=:', kind.sets);
assign('-', kind.dash);
assign("'", kind.quote);

const SLASH = 0x2f;
const COLON = 0x3a;
const DASH = 0x2d;
const SPACE = 0x20;

export function cluesOf(text: string): number {
  let clues = text.includes('%40') ? clue.at : 0;
  let digits = 0;
  let run = 0;
  let before = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const is = code < 128 ? kinds[code] : kind.other;
    if (is === kind.letter) {
      digits = 0;
      run += 1;
    } else if (is === kind.digit) {
      digits += 1;
      run += 1;
      clues |= digits >= fewestDigits ? clue.digits | clue.digit : clue.digit;
    } else if (is === kind.mark) {
      run += 1;
      if (code === SLASH && before === COLON) clues |= clue.scheme;
    } else if (is === kind.dash) {
      run += 1;
      if (before === DASH) clues |= clue.dashes;
      if (before <= SPACE) clues |= clue.flag;
    } else {
      run = 0;
      if (is === kind.sets) clues |= clue.assignment;
      else if (is === kind.at) clues |= clue.at;
      else if (is === kind.quote) clues |= clue.quote;
    }
    if (run === shortestRun) clues |= clue.run;
    before = code;
  }
  return clues;
}
