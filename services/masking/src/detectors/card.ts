import { endsCodeName } from '../clues.js';
import type { Search } from '../search.js';
import { type DigitGroup, isAlphanumeric, isDigit, standsAlone } from './digit-groups.js';

// Payment cards by issuer range, length and Luhn, in one piece or in the groups that are printed on
// them; and check codes beside them. It does NOT know which numbers were issued: one in ten numbers
// of that length and range passes. Lengths that few cards have are taken only with a word before.

interface Issuer {
  readonly prefix: RegExp;
  readonly lengths: readonly number[];
}

const issuers: readonly Issuer[] = [
  { prefix: /^4/, lengths: [16] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^(?:6011|64[4-9]|65)/, lengths: [16] },
  { prefix: /^(?:30[0-5]|3[689])/, lengths: [14] },
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { prefix: /^62/, lengths: [16] },
  { prefix: /^220[0-4]/, lengths: [16] },
  { prefix: /^(?:8[12]|508[5-9]|60)/, lengths: [16] },
];
const rareIssuers: readonly Issuer[] = [
  { prefix: /^4/, lengths: [13, 19] },
  { prefix: /^(?:5[06-8]|6)/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { prefix: /^3[05689]/, lengths: [16, 17, 18, 19] },
];

/** Sizes of printed groups; the last may be cut by the length of the card. */
const printed: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 4, 4, 3],
];
const ZERO = 0x30;
const fewestDigits = 12;
const mostDigits = 19;
const separators = new Set([' ', '\u00a0', '-'].map((character) => character.charCodeAt(0)));
const cardWord =
  /\b(?:card|pan|visa|master\s?card|maestro|amex|discover|jcb|unionpay|cc)\b[^\d]{0,20}$/i;
const codeWord = String.raw`(?:cvv|cvc|csc|cid|code)2?\W{0,4}`;
const between = String.raw`[\s,;|:/"'()-]{1,4}`;
const expiry = String.raw`(?:(?:exp\w{0,6}|valid|until)?[\s.:=,"']{0,4}(?:0[1-9]|1[0-2])\s?[/-]\s?`;
/** What may stand between a card and its code, which is the last group. */
const besideCard = new RegExp(
  String.raw`^${between}(?:${expiry}(?:20)?[2-4]\d${between}(?:${codeWord})?)|${codeWord})` +
    String.raw`(\d{3,4})(?!\d|[.,]\d)`,
  'i',
);
const codeName = /\b(?:cvv2?|cvc2?|csc|card (?:security|verification) code)\W{1,6}(?:is\W{1,3})?$/i;

/** Of all digits of [start, end), whatever stands between them. */
function passesLuhn(text: string, start: number, end: number): boolean {
  let sum = 0;
  let isDoubled = false;
  for (let at = end - 1; at >= start; at -= 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) continue;
    const digit = isDoubled ? 2 * (code - ZERO) : code - ZERO;
    sum += digit > 9 ? digit - 9 : digit;
    isDoubled = !isDoubled;
  }
  return sum % 10 === 0;
}

function isOf(issuers: readonly Issuer[], digits: string): boolean {
  for (const { prefix, lengths } of issuers) {
    if (lengths.includes(digits.length) && prefix.test(digits)) return true;
  }
  return false;
}

export function findCards(search: Search): void {
  for (const chain of search.numbers) {
    if (chain.digits >= fewestDigits) findInChain(search, chain.groups);
    for (const { start, end } of chain.groups) {
      const isCode = end - start === 3 || end - start === 4;
      if (isCode && isNamedCode(search, start)) search.add('card-code', start, end);
    }
  }
}

/** Codes that say of themselves what they are. */
function isNamedCode({ text }: Search, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && start - at < 7 && !isAlphanumeric(text.charCodeAt(at))) at -= 1;
  if (at === start - 1 || endsCodeName[text.charCodeAt(at)] !== 1) return false;
  return codeName.test(text.slice(Math.max(0, start - 48), start));
}

function findInChain(search: Search, groups: readonly DigitGroup[]): void {
  const { text } = search;
  for (let at = 0; at < groups.length; at += 1) {
    const taken = groupsOfCard(text, groups, at);
    if (taken === 0 || !isCard(search, groups.slice(at, at + taken))) continue;
    at += taken - 1;
    const { end: last = 0 } = groups[at] ?? {};
    search.add('card', groups[at - taken + 1]?.start ?? last, last);
    const behind = text.slice(last, last + 60);
    const code = behind === '' ? null : besideCard.exec(behind);
    if (code !== null) {
      const end = last + code[0].length;
      search.add('card-code', end - (code[1] ?? '').length, end);
    }
  }
}

/** How many groups from here on may be one card; 0: none. */
function groupsOfCard(text: string, groups: readonly DigitGroup[], at: number): number {
  const first = sizeOf(groups, at);
  if (first >= fewestDigits) return first <= mostDigits ? 1 : 0;
  const gap = first === 4 ? gapBehind(text, groups, at) : undefined;
  if (gap === undefined || !separators.has(gap)) return 0;
  let most = 0;
  for (const sizes of printed) if (isPrinted(text, groups, at, sizes)) most = sizes.length;
  return most;
}

/** The groups have these sizes, and one character parts them all. */
function isPrinted(
  text: string,
  groups: readonly DigitGroup[],
  at: number,
  sizes: readonly number[],
): boolean {
  const gap = gapBehind(text, groups, at);
  for (let index = 0; index < sizes.length; index += 1) {
    if (sizeOf(groups, at + index) !== sizes[index]) return false;
    if (index > 0 && gapBehind(text, groups, at + index - 1) !== gap) return false;
  }
  return true;
}

function sizeOf(groups: readonly DigitGroup[], at: number): number {
  const group = groups[at];
  return group === undefined ? 0 : group.end - group.start;
}

/** What parts a group from the next one; undefined where it is not one character. */
function gapBehind(text: string, groups: readonly DigitGroup[], at: number): number | undefined {
  const end = groups[at]?.end;
  if (end === undefined || groups[at + 1]?.start !== end + 1) return undefined;
  return text.charCodeAt(end);
}

function isCard(search: Search, groups: readonly DigitGroup[]): boolean {
  const { text } = search;
  const start = groups[0]?.start ?? 0;
  const end = groups.at(-1)?.end ?? 0;
  if (!passesLuhn(text, start, end) || !standsAlone(text, start, end)) return false;
  let digits = '';
  for (const group of groups) digits += text.slice(group.start, group.end);
  if (isOf(issuers, digits)) return true;
  return isOf(rareIssuers, digits) && cardWord.test(search.before(start, 40));
}
