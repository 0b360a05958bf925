import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Search } from '../search.js';
import { type DigitGroup, type NumberChain, standsAlone, startsWithDate } from './digit-groups.js';

// Phone numbers: international ones, whose country and length libphonenumber judges (ranges are
// opened faster than tables are updated); national ones where their groups are those of North
// America or France; any other only after a word such as "tel". It is NOT for bare digits without
// such a word: nothing tells them from an order number.

const international = /\+?\(?[1-9](?:[ .\-/()\u00a0]{0,2}\d){6,14}(?!\d)/y;
const northAmerican = /(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])[2-9]\d{2}[-. ]\d{4}(?!\d)/y;
const french = /0[1-9](?:([ .-])\d{2}(?:\1\d{2}){3})(?!\d)/y;
/** Of their first groups. */
const northAmericanDigits = 3;
const frenchDigits = 2;
const words = [
  String.raw`\b(?:tele)?phone|\bt[eé]l|\bmobile|\bcell(?:phone)?|\bfax|\bmsisdn|\bwhatsapp|\bsms`,
  String.raw`\bcall(?: me| us)?(?: (?:at|on))?|\bdial|\bhandy|☎|📞`,
];
const named = new RegExp(
  `(?:${words.join('|')})(?:[ _-]?(?:number|num|no|nr))?["'\\s.:=#(+]{1,6}` +
    '(?:(?:is|to|at|on) [+(]?)?$',
  'i',
);
const bare = /\d[\d ().\-/\u00a0]{5,22}\d(?!\d)/y;
const BRACKET = 0x28;
const PLUS = 0x2b;
const fewestDigits = 7;
const mostDigits = 15;

export function findPhones(search: Search): void {
  for (const chain of search.numbers) {
    if (chain.digits < fewestDigits || startsWithDate(search.text, chain)) continue;
    if (findNamed(search, chain)) continue;
    let done = 0;
    for (const group of chain.groups) {
      if (group.start >= done) done = findAt(search, group, group.start === chain.start);
    }
  }
}

/** The end of the number that begins with this group, else 0. */
function findAt(search: Search, { start: group, end: groupEnd }: DigitGroup, isFirst: boolean) {
  const { text } = search;
  const opens = isAt(text, group - 1, BRACKET) ? group - 1 : group;
  if (isAt(text, opens - 1, PLUS)) return findInternational(search, opens - 1, 0);
  if (isFirst && text.startsWith('00', group)) return findInternational(search, group, 2);
  const digits = groupEnd - group;
  if (digits !== northAmericanDigits && digits !== frenchDigits) return 0;
  let from = opens;
  let end = matchEnd(northAmerican, text, from);
  if (end === 0) {
    from = group;
    end = matchEnd(northAmerican, text, from) || matchEnd(french, text, from);
  }
  if (end === 0) return 0;
  const start = from - (/\+?1[ .-]?$/.exec(search.before(from, 3))?.[0].length ?? 0);
  if (!standsAlone(text, start, end)) return 0;
  search.add('phone', start, end);
  return end;
}

function isAt(text: string, at: number, code: number): boolean {
  return at >= 0 && text.charCodeAt(at) === code;
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : 0;
}

function findInternational(search: Search, start: number, prefix: number): number {
  const { text } = search;
  if (/[\p{L}\p{N}_.-]/u.test(text.charAt(start - 1))) return 0;
  const longest = matchEnd(international, text, start + prefix);
  if (longest === 0) return 0;
  const number = text.slice(start + prefix, longest);
  const length = lengthOfNumber(prefix === 0 ? number : `+${number}`);
  if (length === 0) return 0;
  const end = start + length + (prefix === 0 ? 0 : 1);
  // Without a plus only what is written in groups: 00 starts many a serial number.
  if (prefix > 0 && !/[ ()/]/.test(text.slice(start, end))) return 0;
  if (/[\p{L}\p{N}_]/u.test(text.charAt(end))) return 0;
  search.add('phone', start, end);
  return end;
}

/** The length of the number that a text starts with; what follows may be another number. */
function lengthOfNumber(candidate: string): number {
  for (let text = candidate, tries = 0; tries < 4; tries += 1) {
    if (parsePhoneNumberFromString(text)?.isPossible() === true) return text.length;
    const shorter = text.replace(/[ .\-/()\u00a0]+\d+$/, '');
    if (shorter === text) return 0;
    text = shorter;
  }
  return 0;
}

/** After a word that names it, any number of a phone's length. */
function findNamed(search: Search, chain: NumberChain): boolean {
  const { text } = search;
  if (chain.start === 0 || !named.test(search.before(chain.start, 40))) return false;
  const end = matchEnd(bare, text, chain.start);
  if (end === 0 || /[\p{L}_]/u.test(text.charAt(end))) return false;
  const before = /(?<![\w)])(?:\+\(?|\()$/.exec(search.before(chain.start, 3))?.[0].length ?? 0;
  const start = chain.start - before;
  const digits = text.slice(start, end).replace(/\D/g, '').length;
  if (digits < fewestDigits || digits > mostDigits) return false;
  search.add('phone', start, end);
  return true;
}
