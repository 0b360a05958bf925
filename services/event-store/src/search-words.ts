import { READ_LIMITS } from './read-limits.js';

/**
 * The words of a search, cut as the index of `content` cuts command text (splitByNonAlpha over
 * lower(): ASCII letters and digits and everything beyond ASCII make words, only ASCII is folded).
 */
export function searchWords(text: string): readonly string[] {
  const lower = text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const words = lower.match(/[a-z0-9\u0080-\u{10ffff}]+/gu) ?? [];
  return [...new Set(words)].slice(0, READ_LIMITS.words);
}
