import { cluesOf } from './clues.js';
import { addCredentials } from './detectors/authorization.js';
import { addCookies } from './detectors/cookie.js';
import type { Detector } from './detectors/detector.js';
import { accessDetectors } from './detectors/of-access.js';
import { personalDetectors } from './detectors/of-persons.js';
import { type Finding, settle } from './finding.js';
import { findInJson } from './json/find-in-json.js';
import type { KeyNames } from './json/find-in-json.js';
import { maskingLimits } from './limits.js';
import { meaningOfName, type NameMeaning } from './names.js';
import { fits, isPlaceholder, looksRandom } from './plausible.js';
import { Search } from './search.js';
import type { ValueType } from './value-types.js';
import { inWindows, reach } from './windows.js';

export interface FindContext {
  /** The column or key that the text stands under. */
  readonly column?: string;
  readonly keys?: KeyNames;
}

const detectors = [...personalDetectors, ...accessDetectors];
/** Nothing that any detector looks for is shorter. */
const shortestText = 3;

/**
 * The sensitive values of a text, in order and without overlaps. A text of up to four
 * times `maskingLimits.valueLength` is read whole; a longer one in windows, as plain text.
 */
export function findSensitive(
  text: string,
  types: ReadonlySet<ValueType>,
  context: FindContext = {},
): readonly Finding[] {
  if (text.length <= reach * maskingLimits.valueLength) return findWhole(text, types, context);
  const { column } = context;
  const whole = column === undefined ? undefined : findByColumn(text, types, column);
  if (whole !== undefined) return whole;
  return inWindows(text, (window) => findPlain(window, types, column));
}

/** The same for a text that is known to fit: by its column, as JSON, or as text. */
export function findWhole(
  text: string,
  types: ReadonlySet<ValueType>,
  { column, keys }: FindContext = {},
  depth = 0,
): readonly Finding[] {
  const byColumn = column === undefined ? undefined : findByColumn(text, types, column);
  if (byColumn !== undefined) return byColumn;
  if (text.length < shortestText) return [];
  if (startsLikeJson(text)) {
    const find = (value: string, key: string | undefined, deeper: number) =>
      findWhole(value, types, key === undefined ? {} : { column: key }, deeper);
    const inJson = findInJson(text, types, { find, column, keys, depth });
    if (inJson !== undefined) return settle(inJson);
  }
  return findPlain(text, types, column);
}

function startsLikeJson(text: string): boolean {
  let at = 0;
  while (at < 64 && text.charCodeAt(at) <= 0x20) at += 1;
  const first = text[at];
  return first === '{' || first === '[';
}

/**
 * Clues without which, in a text that starts with neither space nor bracket, nothing of these types
 * is found.
 */
export function cluesFor(types: ReadonlySet<ValueType>): number {
  const wanted = detectors.filter((detector) => isWanted(detector, types));
  return wanted.reduce((clues, detector) => clues | detector.clues, 0);
}

/** By the text itself, whatever it is. */
export function findPlain(
  text: string,
  types: ReadonlySet<ValueType>,
  column?: string,
): readonly Finding[] {
  const clues = cluesOf(text);
  if (clues === 0) return [];
  const search = new Search(text, types, column);
  for (const detector of detectors) {
    if ((clues & detector.clues) === 0) continue;
    if (isWanted(detector, types)) detector.detect(search);
  }
  return search.found.length < 2 ? search.found : settle(search.found);
}

function isWanted(detector: Detector, types: ReadonlySet<ValueType>): boolean {
  for (const type of detector.types) if (types.has(type)) return true;
  return false;
}

/** What the name of its column says of a whole text; undefined where that is nothing. */
function findByColumn(
  text: string,
  types: ReadonlySet<ValueType>,
  column: string,
): readonly Finding[] | undefined {
  const meaning = meaningOfName(column);
  if (meaning === undefined || !types.has(meaning.type)) return undefined;
  const search = new Search(text, types, column);
  const end = text.trimEnd().length;
  const start = Math.min(end, text.length - text.trimStart().length);
  if (meaning.when === 'cookie' || meaning.when === 'scheme') {
    // A header may hold more than its form tells of.
    for (const finding of findPlain(text, types, column)) search.found.push(finding);
    if (meaning.when === 'cookie') addCookies(search, start, end);
    else addCredentials(search, start, end);
    return settle(search.found);
  }
  if (!isSuch(meaning, text.slice(start, end))) return undefined;
  search.add(meaning.type, start, end);
  return search.found;
}

function isSuch({ type, when }: NameMeaning, value: string): boolean {
  if (when === 'random') {
    return type === 'private-key' ? value.length >= 40 && !/^\W/.test(value) : looksRandom(value);
  }
  if (type !== 'password' && startsLikeJson(value)) return false;
  return !isPlaceholder(value) && fits(type, value);
}
