import { eastAsianWidth } from 'get-east-asian-width';

/*
 * How many columns a character takes, as psql counts: by code point, East Asian Wide and Fullwidth
 * are two, combining marks none. It is NOT about grapheme clusters: a family emoji made of three
 * is six wide, as in most terminals.
 */

const asciiOnly = /^[\x20-\x7e]*$/;
const combining = /^[\p{Mn}\p{Me}\u200c\u200d\u1160-\u11ff]$/u;

export function isPlainAscii(text: string): boolean {
  return asciiOnly.test(text);
}

export function codePointWidth(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x300) return 1;
  if (combining.test(String.fromCodePoint(codePoint))) return 0;
  return eastAsianWidth(codePoint) === 2 ? 2 : 1;
}

/** Columns of a text without control characters. */
export function textWidth(text: string): number {
  if (isPlainAscii(text)) return text.length;
  let width = 0;
  for (const char of text) width += codePointWidth(char.codePointAt(0) ?? 0);
  return width;
}
