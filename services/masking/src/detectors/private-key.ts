import type { Search } from '../search.js';

// Private keys as PEM or armour, in lines or with their line ends escaped. It is NOT for
// certificates and public keys, nor for DER. A block without an end is taken as far as it looks
// like one.

const opening = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const closing = /-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const body = /[A-Za-z0-9+/=\s\\,:.()-]*/y;

export function findPrivateKeys(search: Search): void {
  const { text } = search;
  const ends = [...text.matchAll(closing)].map(({ 0: line, index }) => index + line.length);
  let done = 0;
  let nextEnd = 0;
  for (const { 0: line, index } of text.matchAll(opening)) {
    if (index < done) continue;
    while ((ends[nextEnd] ?? Infinity) < index) nextEnd += 1;
    done = ends[nextEnd] ?? bodyEnd(text, index + line.length);
    search.add('private-key', index, done);
  }
}

function bodyEnd(text: string, from: number): number {
  body.lastIndex = from;
  const [found = ''] = body.exec(text) ?? [];
  return from + found.trimEnd().length;
}
