import { maskingLimits } from './limits.js';
import { meaningOfName, type NameMeaning } from './names.js';

/** A value behind a name that says something of it: `name=value`, `"name": "value"`. */
export interface NamedValue {
  readonly meaning: NameMeaning;
  readonly name: string;
  readonly separator: string;
  readonly start: number;
  readonly end: number;
  /** The quote around it, empty for none. */
  readonly quote: string;
  /** The name stands in double quotes: this is JSON or looks like it. */
  readonly isKey: boolean;
}

const isNameCode = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.') {
  isNameCode[character.charCodeAt(0)] = 1;
}
const isName = (code: number) => code < 128 && isNameCode[code] === 1;
const isSpace = (character: string) => character === ' ' || character === '\t';
const valueLength = 4096;
const separatorOrMore = /[=:]/g;
const afterSeparator = /[=>:]?[ \t]{0,8}(?:b|N|E|r)?(\\{0,4}["'`])?/y;
/** A & parts values only where another name follows it. */
const bare = /(?:[^\s,;&"'`<>(){}|]|&(?![\w.-]{1,64}=))*/y;

/**
 * Visits the named values of a text whose names mean something, in order. It looks at each `=` and
 * `:` and at the name before it, but not within values that the visitor takes. It is NOT a parser
 * of any format, and does not follow values over lines.
 */
export function visitNamedValues(text: string, visit: (named: NamedValue) => boolean): void {
  separatorOrMore.lastIndex = 0;
  const places = text.matchAll(separatorOrMore);
  let done = 0;
  for (const { index: at } of places) {
    if (at < done) continue;
    const before = nameBefore(text, at);
    if (before === undefined) continue;
    const meaning = meaningOfName(before.name);
    if (meaning === undefined) continue;
    const value = valueAfter(text, at + 1);
    const isTaken = visit({ meaning, ...before, separator: text.charAt(at), ...value });
    done = isTaken ? value.end : value.start;
  }
}

function nameBefore(text: string, at: number): { name: string; isKey: boolean } | undefined {
  let end = at;
  // `:=` of languages, `+=` of shells.
  if (text[end - 1] === ':' || text[end - 1] === '+' || text[end - 1] === '?') end -= 1;
  for (let spaces = 0; spaces < 8 && isSpace(text.charAt(end - 1)); spaces += 1) end -= 1;
  const quote = text[end - 1];
  const isQuoted = quote === '"' || quote === "'" || quote === '`' || quote === ']';
  if (isQuoted) {
    end -= quote === ']' && /["']/.test(text.charAt(end - 2)) ? 2 : 1;
    for (let slashes = 0; slashes < 4 && text[end - 1] === '\\'; slashes += 1) end -= 1;
  }
  let start = end;
  const limit = Math.max(0, end - maskingLimits.nameLength);
  while (start > limit && isName(text.charCodeAt(start - 1))) start -= 1;
  // Times and numbers are no names.
  const first = text.charCodeAt(start);
  if (first >= 0x30 && first <= 0x39) return undefined;
  return start === end ? undefined : { name: text.slice(start, end), isKey: quote === '"' };
}

function valueAfter(text: string, from: number): { start: number; end: number; quote: string } {
  afterSeparator.lastIndex = from;
  const quote = afterSeparator.exec(text)?.[1] ?? '';
  let start = quote === '' ? from : afterSeparator.lastIndex;
  if (quote === '') {
    if (text[start] === '=' || text[start] === '>') start += 1;
    while (isSpace(text.charAt(start)) && start < from + 9) start += 1;
    bare.lastIndex = start;
    const [found = ''] = bare.exec(text.slice(0, start + valueLength)) ?? [];
    return { start, end: start + found.length, quote };
  }
  return { start, end: quotedEnd(text, start, quote), quote };
}

/** A quote that is escaped opens JSON in a string and is closed by one that is escaped as often. */
function quotedEnd(text: string, start: number, quote: string): number {
  const limit = Math.min(text.length, start + valueLength);
  const mark = quote.charAt(quote.length - 1);
  for (let at = start; at < limit; at += 1) {
    if (text[at] === '\\' && quote.length === 1) at += 1;
    else if (text.startsWith(quote, at)) return at;
    else if (text[at] === mark || text[at] === '\n') return at;
  }
  return limit;
}
