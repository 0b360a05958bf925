import {
  type CodePointSet,
  leftToRight,
  mappedToNothing,
  mappedToSpace,
  prohibited,
  rightToLeft,
} from './saslprep-tables.js';

const ascii = /^[\0-\x7f]*$/;

/**
 * A password as SCRAM hashes it: SASLprep (RFC 4013, stored strings) where it applies. Where it
 * does not (prohibited or unassigned characters, mixed directions, nothing left), the password is
 * used as it is, as Postgres and libpq do ("SCRAM-SHA-256 Authentication": "the password is passed
 * through … otherwise … unprocessed"); any other rule would lock those users out.
 */
export function saslPrep(password: string): string {
  if (ascii.test(password)) return password;
  const mapped: string[] = [];
  for (const character of password) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (contains(mappedToSpace, codePoint)) mapped.push(' ');
    else if (!contains(mappedToNothing, codePoint)) mapped.push(character);
  }
  if (mapped.length === 0 || !isAllowed(mapped)) return password;
  return mapped.join('').normalize('NFKC');
}

/** Looks at the string before normalisation, where Postgres looks, too. */
function isAllowed(characters: readonly string[]): boolean {
  const isIn = (set: CodePointSet) => (character: string) =>
    contains(set, character.codePointAt(0) ?? 0);
  if (characters.some(isIn(prohibited))) return false;
  if (!characters.some(isIn(rightToLeft))) return true;
  const ends = [characters[0] ?? '', characters[characters.length - 1] ?? ''];
  return ends.every(isIn(rightToLeft)) && !characters.some(isIn(leftToRight));
}

function contains(set: CodePointSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (codePoint < (set[middle * 2] ?? 0)) high = middle - 1;
    else if (codePoint > (set[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}
