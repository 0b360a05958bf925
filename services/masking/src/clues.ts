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
  code: 256,
} as const;

/** Fewest digits, not parted by a letter, of anything that detectors of numbers look for. */
const fewestDigits = 6;
/** Shortest of the values that are found by their format. */
const shortestRun = 16;

const kind = {
  other: 0,
  letter: 1,
  digit: 2,
  mark: 3,
  at: 4,
  sets: 5,
  dash: 6,
  quote: 7,
  slash: 8,
  percent: 9,
};
const kinds = new Uint8Array(128);
function assign(characters: string, value: number): void {
  for (const character of characters) kinds[character.charCodeAt(0)] = value;
}
assign('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ', kind.letter);
assign('0123456789', kind.digit);
assign('_+.~', kind.mark);
assign('@', kind.at);
assign('=:', kind.sets);
assign('-', kind.dash);
assign("'", kind.quote);
assign('/', kind.slash);
assign('%', kind.percent);

/** The last characters of what names a code: cvv, cvc, csc, code, cvv2; "is" may follow. */
export const endsCodeName = new Uint8Array(128);
for (const character of 'vVcCeEsS2') endsCodeName[character.charCodeAt(0)] = 1;

const COLON = 0x3a;
const DASH = 0x2d;
const SPACE = 0x20;
const UNDERSCORE = 0x5f;

/** Gathers the clues of one text, of which it is told each UTF-16 unit or byte in its turn. */
export class Clues {
  found = 0;
  private digits = 0;
  private run = 0;
  private before = SPACE;
  /** The last letter or digit. */
  private last = 0;

  take(code: number): void {
    const is = code < 128 ? (kinds[code] as number) : kind.other;
    if (is === kind.letter) {
      this.digits = 0;
      this.goOn();
      this.last = code;
    } else if (is === kind.digit) {
      this.digits += 1;
      this.goOn();
      if (this.digits >= fewestDigits) this.found |= clue.digits;
      if (this.before !== this.last && endsCodeName[this.last] === 1) this.found |= clue.code;
      this.last = code;
    } else if (is === kind.other) this.run = 0;
    else this.takeMark(is);
    this.before = code;
  }

  private goOn(): void {
    this.run += 1;
    if (this.run === shortestRun) this.found |= clue.run;
  }

  private takeMark(is: number): void {
    const { before } = this;
    if (is === kind.sets || is === kind.at || is === kind.quote) {
      this.run = 0;
      if (is === kind.sets) this.found |= clue.assignment;
      else this.found |= is === kind.at ? clue.at : clue.quote;
      return;
    }
    this.goOn();
    // An @ may be written as %40.
    if (is === kind.percent) this.found |= clue.at;
    else if (is === kind.slash && before === COLON) this.found |= clue.scheme;
    else if (is === kind.dash) {
      if (before === DASH) this.found |= clue.dashes;
      else if (before !== this.last && before !== UNDERSCORE) this.found |= clue.flag;
    }
  }
}

export function cluesOf(text: string): number {
  const clues = new Clues();
  for (let at = 0; at < text.length; at += 1) clues.take(text.charCodeAt(at));
  return clues.found;
}
