import { jsonNumber } from '../json/json-string.js';
import { type NamedValue, visitNamedValues } from '../places.js';
import { fits, isPlaceholder, looksRandom } from '../plausible.js';
import type { Search } from '../search.js';
import { addCredentials } from './authorization.js';
import { addCookies } from './cookie.js';

// Values by the name before them: assignments, headers, keys of what looks like JSON or YAML,
// parameters of URLs and connection strings. It is NOT a parser, and says nothing of values whose
// name is not in names.ts.

export function findNamedValues(search: Search): void {
  visitNamedValues(search.text, (named) => take(search, named));
}

function take(search: Search, named: NamedValue): boolean {
  const { text } = search;
  const { meaning, start, end } = named;
  if (meaning.when === 'cookie') addCookies(search, start, lineEnd(text, named));
  else if (meaning.when === 'scheme') addCredentials(search, start, lineEnd(text, named));
  else {
    const type = typeOf(search, named);
    if (!search.wants(type) || !holds(text, named)) return false;
    const value = text.slice(start, end);
    const stop = isSentenceEnd(named, value) ? 1 : 0;
    const layer = named.isKey && named.quote === '' && isNumber(value) ? jsonNumber : undefined;
    search.add(type, start, end - stop, layer);
    return true;
  }
  return false;
}

/** The full stop after a bare value of a form that has none. */
const isSentenceEnd = ({ quote, meaning }: NamedValue, value: string) =>
  quote === '' && meaning.when === 'fits' && value.endsWith('.');
const isNumber = (value: string) => /^\d+$/.test(value);
const connectionKeys = [
  'server|data source|host|addr(?:ess)?|endpoint|initial catalog|database|dbname',
  'uid|user id|user|username',
];
const connectionKey = new RegExp(`(?:^|[;?&\\s"'])(?:${connectionKeys.join('|')})\\s?=`, 'i');

/** A password among the parts of a connection string makes that what it is part of. */
function typeOf(search: Search, { meaning, name, separator, start }: NamedValue) {
  if (meaning.type !== 'password' || separator !== '=' || !search.wants('connection-string')) {
    return meaning.type;
  }
  if (!/^(?:password|pwd)$/i.test(name)) return meaning.type;
  const before = search.before(start - name.length - 1, 256);
  const isPart = /(?:;\s?|[?&]|\w ['"]?)$/.test(before) && connectionKey.test(before);
  const isKnown = /;\s?$/.test(before) || /jdbc:|:\/\//.test(before) || /\bdbname=/.test(before);
  if (isPart && isKnown) return 'connection-string';
  return search.wants('password') ? meaning.type : 'connection-string';
}

function lineEnd(text: string, { start, end, quote }: NamedValue): number {
  if (quote !== '') return end;
  const stop = /["'`\n\r]|\\[nr"]/.exec(text.slice(start, start + 8192));
  return stop === null ? Math.min(text.length, start + 8192) : start + stop.index;
}

function holds(text: string, named: NamedValue): boolean {
  const value = text.slice(named.start, named.end);
  switch (named.meaning.when) {
    case 'fits':
      return fits(named.meaning.type, value);
    case 'random':
      return named.meaning.type === 'private-key' ? looksLikeKey(value) : looksRandom(value);
    default:
      return named.meaning.type === 'person-name'
        ? fits('person-name', value) && (named.quote !== '' || named.separator === '=')
        : isSecret(text, named, value);
  }
}

const looksLikeKey = (value: string) => value.length >= 40 && !value.startsWith('-----');

/** A word of prose, a call, a count or a path is no secret, whatever the name before it says. */
function isSecret(text: string, named: NamedValue, value: string): boolean {
  if (value === '' || isPlaceholder(value)) return false;
  if (named.quote !== '') return true;
  if (/^(?:old)?pwd$/i.test(named.name) && /^[/~.]/.test(value)) return false;
  if (/^(?:pass|pw)$/i.test(named.name) && /^\d+$|^[a-z]+$/.test(value)) return false;
  const after = text.slice(named.end, named.end + 24);
  if (after.startsWith('(')) return false;
  if (/^[\w.]*\.\w*(?:pass|secret|pwd)\w*$/i.test(value)) return false;
  const isProse = named.separator === ':' && /^[a-z]+[.,]?$/i.test(value) && /^ [a-z]/i.test(after);
  return !isProse;
}
