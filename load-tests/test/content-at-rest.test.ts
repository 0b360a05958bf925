import { describe, expect, it } from 'vitest';
import { makeCorpus } from '../content-at-rest/corpus.js';
import { open, pack, seal } from '../content-at-rest/costs.js';

describe('the corpus', () => {
  it('is the same each time', () => {
    expect(makeCorpus(50)).toEqual(makeCorpus(50));
  });

  it('holds text and output of each command', () => {
    expect(makeCorpus(3).map(({ kind }) => kind)).toEqual([
      ...['text', 'output'],
      ...['text', 'output'],
      ...['text', 'output'],
    ]);
  });
});

describe('sealing', () => {
  it('is undone by opening', () => {
    for (const { bytes } of makeCorpus(20)) expect(open(seal(bytes))).toEqual(bytes);
  });

  it('refuses what was changed', () => {
    const sealed = seal(Buffer.from('SELECT 1'));
    sealed[13] = (sealed[13] ?? 0) ^ 1;
    expect(() => open(sealed)).toThrow();
  });

  it('packs every byte once', () => {
    const pieces = makeCorpus(10);
    const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
    for (const events of [1, 7, 20, 100]) {
      expect(Buffer.concat(pack(pieces, events))).toEqual(bytes);
    }
  });
});
