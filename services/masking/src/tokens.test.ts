import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isMasked } from './masked.js';
import { equalityTokens, nullTokens, shapeTokens } from './tokens.js';

const key = new Uint8Array(32).fill(7);

describe('tokens that keep equality', () => {
  const token = equalityTokens(key);

  it('name the type, and are the same for the same value however it is written', () => {
    expect(token('email', 'Bob@Example.com')).toMatch(/^\[email:[0-9a-f]{8}\]$/);
    expect(token('email', 'Bob@Example.com')).toBe(token('email', 'bob@example.com'));
    expect(token('card', '4111 1111 1111 1111')).toBe(token('card', '4111111111111111'));
    expect(token('phone', '0049 30 901820')).toBe(token('phone', '+4930901820'));
    expect(token('iban', 'de89 3704')).toBe(token('iban', 'DE893704'));
  });

  it('differ by value, type and key, and by letter case where it matters', () => {
    expect(token('password', 'a')).not.toBe(token('password', 'A'));
    expect(token('email', 'a')?.slice(-9)).not.toBe(token('password', 'a')?.slice(-9));
    expect(token('email', 'a')).not.toBe(equalityTokens(new Uint8Array(32))('email', 'a'));
  });

  it('are an HMAC of type and value, however long', () => {
    for (const value of ['a', 'ü'.repeat(300), 'b'.repeat(5_000)]) {
      for (const used of [key, new Uint8Array(100).fill(3)]) {
        const mac = createHmac('sha256', used).update(`password\0${value}`).digest('hex');
        expect(equalityTokens(used, 64)('password', value)).toBe(`[password:${mac}]`);
      }
    }
  });

  it('are as long as asked for, within bounds', () => {
    const length = (digits: number) => equalityTokens(key, digits)('email', 'a')?.length;
    expect([length(1), length(16), length(999)]).toEqual([16, 24, 72]);
  });
});

describe('tokens that keep the shape', () => {
  it('keep length, classes of characters and what parts them', () => {
    expect(shapeTokens('email', 'Bob.9@Example.com')).toBe('Xxx.0@Xxxxxxx.xxx');
    expect(shapeTokens('card', '4111 1111-1111')).toBe('0000 0000-0000');
    expect(shapeTokens('password', 'Ünï1\u0300ß')).toBe('Xxx0xx');
    expect(shapeTokens('password', '\u{1d7d8}a')).toBe('00x');
  });
});

describe('masked values', () => {
  it.each(['[email:0123abcd]', '[card]', 'xxx.xx@xxxx.xxx', 'x0', '***', ''])(
    '%j are such',
    (text) => expect(isMasked(text)).toBe(true),
  );

  it.each(['[email:0123abcg]', '[other:0123abcd]', 'x1', 'a', '[a]', 'é', '0000'])(
    '%j are not',
    (text) => expect(isMasked(text)).toBe(false),
  );

  it('may be nothing', () => {
    expect(nullTokens('email', 'a')).toBeUndefined();
  });
});
