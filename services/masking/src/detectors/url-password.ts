import type { Search } from '../search.js';

// Passwords in the user info of URLs: `scheme://user:password@host`. The schemes of stores and
// brokers make it a connection string. It does NOT judge host or path.

const authorityLength = 512;
const userInfo = /^([^\s:/?#@"'<>]{0,128}):([^\s"'<>]{1,256})@[\w.[\]%-]/;
const scheme = /([a-z][a-z0-9+.:-]{1,32})$/i;
const stores = [
  'jdbc:.*|postgres(?:ql)?|mysqlx?|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|oracle|db2',
  'cockroachdb|clickhouse|cassandra|kafka|nats|ldaps?|memcached?|elasticsearch|influxdb',
  'neo4j|bolt|snowflake|sqlite',
];
const store = new RegExp(`^(?:${stores.join('|')})(?:[+:].*)?$`, 'i');

export function findUrlPasswords(search: Search): void {
  const { text } = search;
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const from = at + 3;
    // The next URL is not part of this one.
    const next = text.indexOf('://', from);
    const limit = Math.min(from + authorityLength, next < 0 ? text.length : next);
    const match = userInfo.exec(authority(text.slice(from, limit)));
    if (match === null) continue;
    const start = from + (match[1] ?? '').length + 1;
    const name = scheme.exec(search.before(at, 34))?.[1] ?? '';
    search.add(typeFor(search, name), start, start + (match[2] ?? '').length);
  }
}

/** Up to one character behind the last @ before the path: passwords hold @ at times, unescaped. */
function authority(text: string): string {
  const end = text.search(/[\s"'<>]/);
  const url = end < 0 ? text : text.slice(0, end);
  const path = url.search(/[/?#]/);
  const host = path < 0 ? url : url.slice(0, path);
  const sign = host.lastIndexOf('@');
  return host.slice(0, sign + 2);
}

function typeFor({ types }: Search, name: string): 'connection-string' | 'password' {
  if (!types.has('password')) return 'connection-string';
  return store.test(name) && types.has('connection-string') ? 'connection-string' : 'password';
}
