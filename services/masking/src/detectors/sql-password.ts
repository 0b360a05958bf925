import type { Search } from '../search.js';

// Passwords in statements that set one: CREATE and ALTER USER or ROLE of Postgres, MySQL, Oracle
// and SQL Server, SET PASSWORD. It is NOT a parser of SQL; redact-command.ts knows literals.

const by = String.raw`IDENTIFIED\s{1,8}(?:WITH\s{1,8}[\w'"]{1,40}\s{1,8})?(?:BY|AS)`;
const literal = new RegExp(
  String.raw`\b(?:PASSWORD|${by}(?:\s{1,8}PASSWORD)?)\s{0,8}=?\s{0,8}\(?\s{0,8}` +
    String.raw`[NE]?'((?:[^'\\]|''|\\[^]){1,1024})'`,
  'gi',
);
const quotedName = /\bIDENTIFIED\s{1,8}BY\s{1,8}(?:"([^"]{1,128})"|([^\s'"();]{1,128}))/gi;

export function findSqlPasswords(search: Search): void {
  for (const { 0: whole, 1: value = '', index } of search.text.matchAll(literal)) {
    const end = index + whole.length - 1;
    search.add('password', end - value.length, end);
  }
  for (const match of search.text.matchAll(quotedName)) {
    const value = match[1] ?? match[2] ?? '';
    if (/^(?:values|external(?:ly)?|globally|password|random)$/i.test(value)) continue;
    const end = match.index + match[0].length - (match[1] === undefined ? 0 : 1);
    search.add('password', end - value.length, end);
  }
}
