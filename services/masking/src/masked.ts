import { valueTypes } from './value-types.js';

const token = new RegExp(`^\\[(?:${valueTypes.join('|')})(?::[0-9a-f]{8,64})?\\]$`);
const shape = /^[^\p{L}\p{N}]*(?:[xX0][^\p{L}\p{N}]*)*$/u;

/**
 * Whether a value is what masking left of one: a token, or letters and digits that are all x and 0.
 * A password that is itself but x and 0 looks the same, and its shape would not hide it either.
 */
export function isMasked(value: string): boolean {
  const first = value.charCodeAt(0);
  if (first === 0x5b) return token.test(value) || shape.test(value);
  return !/[A-WYZa-wyz1-9]/.test(value) && shape.test(value);
}
