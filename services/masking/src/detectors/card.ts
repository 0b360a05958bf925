import type { Search } from '../search.js';
import { type DigitGroup, standsAlone } from './digit-groups.js';

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
const fewestDigits = 12;
const separator = /^[ \u00a0-]$/;
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

export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 0x30;
    const doubled = at % 2 === 1 ? 2 * digit : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const issues = (list: readonly Issuer[], digits: string) =>
  list.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits));

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
  while (at >= 0 && start - at < 7 && !/[A-Za-z0-9]/.test(text.charAt(at))) at -= 1;
  // The last letters of what may stand before a code; "is" stands between at times.
  if (!'vVcCeEsS2'.includes(text.charAt(at)) || at === start - 1) return false;
  return codeName.test(text.slice(Math.max(0, start - 48), start));
}

function findInChain(search: Search, groups: readonly DigitGroup[]): void {
  const { text } = search;
  for (let at = 0; at < groups.length; at += 1) {
    const taken = groupsOfCard(text, groups, at);
    const last = groups[at + taken - 1];
    const start = groups[at]?.start;
    if (taken === 0 || last === undefined || start === undefined) continue;
    if (!isCard(search, start, last.end)) continue;
    search.add('card', start, last.end);
    const code = besideCard.exec(text.slice(last.end, last.end + 60));
    if (code !== null) {
      const end = last.end + code[0].length;
      search.add('card-code', end - (code[1] ?? '').length, end);
    }
    at += taken - 1;
  }
}

/** How many groups from here on may be one card; 0: none. */
function groupsOfCard(text: string, groups: readonly DigitGroup[], at: number): number {
  const size = (index: number) => {
    const group = groups[index];
    return group === undefined ? 0 : group.end - group.start;
  };
  if (size(at) >= 12) return size(at) <= 19 ? 1 : 0;
  if (size(at) !== 4) return 0;
  const gap = text.slice(groups[at]?.end, groups[at + 1]?.start);
  if (!separator.test(gap)) return 0;
  const fits = (sizes: readonly number[]) =>
    sizes.every(
      (wanted, index) =>
        size(at + index) === wanted &&
        (index === 0 || text.slice(groups[at + index - 1]?.end, groups[at + index]?.start) === gap),
    );
  return printed.findLast(fits)?.length ?? 0;
}

function isCard(search: Search, start: number, end: number): boolean {
  const { text } = search;
  const digits = text.slice(start, end).replace(/\D/g, '');
  if (!standsAlone(text, start, end) || !passesLuhn(digits)) return false;
  if (issues(issuers, digits)) return true;
  return issues(rareIssuers, digits) && cardWord.test(search.before(start, 40));
}
