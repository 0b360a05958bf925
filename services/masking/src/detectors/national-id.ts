import type { Search } from '../search.js';
import { standsAlone } from './digit-groups.js';
import { isNationalId, nationalIds } from './national-ids.js';

// National identification numbers that have a checksum or a form of their own (national-ids.ts). It
// does NOT find those that are bare digits without a word or a name that says what they are.

const contextLength = 48;

export function findNationalIds(search: Search): void {
  const { text, column = '' } = search;
  for (const { country, name, pattern, word } of nationalIds) {
    if (word !== undefined && !word.test(text) && !word.test(column)) continue;
    for (const { 0: whole, index } of text.matchAll(pattern)) {
      const end = index + whole.length;
      if (!standsAlone(text, index, end)) continue;
      if (word !== undefined && !word.test(search.before(index, contextLength) + column)) continue;
      if (isNationalId(country, name, whole)) search.add('national-id', index, end);
    }
  }
}
