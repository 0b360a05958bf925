import { describe, expect, it } from 'vitest';
import { readApprovalTerms, strictest } from './approval-terms.js';

const DEFAULTS = {
  asks: [{ group: 'approvers', count: 1 }],
  ttlSeconds: 900,
  windowSeconds: 0,
  ownerExcluded: false,
};

describe('the text of an @approve', () => {
  it.each([
    ['', {}],
    ['group=approvers n=1 ttl=15m', {}],
    ['n=2', { asks: [{ group: 'approvers', count: 2 }] }],
    ['  ttl=24h\n group=dba ', { asks: [{ group: 'dba', count: 1 }], ttlSeconds: 86_400 }],
    ['window=4h owner=excluded', { windowSeconds: 14_400, ownerExcluded: true }],
  ])('%j is understood', (text, expected) => {
    expect(readApprovalTerms(text)).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each([
    'n=0',
    'n=11',
    'n=1 n=2',
    'ttl=0s',
    'ttl=25h',
    'ttl=5',
    'window=8d',
    'owner=allowed',
    'approvers',
    'who=dba',
    'group=',
  ])('%j is refused, and says why', (text) => {
    expect(readApprovalTerms(text)).toMatchObject({ problem: expect.any(String) as string });
  });
});

it('of two the strictest counts, in each thing', () => {
  const one = { ...DEFAULTS, asks: [{ group: 'a', count: 2 }], windowSeconds: 60 };
  const other = { ...DEFAULTS, asks: [{ group: 'b', count: 1 }], ttlSeconds: 60 };
  expect(strictest(one, { ...other, ownerExcluded: true })).toEqual({
    asks: [...one.asks, ...other.asks],
    ttlSeconds: 60,
    windowSeconds: 0,
    ownerExcluded: true,
  });
  const more = { ...DEFAULTS, asks: [{ group: 'a', count: 3 }] };
  expect(strictest(one, more).asks).toEqual(more.asks);
});
