import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cluesOf } from '../src/clues.js';
import { accessDetectors } from '../src/detectors/of-access.js';
import { personalDetectors } from '../src/detectors/of-persons.js';
import { Search } from '../src/search.js';
import { valueTypes } from '../src/value-types.js';
import { corpus } from './corpus.js';
import { texts } from './texts.js';

const types = new Set(valueTypes);

/** What no clue was seen of is found by no detector. */
function check(text: string): void {
  const clues = cluesOf(text);
  for (const { detect, clues: needed, types: found } of [
    ...personalDetectors,
    ...accessDetectors,
  ]) {
    if ((clues & needed) !== 0) continue;
    const search = new Search(text, types);
    detect(search);
    expect(search.found, `${found.join()}: ${text}`).toEqual([]);
  }
}

it('are seen of all that detectors find: in the corpus', () => {
  for (const text of corpus) check(text);
});

it('are seen of all that detectors find: in any text', () => {
  const codes = fc.string({ unit: fc.constantFrom(...'cvCV2 codeis:(=123'), maxLength: 24 });
  const cut = fc
    .tuple(fc.constantFrom(...corpus), fc.nat(80), fc.nat(40))
    .map(([text, from, length]) => text.slice(from, from + length));
  fc.assert(fc.property(fc.oneof(texts, codes, cut), check), { numRuns: 5_000 });
});
