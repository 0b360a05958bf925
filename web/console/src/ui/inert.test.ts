import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUnseen, inertPieces } from './inert.js';

const shown = (text: string, isOneLine = false): string =>
  inertPieces(text, isOneLine)
    .map((piece) => (piece.isWrittenOut ? `[${piece.text}]` : piece.text))
    .join('');

describe('inert text', () => {
  it('leaves what can be seen', () => {
    const text = 'SELECT é, 漢字, 🚀\n\tFROM "t"; -- \\u202E';
    expect(inertPieces(text)).toEqual([{ text, isWrittenOut: false }]);
    expect(inertPieces('')).toEqual([]);
  });

  it.each([
    ['a\u202eb\u2066\u2069c', 'a[\\u202E]b[\\u2066\\u2069]c'],
    ['\u001b[2J\u0000\u007f', '[\\x1B][2J[\\x00\\x7F]'],
    ['a\r\nb', 'a[\\r]\nb'],
    ['a\u00a0b\u3000c\u2028d', 'a[\\u00A0]b[\\u3000]c[\\u2028]d'],
    ['x\u200b\u00ad\ufe0f\u3164y', 'x[\\u200B\\u00AD\\uFE0F\\u3164]y'],
    ['\u{e0041}\ud800', '[\\U000E0041\\uD800]'],
  ])('writes out what cannot, in %j', (text, expected) => expect(shown(text)).toBe(expected));

  it('lets few marks stand on one letter', () => {
    expect(shown('é e\u0301\u0302')).toBe('é e\u0301\u0302');
    expect(shown(`e${'\u0301'.repeat(6)}!`)).toBe(`e${'\u0301'.repeat(4)}[\\u0301\\u0301]!`);
  });

  it('keeps a name on its line', () => {
    expect(shown('a\nb\tc', true)).toBe('a[\\n]b[\\t]c');
  });

  it('counts them, but not the ends of lines of Windows', () => {
    expect(countUnseen('a\r\nb\r\n')).toBe(0);
    expect(countUnseen('a\rb\u202e\u202c')).toBe(3);
  });

  it('marks so many of them at most, and writes out all', () => {
    const pieces = inertPieces('a\u0001'.repeat(50_000));
    expect(pieces.length).toBeLessThanOrEqual(2002);
    expect(pieces.map(({ text }) => text).join('')).toBe('a\\x01'.repeat(50_000));
  });

  it('lets nothing through that acts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const out = inertPieces(text, true).map((piece) => piece.text);
        expect(out.join('')).not.toMatch(/(?! )[\p{C}\p{Z}\p{DI}]/u);
      }),
    );
  });
});
