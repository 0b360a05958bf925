import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference, type Stretch } from './difference.js';

const written = (stretches: readonly Stretch[]): string =>
  stretches
    .map(({ kind, text }) =>
      kind === 'same' ? text : kind === 'gone' ? `[-${text}]` : `[+${text}]`,
    )
    .join('');

const without = (stretches: readonly Stretch[], left: Stretch['kind']): string =>
  stretches
    .filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join('');

describe('the difference of two commands', () => {
  it.each([
    ['select 1', 'select 1', 'select 1'],
    ['', '', ''],
    ['', 'select', '[+select]'],
    ['select', '', '[-select]'],
    [
      'update orders set status = 1 where id = 7',
      'update orders set status = 1 where id = 8',
      'update orders set status = 1 where id = [-7][+8]',
    ],
    ['delete from carts where id = 4;', 'delete from carts;', 'delete from carts[- where id = 4];'],
    ['a b c d', 'a x c y', 'a [-b][+x] c [-d][+y]'],
    ['grüße', 'größe', '[-grüße][+größe]'],
  ])('from %j to %j', (earlier, later, expected) => {
    expect(written(difference(earlier, later))).toBe(expected);
  });

  it('holds both texts, whatever they are', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('a', 'b', ' ', ',', '\n')).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, texts, (earlier, later) => {
        const found = difference(earlier, later);
        expect(without(found, 'new')).toBe(earlier);
        expect(without(found, 'gone')).toBe(later);
      }),
    );
  });

  it('does not search for long between texts that have little in common', () => {
    const text = (letter: string): string =>
      Array.from({ length: 5000 }, (_, index) => `${letter}${index}`).join(' ');
    const found = difference(`(${text('a')})`, `(${text('b')})`);
    expect(found.map(({ kind }) => kind)).toEqual(['same', 'gone', 'new', 'same']);
  });
});
