import { expect, it } from 'vitest';
import { claimOf } from './claims.js';
import { queryOf, validateSessionsSearch } from './search.js';

it('claims are taken to the letter, or not at all', () => {
  const long = `sha=${'x'.repeat(253)}`;
  const claim = ['repository=acme/shop', 'a=b=c', 'a=b=c', '=x', 'x', 'x=', long, 7];
  const search = validateSessionsSearch({ claim });
  expect(search).toEqual({ claim: ['repository=acme/shop', 'a=b=c'] });
  expect(queryOf(search, 0)).toMatchObject(search);
  expect(validateSessionsSearch({ claim: 'job= two ' })).toEqual({ claim: ['job= two '] });
  expect(validateSessionsSearch({ claim: ['x'] })).toEqual({});
});

it.each([
  ['job', 'deploy', 'job=deploy'],
  ['job', 'a=b', 'job=a=b'],
  ['a=b', 'c', undefined],
  ['', 'c', undefined],
  ['job', '', undefined],
  ['job', 'x'.repeat(300), undefined],
])('%s and %s are the claim %s', (name, value, claim) => {
  expect(claimOf(name, value)).toBe(claim);
});
