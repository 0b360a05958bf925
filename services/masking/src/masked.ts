import { valueTypes } from './value-types.js';

const names = ['column', ...valueTypes];
const token = new RegExp(`^\\[(?:${names.join('|')})(?::[0-9a-f]{8,64})?\\]$`);
const shape = /^[^\p{L}\p{N}]*(?:[xX0][^\p{L}\p{N}]*)*$/u;

const openedToken = new RegExp(`\\[(?:${names.join('|')}):$`);
const restOfToken = /[0-9a-f]{8,64}\]/y;
const longestName = Math.max(...names.map(({ length }) => length)) + 2;

/** Whether a place is inside of a token, behind the name of its type, which would give it away. */
export function isInToken(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) !== 0x3a) return false;
  restOfToken.lastIndex = at;
  return restOfToken.test(text) && openedToken.test(text.slice(Math.max(0, at - longestName), at));
}

/**
 * Whether a value is what masking left of one: a token, or letters that are all x and digits that
 * are all 0. Zeros alone are no shape: as a code or a password they are worth hiding.
 */
export function isMasked(value: string): boolean {
  const first = value.charCodeAt(0);
  if (first === 0x5b) return token.test(value) || shape.test(value);
  if (/[A-WYZa-wyz1-9]/.test(value)) return false;
  return /[xX]|^[^\p{L}\p{N}]*$/u.test(value) && shape.test(value);
}
