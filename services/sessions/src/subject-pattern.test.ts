import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsPattern } from './subject-pattern.js';

describe('a subject pattern', () => {
  it.each([
    ['repo:shop/web:ref:refs/heads/main', 'repo:shop/web:ref:refs/heads/main', true],
    ['repo:shop/web', 'repo:shop/web2', false],
    ['repo:shop/*', 'repo:shop/', true],
    ['repo:shop/*', 'repo:shop', false],
    ['repo:*:environment:production', 'repo:shop/web:environment:production', true],
    ['repo:*:environment:production', 'repo:shop/web:environment:production2', false],
    ['a*a', 'a', false],
    ['*ab*ab*', 'ab', false],
    ['a.c', 'abc', false],
    ['*', '', true],
  ])('%s and %s: %s', (pattern, subject, fits) => {
    expect(fitsPattern(pattern, subject)).toBe(fits);
  });

  it('says what the same as a regular expression says', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.', '$', '\n') });
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const pieces = pattern.split('*').map((piece) => piece.replaceAll(/[.$]/g, '\\$&'));
        const same = new RegExp(`^${pieces.join('.*')}$`, 's');
        expect(fitsPattern(pattern, subject)).toBe(same.test(subject));
      }),
    );
  });

  it('is read in time that grows with its length alone, whatever it says', () => {
    const pattern = '*a'.repeat(250);
    expect(fitsPattern(`${pattern}*b`, 'a'.repeat(10_000))).toBe(false);
  });
});
