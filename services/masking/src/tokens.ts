import { valueTypes, type ValueType } from './value-types.js';

/** What a token names: the type of the value, or that a rule masks its column. */
export type TokenType = ValueType | 'column';
export const tokenTypes: readonly TokenType[] = ['column', ...valueTypes];

/** What stands in the place of a value; undefined for nothing at all. */
export type Tokens = (type: TokenType, value: string) => string | undefined;

/** Letters as x and X, digits as 0, all else as it is: `xxx.xxxxxx@xxxxxxx.xxx`. */
export const shapeTokens: Tokens = (_type, value) =>
  value
    .replace(/\p{Nd}/gu, (digit) => '0'.repeat(digit.length))
    .replace(/\p{Lu}/gu, (letter) => 'X'.repeat(letter.length))
    .replace(/[\p{L}\p{N}\p{M}]/gu, (letter) => (letter === 'X' || letter === '0' ? letter : 'x'));

/** No value at all; within a text, where null cannot stand, `[email]` does. */
export const nullTokens: Tokens = () => undefined;
