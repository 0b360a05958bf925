import { isPlaceholder } from '../plausible.js';
import type { Search } from '../search.js';

// The credentials of an Authorization header, or of Bearer by itself; the scheme stays. It does NOT
// look into Digest and the signatures of AWS: all behind the scheme is taken.

const schemed = /^([A-Za-z][\w-]{1,31})[ \t]+(\S[^]*)$/;
const manyParts = /^(?:digest|aws4-hmac-sha256|oauth|signature|hawk|sharedkey)$/i;
const bearer = /\bBearer[ \t]{1,4}([\w.~+/-]{16,4096}={0,2})/g;

/** [start, end) is the value of the header. */
export function addCredentials(search: Search, start: number, end: number): void {
  const value = search.text.slice(start, end).trimEnd();
  if (value === '' || isPlaceholder(value)) return;
  const [, scheme, credentials] = schemed.exec(value) ?? [];
  if (scheme === undefined || credentials === undefined) {
    const [bare = ''] = /^[^\s,;]{8,}/.exec(value) ?? [];
    search.add('authorization', start, start + bare.length);
    return;
  }
  if (/^[<${]/.test(credentials)) return;
  const at = start + value.length - credentials.length;
  const length = manyParts.test(scheme)
    ? credentials.length
    : (/^[^\s,;]+/.exec(credentials)?.[0].length ?? 0);
  if (length >= 6) search.add('authorization', at, at + length);
}

export function findBearers(search: Search): void {
  if (!search.text.includes('Bearer')) return;
  for (const { 0: whole, 1: token = '', index } of search.text.matchAll(bearer)) {
    if (!/\d/.test(token)) continue;
    const end = index + whole.length;
    search.add('authorization', end - token.length, end);
  }
}
