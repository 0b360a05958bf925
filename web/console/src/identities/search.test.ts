import { expect, it } from 'vitest';
import { isFiltered, validateIdentitiesSearch } from './search.js';

it.each([
  [{}, {}],
  [
    { text: 'ci', state: 'revoked', owner: 'ann' },
    { text: 'ci', state: ['revoked'], owner: 'ann' },
  ],
  [{ state: ['expired', 'odd', 'observed'] }, { state: ['observed', 'expired'] }],
  [{ text: '', state: 'odd', owner: 7, more: 'x' }, {}],
])('an address of %j is one of %j', (raw, expected) => {
  const search = validateIdentitiesSearch(raw);
  expect(search).toEqual(expected);
  expect(isFiltered(search)).toBe(Object.keys(expected).length > 0);
});
