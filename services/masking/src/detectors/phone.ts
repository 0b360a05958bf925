import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Search } from '../search.js';
import { standsAlone } from './digit-groups.js';

// Phone numbers: international ones, which libphonenumber judges; national ones where their groups
// are those of North America or France; any other only after a word such as "tel". It is NOT for
// bare digits without such a word: nothing tells them from an order number.

const international = /(?:\+|(?<![\w.+-])00)\(?[1-9](?:[ .\-/()\u00a0]{0,2}\d){6,14}(?!\d)/g;
const northAmerican =
  /(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])[2-9]\d{2}[-. ]\d{4}(?!\d)/g;
const french = /0[1-9](?:([ .-])\d{2}(?:\1\d{2}){3})(?!\d)/g;
const words = [
  String.raw`\b(?:tele)?phone|\btel|\bmobile|\bcell(?:phone)?|\bfax|\bmsisdn|\bwhatsapp|\bsms`,
  String.raw`\bcall(?: me| us)?(?: (?:at|on))?|\bdial|\bhandy|☎|📞`,
];
const named = new RegExp(
  String.raw`(?:${words.join('|')})(?:[ _-]?(?:number|num|no|nr))?["'\s.:=#(]{1,6}` +
    String.raw`(?:is |to |at |on )?(\+?[\d(][\d ().\-/\u00a0]{5,22}\d)(?!\d)`,
  'giu',
);

export function findPhones(search: Search): void {
  findInternational(search);
  findNamed(search);
  for (const pattern of [northAmerican, french]) {
    for (const { 0: whole, index } of search.text.matchAll(pattern)) {
      const end = index + whole.length;
      if (standsAlone(search.text, index, end)) search.add('phone', index, end);
    }
  }
}

function findInternational(search: Search): void {
  const { text } = search;
  if (!text.includes('+') && !text.includes('00')) return;
  for (const { 0: whole, index } of text.matchAll(international)) {
    if (/[\p{L}\p{N}_.-]/u.test(text.charAt(index - 1))) continue;
    const isPlus = whole.startsWith('+');
    const length = validLength(isPlus ? whole : `+${whole.slice(2)}`);
    if (length === 0) continue;
    const end = index + length + (isPlus ? 0 : 1);
    // Without a plus only what is written in groups: 00 starts many a serial number.
    if (!isPlus && !/[ ()/]/.test(text.slice(index, end))) continue;
    if (/[\p{L}\p{N}_]/u.test(text.charAt(end))) continue;
    search.add('phone', index, end);
  }
}

/** The length of the valid number that a text starts with; what follows may be another number. */
function validLength(candidate: string): number {
  for (let text = candidate, tries = 0; tries < 4; tries += 1) {
    if (parsePhoneNumberFromString(text)?.isValid() === true) return text.length;
    const shorter = text.replace(/[ .\-/()\u00a0]+\d+$/, '');
    if (shorter === text) return 0;
    text = shorter;
  }
  return 0;
}

function findNamed(search: Search): void {
  for (const { 0: whole, 1: number = '', index } of search.text.matchAll(named)) {
    const end = index + whole.length;
    const digits = number.replace(/\D/g, '').length;
    if (digits < 7 || digits > 15 || /^\d{4}-\d\d-\d\d/.test(number)) continue;
    if (/[\p{L}_]/u.test(search.text.charAt(end))) continue;
    search.add('phone', end - number.length, end);
  }
}
