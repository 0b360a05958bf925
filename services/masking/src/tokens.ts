import { createHmac, hash } from 'node:crypto';
import type { ValueType } from './value-types.js';

/** What a token names: the type of the value, or that a rule masks its column. */
export type TokenType = ValueType | 'column';

/** What stands in the place of a value; undefined for nothing at all. */
export type Tokens = (type: TokenType, value: string) => string | undefined;

const defaultDigits = 8;
const mostDigits = 64;
const blockBytes = 64;
const hashBytes = 32;
const scratchBytes = 1024;
/** UTF-8 of a UTF-16 unit, at most. */
const bytesPerUnit = 3;

/**
 * `[email:7f3a9c21]`: the same value has the same token under the same key, however it is written.
 * Eight digits are 32 bits: among 10,000 values two share a token once in a hundred times; joins
 * over more want more digits. The key must be secret: numbers are few enough to be tried out.
 */
export function equalityTokens(key: Uint8Array, digits = defaultDigits): Tokens {
  const length = Math.min(Math.max(digits, defaultDigits), mostDigits);
  const mac = shortHmac(key);
  return (type, value) => {
    return `[${type}:${mac(`${type}\0${normalised(type, value)}`).slice(0, length)}]`;
  };
}

/**
 * HMAC-SHA256 (RFC 2104) in hex. Of a short text two one-shot hashes are several times quicker than
 * an HMAC object, and each masked value costs one.
 */
function shortHmac(key: Uint8Array): (text: string) => string {
  const own = key.length > blockBytes ? Buffer.from(hash('sha256', key, 'hex'), 'hex') : key;
  const inner = Buffer.alloc(blockBytes + scratchBytes, 0);
  const outer = Buffer.alloc(blockBytes + hashBytes, 0);
  for (let at = 0; at < blockBytes; at += 1) {
    inner[at] = (own[at] ?? 0) ^ 0x36;
    outer[at] = (own[at] ?? 0) ^ 0x5c;
  }
  return (text) => {
    if (text.length * bytesPerUnit > scratchBytes) {
      return createHmac('sha256', key).update(text).digest('hex');
    }
    const end = blockBytes + inner.write(text, blockBytes);
    outer.write(hash('sha256', inner.subarray(0, end), 'hex'), blockBytes, 'hex');
    return hash('sha256', outer, 'hex');
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
