import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMasked } from './masked.js';
import { EqualityTokens, equalityTokens } from './equality-tokens.js';
import { nullTokens, shapeTokens } from './tokens.js';

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

  it('tell long values apart to their last character, in any script', () => {
    for (const value of ['b'.repeat(5_000), 'ü'.repeat(300), 'ü'.repeat(5_000), '', 'a\0']) {
      expect(token('password', value)).toMatch(/^\[password:[0-9a-f]{8}\]$/);
      expect(token('password', value)).toBe(equalityTokens(key)('password', value));
      expect(token('password', value)).not.toBe(token('password', `${value}c`));
    }
  });

  it('are the same of bytes as of the text that they are, where they can be had of bytes', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('0049 30 901820', 'a%40b.org', 'A'.repeat(1025)),
    );
    const tokens = new EqualityTokens(key);
    const written = Buffer.alloc(64);
    const view = new DataView(written.buffer, written.byteOffset, written.length);
    fc.assert(
      fc.property(fc.constantFrom('email', 'phone', 'card', 'column'), texts, (type, text) => {
        const bytes = Buffer.from(`..${text}`);
        const made = tokens.ofType(type).ofBytes(bytes, 2, bytes.length);
        if (made === undefined) {
          expect(text).toMatch(/[^\0-\x7f]|^00|%|^[^]{1025}/);
          return;
        }
        const end = made.write(view, 0);
        expect(end).toBe(made.length);
        expect(written.toString('latin1', 0, end)).toBe(token(type, text));
      }),
    );
  });

  it('do not depend on characters that only part a number', () => {
    const digits = fc.array(fc.nat(9), { minLength: 12, maxLength: 19 });
    const gaps = fc.array(fc.constantFrom('', ' ', '-', '\u00a0', '\u2009'), { minLength: 19 });
    fc.assert(
      fc.property(digits, gaps, (number, between) => {
        const written = number.map((digit, at) => `${digit}${between[at] ?? ''}`).join('');
        for (const type of ['card', 'phone', 'national-id'] as const) {
          expect(token(type, `1${written}`)).toBe(token(type, `1${number.join('')}`));
        }
      }),
    );
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
