import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from './search-params.js';
import { momentOf, searchOf, validateSessionSearch } from './session/search.js';
import { queryOf, RANGE_NAMES, STATUSES, validateSessionsSearch } from './sessions/search.js';
import { validateSignInSearch } from './sign-in/search.js';

const validate = (text: string) => validateSessionsSearch(parseSearch(text));

describe('the address of the list', () => {
  it('is read as people write it', () => {
    expect(
      validate('?identity=a&identity=b&target=orders&status=open&range=24h&text=drop'),
    ).toEqual({
      identity: ['a', 'b'],
      target: ['orders'],
      status: ['open'],
      range: '24h',
      text: 'drop',
    });
  });

  it('forgets what is not valid', () => {
    expect(validate('?status=sleeping&range=1y&from=yesterday&identity=&other=1')).toEqual({});
    expect(validate('?__proto__=x&constructor=y')).toEqual({});
  });

  it('says the same filters again, whatever they are', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1 });
    const searches = fc.record(
      {
        identity: names,
        target: names,
        status: fc.subarray([...STATUSES], { minLength: 1 }),
        range: fc.constantFrom(...RANGE_NAMES),
        text: fc.string({ minLength: 1, maxLength: 50 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(searches, (search) => {
        expect(validate(stringifySearch(search))).toEqual(search);
      }),
    );
  });

  it('asks the api for a span that ends now', () => {
    const query = queryOf({ range: '1h', text: 'x' }, Date.UTC(2026, 0, 1, 12));
    expect(query).toEqual({ text: 'x', from: '2026-01-01T11:00:00.000Z' });
  });
});

describe('the address of a session', () => {
  it('names a moment by event or by time', () => {
    expect(momentOf(validateSessionSearch(parseSearch('?e=42&t=9s')))).toEqual({
      kind: 'position',
      position: 42,
    });
    expect(momentOf(validateSessionSearch(parseSearch('?t=1m2.5s')))).toEqual({
      kind: 't',
      t: 62.5e9,
    });
    expect(momentOf(validateSessionSearch(parseSearch('?t=soon&e=-1')))).toBeUndefined();
  });

  it('names the same moment again', () => {
    const moments = fc.oneof(
      fc.record({ kind: fc.constant('t' as const), t: fc.nat() }),
      fc.record({ kind: fc.constant('position' as const), position: fc.nat() }),
    );
    fc.assert(
      fc.property(moments, (moment) => {
        const text = stringifySearch({ ...searchOf(moment) });
        expect(momentOf(validateSessionSearch(parseSearch(text)))).toEqual(moment);
      }),
    );
  });
});

it('the way on after the sign-in stays in the console', () => {
  expect(validateSignInSearch({ next: '/sessions?text=x' })).toEqual({ next: '/sessions?text=x' });
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'x', 7]) {
    expect(validateSignInSearch({ next })).toEqual({});
  }
});
