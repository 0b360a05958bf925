import type { Finding } from './finding.js';
import { findSensitive } from './find.js';
import type { KeyNames } from './json/find-in-json.js';
import type { Tokens, TokenType } from './tokens.js';
import type { ValueType } from './value-types.js';

/** What is to be masked in a text. */
export interface MaskRules {
  readonly types: ReadonlySet<ValueType>;
  /** The column or key that the text stands under. */
  readonly column?: string;
  readonly keys?: KeyNames;
}

/** How many values of each type were masked. */
export type MaskCounts = Partial<Record<TokenType, number>>;

export interface Masked {
  /** Undefined where the whole text is a value and its token is null. */
  readonly text: string | undefined;
  /** The whole text is one value. */
  readonly isWhole: boolean;
  readonly counts: MaskCounts;
}

const none: MaskCounts = Object.freeze({});

/** The text with its sensitive values replaced; the same text where there are none. */
export function maskText(text: string, rules: MaskRules, tokens: Tokens): Masked {
  const found = findSensitive(text, rules.types, rules);
  if (found.length === 0) return { text, isWhole: false, counts: none };
  const counts: MaskCounts = {};
  const [first] = found;
  if (found.length === 1 && first?.start === 0 && first.end === text.length) {
    const { type, layer } = first;
    counts[type] = 1;
    const token = tokens(type, layer?.decode(text) ?? text);
    return { text: layer === undefined ? token : layer.encode(token), isWhole: true, counts };
  }
  const replaced = replaceFindings(text, found, { tokens, counts });
  return { text: replaced, isWhole: false, counts };
}

/** Replaces findings, which are in order, and counts them. */
export function replaceFindings(
  text: string,
  found: readonly Finding[],
  { tokens, counts }: { tokens: Tokens; counts: MaskCounts },
): string {
  let masked = '';
  let from = 0;
  for (const { type, start, end, layer } of found) {
    const source = text.slice(start, end);
    const token = tokens(type, layer?.decode(source) ?? source);
    masked += text.slice(from, start);
    masked += layer === undefined ? (token ?? `[${type}]`) : layer.encode(token ?? `[${type}]`);
    from = end;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return masked + text.slice(from);
}
