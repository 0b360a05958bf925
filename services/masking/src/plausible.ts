import type { ValueType } from './value-types.js';

// Whether what stands behind a telling name can be a value of its type. These are NOT detectors:
// they only keep flags, counts, placeholders and declarations from being masked.

const nothings = [
  'true|false|null|none|nil|undefined|yes|no|on|off|n/?a|unknown|required|optional|empty|unset',
  'default|changed|missing|invalid|expired|incorrect|enabled|disabled|env|prompt|secretstr|any',
  'string|str|text|varchar|char|bool(?:ean)?|int(?:eger)?|number|bytes?|bytea|object',
];
const nothing = new RegExp(`^(?:${nothings.join('|')})$`, 'i');
const placeholders = [
  String.raw`\$[\w({@].*|%[\w({].*|<[^>]*>|\{\{.*|\{[\w.]*\}|#\{.*|:\w+|@\w+|\?+|\*+|\.{2,}`,
  String.raw`process\.env.*|os\.environ.*|env\..*|var\..*|secrets\..*`,
];
const placeholder = new RegExp(`^(?:${placeholders.join('|')})$`);

/** No word for nothing is longer. */
const longestNothing = 10;
/** With what placeholders begin. */
const placeholderStarts = new Set('$%<{#:@?*.poevs');

export function isPlaceholder(value: string): boolean {
  // Asked of each value under a telling name, of which next to none is one.
  if (value.length <= longestNothing && nothing.test(value)) return true;
  return placeholderStarts.has(value.charAt(0)) && placeholder.test(value);
}

function digitsIn(value: string): number {
  let digits = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) digits += 1;
  }
  return digits;
}

const within = (count: number, least: number, most: number) => count >= least && count <= most;

/** For names after which only what fits their type is taken. */
export function fits(type: ValueType, value: string): boolean {
  switch (type) {
    case 'email':
      return value.includes('@') && value.length > 4 && !value.startsWith('git@');
    case 'phone':
      return within(digitsIn(value), 6, 18) && !/^\d{4}-\d\d-\d\d/.test(value);
    case 'card':
      return within(digitsIn(value), 12, 19) && !/[a-z]{3}/i.test(value);
    case 'card-code':
      return /^\d{3,4}$/.test(value);
    case 'iban':
      return /^[A-Z]{2}\d{2}[A-Z0-9 -]{11,40}$/i.test(value);
    case 'national-id':
      return /^[A-Z0-9 .+/-]{6,24}$/i.test(value) && digitsIn(value) >= 3;
    case 'session-cookie':
      return value.length >= 8;
    case 'person-name':
      return /\p{L}/u.test(value);
    default:
      return value !== '' && !isPlaceholder(value);
  }
}

/** Bits for each character, by how often the characters of a value come. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / value.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

const randomText = /^[A-Za-z0-9+/=_~.%-]{16,512}$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const words = /^(?:[a-z]+[._/-])*[a-z]+$/i;
const dated = /^\d{4}-\d\d-\d\d/;
const leastBits = { hex: 2.7, other: 3.3 };

/** Whether a value looks like drawn at random; UUIDs do, words, paths and dates do not. */
export function looksRandom(value: string): boolean {
  if (!randomText.test(value) || dated.test(value)) return false;
  if (uuid.test(value)) return true;
  if (words.test(value) && !/[a-z][A-Z].*[a-z][A-Z].*[a-z][A-Z]/.test(value)) return false;
  if (/^[./~]|^\d+$/.test(value)) return false;
  return entropy(value) >= (/^[0-9a-f]+$/i.test(value) ? leastBits.hex : leastBits.other);
}
