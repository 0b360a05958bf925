import type { Search } from '../search.js';
import { isLetter, standsAlone } from './digit-groups.js';
import { grouped, isNationalId, lettered, named, type NationalId } from './national-ids.js';

// National identification numbers that have a checksum or a form of their own (national-ids.ts). It
// does NOT find those that are bare digits without a word or a name that says what they are.

const SPACE = 0x20;
const PLUS = 0x2b;
const DASH = 0x2d;
const contextLength = 48;
const fewestDigits = 8;
/** One pass that says no to most numbers, instead of one for each country. */
const anyOf = (ids: readonly { readonly pattern: RegExp }[], flags = '') =>
  new RegExp(ids.map(({ pattern }) => pattern.source).join('|'), flags);
const anyGrouped = anyOf(grouped);
const anyLettered = anyOf(lettered, 'i');
const anyWord = new RegExp(named.map(({ word }) => word.source).join('|'), 'i');
/** How far letters reach from the digits that they belong to. */
const lettersBefore = 7;
const lettersAfter = 12;

export function findNationalIds(search: Search): void {
  const { text, column = '' } = search;
  for (const { groups, digits, start, end } of search.numbers) {
    if (digits >= fewestDigits && !isCard(search, start, end)) {
      if (anyGrouped.test(text.slice(start, end))) findAll(search, grouped, [start, end]);
      const context = search.before(start, contextLength) + column;
      if (anyWord.test(context)) {
        const meant = named.filter(({ word }) => word.test(context));
        // A plus may stand between the digits of a person older than a hundred years.
        findAll(search, meant, [start, end + 5]);
      }
    }
    for (const group of groups) {
      if (!isBesideLetters(text, group.start, group.end)) continue;
      const from = Math.max(0, group.start - lettersBefore);
      const to = group.end + lettersAfter;
      if (anyLettered.test(text.slice(from, to))) findAll(search, lettered, [from, to]);
    }
  }
}

/** It was found to be one, which wins over any part of it. */
function isCard({ found }: Search, start: number, end: number): boolean {
  return found.some((one) => one.type === 'card' && one.start <= start && one.end >= end);
}

/** Groups of 6, 7 or 8 digits, and of 2, are those that letters stand beside. */
function isBesideLetters(text: string, start: number, end: number): boolean {
  const length = end - start;
  if (length !== 2 && (length < 6 || length > 8)) return false;
  const before = text.charCodeAt(start - 1);
  if (isLetter(before)) return true;
  if ((before === SPACE || before === DASH) && isLetter(text.charCodeAt(start - 2))) return true;
  if (length === 2) return false;
  const after = text.charCodeAt(end);
  return after === DASH || after === PLUS || isLetter(after);
}

function findAll(
  search: Search,
  ids: readonly NationalId[],
  [from, to]: readonly [number, number],
): void {
  const part = search.text.slice(from, to);
  for (const { country, name, pattern } of ids) {
    for (const { 0: whole, index } of part.matchAll(pattern)) {
      const start = from + index;
      const end = start + whole.length;
      if (!standsAlone(search.text, start, end)) continue;
      if (isNationalId(country, name, whole)) search.add('national-id', start, end);
    }
  }
}
