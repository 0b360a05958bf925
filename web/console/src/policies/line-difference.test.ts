import { describe, expect, it } from 'vitest';
import { changesInWords } from './changes-in-words.js';
import { cedarPieces } from './cedar-pieces.js';
import { folded, lineDifference } from './line-difference.js';

const written = (before: string, after: string) =>
  lineDifference(before, after).map(
    (line) => `${{ same: ' ', gone: '-', new: '+' }[line.kind]}${line.text}`,
  );

describe('the difference of two files', () => {
  it('is told line by line, with the number of each in both', () => {
    expect(written('a\nb\nc\n', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
    expect(lineDifference('a\nb', 'b')).toEqual([
      { kind: 'gone', text: 'a', before: 1, after: undefined },
      { kind: 'same', text: 'b', before: 2, after: 1 },
    ]);
    expect(written('', 'a\n')).toEqual(['+a']);
    expect(written('a\r\n', 'a\n')).toEqual([' a']);
    expect(lineDifference('', '')).toEqual([]);
  });

  it('leaves out what is far from any change, unless it is one line', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const changed = lines.with(10, 'other').join('\n');
    const shown = folded(lineDifference(lines.join('\n'), changed));
    expect(shown.map(({ kind }) => kind)).toEqual([
      ...['fold', 'same', 'same', 'same', 'gone', 'new', 'same', 'same', 'same', 'fold'],
    ]);
    expect(shown[0]).toMatchObject({ lines: { length: 7 } });
    const near = folded(lineDifference('a\nb\nc\nd\ne', 'a\nb\nc\nd\nf'));
    expect(near.some(({ kind }) => kind === 'fold')).toBe(false);
  });
});

it('changes are told in words: of rules, else of files', () => {
  const none = { added: [], removed: [], changed: [] };
  const rules = { added: ['a', 'b'], removed: [], changed: ['c'] };
  expect(changesInWords({ files: none, rules })).toBe('2 rules added, 1 changed');
  expect(changesInWords({ files: { ...none, changed: ['a.cedar'] }, rules: none })).toBe(
    '1 file changed; the rules are the same',
  );
  expect(changesInWords({ files: none, rules: none })).toBe('Nothing but the order');
});

it('a line of Cedar is read in pieces that add up to it', () => {
  const kinds = (line: string) => cedarPieces(line).map(({ kind, text }) => `${kind} ${text}`);
  expect(kinds('@id("no // comment") permit // "why"')).toEqual([
    ...['annotation @id', 'plain (', 'text "no // comment"', 'plain ) ', 'word permit'],
    ...['plain  ', 'comment // "why"'],
  ]);
  expect(kinds('Action::"read", permitted')).toEqual([
    ...['entity Action', 'plain ::', 'text "read"', 'plain , permitted'],
  ]);
  for (const line of ['', 'a "b', '"\\"" in //', '::::']) {
    expect(
      cedarPieces(line)
        .map(({ text }) => text)
        .join(''),
    ).toBe(line);
  }
});
