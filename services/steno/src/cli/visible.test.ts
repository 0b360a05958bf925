import { describe, expect, it } from 'vitest';
import { cut, visible } from './visible.js';

describe('visible', () => {
  it('leaves what can be seen', () => {
    expect(visible('SELECT é, 漢字, 🚀 FROM "t"')).toBe('SELECT é, 漢字, 🚀 FROM "t"');
  });

  it.each([
    ['\u001B[2J', '\\u{1b}[2J'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u202Etxt\u200B', '\\u{202e}txt\\u{200b}'],
    ['\u009B1m', '\\u{9b}1m'],
    ['\u2028', '\\u{2028}'],
    ['\uD800', '\\u{d800}'],
  ])('shows %j', (text, shown) => expect(visible(text)).toBe(shown));
});

describe('cut', () => {
  it('keeps what fits and marks what does not', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
    expect(cut('🚀🚀🚀🚀', 3)).toBe('🚀🚀…');
  });
});
