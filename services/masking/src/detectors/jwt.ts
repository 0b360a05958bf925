import type { Search } from '../search.js';

// JSON web tokens, signed (three parts) and encrypted (five), by their header. It does NOT check
// signatures, and does not know opaque tokens.

const candidate =
  /(?<![\w-])eyJ[\w-]{8,}\.(?:eyJ[\w-]*\.[\w-]*|[\w-]*\.[\w-]{8,}\.[\w-]{8,}\.[\w-]{16,})/g;

export function findJwts(search: Search): void {
  if (!search.text.includes('eyJ')) return;
  for (const { 0: token, index } of search.text.matchAll(candidate)) {
    if (hasHeader(token)) search.add('jwt', index, index + token.length);
  }
}

function hasHeader(token: string): boolean {
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('latin1');
  return header.startsWith('{"') && header.includes('"alg"');
}
