import { isValidIBAN } from 'ibantools';
import type { Search } from '../search.js';
import { isAlphanumeric, isLetter } from './digit-groups.js';

// International bank account numbers: country, its length, mod 97, by ibantools; in one piece or in
// groups of four. It does NOT find national account numbers.

const candidate = /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/iy;
const shortest = 15;

export function findIbans(search: Search): void {
  const { text } = search;
  for (const { groups } of search.numbers) {
    for (const group of groups) {
      const start = group.start - 2;
      if (!isLetter(text.charCodeAt(start)) || !isLetter(text.charCodeAt(start + 1))) continue;
      if (isAlphanumeric(text.charCodeAt(start - 1))) continue;
      candidate.lastIndex = start;
      const [whole] = candidate.exec(text) ?? [];
      const length = whole === undefined ? 0 : validLength(whole);
      if (length > 0 && !isAlphanumeric(text.charCodeAt(start + length))) {
        search.add('iban', start, start + length);
      }
    }
  }
}

/** Words may follow a number in groups, so shorter readings are tried, at most one for a group. */
function validLength(candidateText: string): number {
  for (let text = candidateText; ;) {
    const compact = text.replace(/[ -]/g, '').toUpperCase();
    if (compact.length < shortest) return 0;
    if (isValidIBAN(compact)) return text.length;
    const cut = Math.max(text.lastIndexOf(' '), text.lastIndexOf('-'));
    if (cut < 0) return 0;
    text = text.slice(0, cut);
  }
}
