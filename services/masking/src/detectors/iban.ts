import { isValidIBAN } from 'ibantools';
import type { Search } from '../search.js';

// International bank account numbers: country, its length, mod 97, by ibantools; in one piece or in
// groups of four. It does NOT find national account numbers.

const candidate = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}/gi;
const shortest = 15;

export function findIbans(search: Search): void {
  for (const { 0: whole, index } of search.text.matchAll(candidate)) {
    const length = validLength(whole);
    if (length > 0 && !/[A-Za-z0-9]/.test(search.text.charAt(index + length))) {
      search.add('iban', index, index + length);
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
