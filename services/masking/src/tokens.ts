import { createHmac } from 'node:crypto';
import type { ValueType } from './value-types.js';

/** What a token names: the type of the value, or that a rule masks its column. */
export type TokenType = ValueType | 'column';

/** What stands in the place of a value; undefined for nothing at all. */
export type Tokens = (type: TokenType, value: string) => string | undefined;

const defaultDigits = 8;
const mostDigits = 64;

/**
 * `[email:7f3a9c21]`: the same value has the same token under the same key, however it is written.
 * Eight digits are 32 bits: among 10,000 values two share a token once in a hundred times; joins
 * over more want more digits. The key must be secret: numbers are few enough to be tried out.
 */
export function equalityTokens(key: Uint8Array, digits = defaultDigits): Tokens {
  const length = Math.min(Math.max(digits, defaultDigits), mostDigits);
  return (type, value) => {
    const mac = createHmac('sha256', key).update(`${type}\0${normalised(type, value)}`);
    return `[${type}:${mac.digest('hex').slice(0, length)}]`;
  };
}

/** Letters as x and X, digits as 0, all else as it is: `xxx.xxxxxx@xxxxxxx.xxx`. */
export const shapeTokens: Tokens = (_type, value) =>
  value
    .replace(/\p{Nd}/gu, (digit) => '0'.repeat(digit.length))
    .replace(/\p{Lu}/gu, (letter) => 'X'.repeat(letter.length))
    .replace(/[\p{L}\p{N}\p{M}]/gu, (letter) => (letter === 'X' || letter === '0' ? letter : 'x'));

/** No value at all; within a text, where null cannot stand, `[email]` does. */
export const nullTokens: Tokens = () => undefined;

/** One writing of values that mean the same. */
function normalised(type: TokenType, value: string): string {
  switch (type) {
    case 'email':
      return value.toLowerCase().replace('%40', '@');
    case 'phone':
      return value.replace(/^00/, '+').replace(/[^\d+]/g, '');
    case 'card':
    case 'iban':
    case 'national-id':
      return value.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
    default:
      return value;
  }
}
