import { Clues } from './clues.js';
import { cluesFor } from './find.js';
import { maskingLimits } from './limits.js';
import { meaningOfName, type NameMeaning } from './names.js';
import type { ValueType } from './value-types.js';

/** What a first look at a value says: nothing is found in it, it is one as a whole, or neither. */
export type Glanced = 'nothing' | 'whole' | 'unsure';

const asciiEnd = 128;
const space = 0x20;
const dash = 0x2d;
const at = 0x40;
const openingBrace = 0x7b;
const openingBracket = 0x5b;
/** Shorter ones may be words for nothing. */
const fewestBytes = 11;
const mostBytes = 255;
/** Where a date has its first dash. */
const yearBytes = 4;
/** Of most cards, and how they are printed. */
const cardDigits = 16;
const printedBytes = 19;
const groupDigits = 4;
const zero = 0x30;
/** Their values can be told by a count of their characters. */
const simple: ReadonlySet<ValueType> = new Set(['email', 'phone', 'card'] as const);

const letters = 'abcdefghijklmnopqrstuvwxyz';
const all = `${letters}${letters.toUpperCase()}0123456789`;
/** With these, neither space nor JSON nor tokens begin, and few placeholders. */
const opens = tableOf(`${all}+(`);
/** What a shape, as masking leaves it, has none of. */
const shows = tableOf(all.replaceAll(/[xX0]/g, ''));
/** How placeholders begin, and addresses that are none. */
const others = ['git@', 'process.env', 'os.environ', 'env.', 'var.', 'secrets.'];
const opensOther = tableOf(others.map((other) => other.charAt(0)).join(''));
const otherStarts = others.map((other) => Buffer.from(other));

/** A look at values of these types, by the name that they stand under. */
export class Glances {
  private readonly clues: number;

  constructor(private readonly types: ReadonlySet<ValueType>) {
    this.clues = cluesFor(types);
  }

  of(name: string | undefined): Glance {
    const meaning = name === undefined ? undefined : meaningOfName(name);
    const isMeant = meaning !== undefined && this.types.has(meaning.type);
    const bare = this.types.has('card') ? 'card' : undefined;
    return new Glance(isMeant ? meaning : undefined, this.clues, bare);
  }
}

/**
 * A look at the bytes of values that have one name, so that most need not become texts. It is NOT a
 * detector: where `findSensitive` might say anything else it is unsure.
 */
export class Glance {
  /** Of values that are whole. */
  readonly type: ValueType | undefined;

  /** `bare`: what is known without a name, if that is masked. */
  constructor(
    private readonly meaning: NameMeaning | undefined,
    private readonly clues: number,
    bare: 'card' | undefined,
  ) {
    const isSimple = meaning?.when === 'fits' && simple.has(meaning.type);
    this.type = meaning === undefined ? bare : isSimple ? meaning.type : undefined;
  }

  at(bytes: Uint8Array, start: number, end: number): Glanced {
    if (this.meaning === undefined) {
      if (!this.hasClue(bytes, start, end)) return 'nothing';
      return this.type !== undefined && isPlainCard(bytes, start, end) ? 'whole' : 'unsure';
    }
    return this.isWhole(bytes, start, end) ? 'whole' : 'unsure';
  }

  private hasClue(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start] as number;
    if (first <= space || first === openingBrace || first === openingBracket) return true;
    if (end - start > maskingLimits.valueLength) return true;
    const clues = new Clues();
    for (let index = start; index < end; index += 1) clues.take(bytes[index] as number);
    return (clues.found & this.clues) !== 0;
  }

  private isWhole(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start] as number;
    const length = end - start;
    if (this.type === undefined || length < fewestBytes || length > mostBytes) return false;
    if (opens[first] !== 1 || (bytes[end - 1] as number) <= space) return false;
    if (opensOther[first] === 1 && startsOther(bytes, start)) return false;
    let digits = 0;
    let ofWords = 0;
    let signs = 0;
    let shown = 0;
    for (let index = start; index < end; index += 1) {
      const code = bytes[index] as number;
      if (code >= asciiEnd) return false;
      shown |= shows[code] as number;
      if (code >= 0x30 && code <= 0x39) digits += 1;
      else if (code === at) signs += 1;
      else if (code > at) ofWords += 1;
    }
    if (shown === 0) return false;
    if (this.type === 'email') return signs > 0;
    if (ofWords > 0) return false;
    if (this.type === 'card') return digits >= 12 && digits <= 19;
    return digits >= 6 && digits <= 18 && bytes[start + yearBytes] !== dash;
  }
}

/** A card of Visa or Mastercard, and nothing else, in one piece or as it is printed. */
function isPlainCard(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length !== cardDigits && length !== printedBytes) return false;
  const first = (bytes[start] as number) - zero;
  const second = (bytes[start + 1] as number) - zero;
  if (first !== 4 && (first !== 5 || second < 1 || second > 5)) return false;
  const gap = length === cardDigits ? undefined : bytes[start + groupDigits];
  if (gap !== undefined && gap !== space && gap !== dash) return false;
  let sum = 0;
  for (let digits = 0, at = start; at < end; at += 1) {
    if (gap !== undefined && (at - start) % (groupDigits + 1) === groupDigits) {
      if (bytes[at] !== gap) return false;
      continue;
    }
    const digit = (bytes[at] as number) - zero;
    if (digit < 0 || digit > 9) return false;
    // Luhn's sum: of 16 digits each second one from the first on is doubled.
    const doubled = digits % 2 === 0 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
    digits += 1;
  }
  return sum % 10 === 0;
}

function startsOther(bytes: Uint8Array, start: number): boolean {
  return otherStarts.some((other) => other.every((code, index) => bytes[start + index] === code));
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(asciiEnd);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
