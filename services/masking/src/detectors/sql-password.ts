import type { Search } from '../search.js';

// Passwords in statements that set one: CREATE and ALTER USER or ROLE of Postgres, MySQL, Oracle
// and SQL Server, SET PASSWORD. It is NOT a parser of SQL; redact-command.ts knows literals.

const by = String.raw`IDENTIFIED\s{1,8}(?:WITH\s{1,8}[\w'"]{1,40}\s{1,8})?(?:BY|AS)`;
const literal = new RegExp(
  String.raw`\b(?:PASSWORD|${by}(?:\s{1,8}PASSWORD)?)\s{0,8}=?\s{0,8}\(?\s{0,8}` +
    String.raw`[NE]?'((?:[^'\\]|''|\\[^]){1,1024})'`,
  'gi',
);
export function findSqlPasswords(search: Search): void {
  for (const { 0: whole, 1: value = '', index } of search.text.matchAll(literal)) {
    const end = index + whole.length - 1;
    search.add('password', end - value.length, end);
  }
}
