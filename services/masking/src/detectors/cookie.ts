import type { Search } from '../search.js';

// Values in Cookie and Set-Cookie whose name says that they stand for a session. Others, as consent
// and language, are NOT masked.

const pair = /([^\s=;,]{1,128})=("?)([^;\s"]{1,4096})/g;
const parts = 'sid|auth|jwt|token|remember|login|identity|csrf|xsrf|access|refresh';
const sessionName = new RegExp(`sess|(?:^|[._-])(?:${parts})(?:$|[._-])|sid$|token$|auth`, 'i');
const leastLength = 6;

/** [start, end) is the value of the header. */
export function addCookies(search: Search, start: number, end: number): void {
  const header = search.text.slice(start, end);
  for (const { 0: whole, 1: name = '', 3: value = '', index } of header.matchAll(pair)) {
    if (value.length < leastLength || !sessionName.test(name)) continue;
    const from = start + index + whole.length - value.length;
    search.add('session-cookie', from, from + value.length);
  }
}
