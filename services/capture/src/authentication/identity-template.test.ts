import { describe, expect, it } from 'vitest';
import { fillIdentity } from './identity-template.js';

describe('fillIdentity', () => {
  it('fills in claims', () => {
    const claims = { repository: 'acme/shop', run: 7 };
    expect(fillIdentity('ci:${repository}#${run}', claims)).toBe('ci:acme/shop#7');
  });

  it('escapes what could break a line, a screen or a template', () => {
    expect(fillIdentity('${sub}', { sub: 'a b\n%é\u202e🚀' })).toBe(
      'a%20b%0A%25%C3%A9%E2%80%AE%F0%9F%9A%80',
    );
  });

  it('does not fill in what a value says', () => {
    expect(fillIdentity('${a}', { a: '${b}', b: 'x' })).toBe('%24%7Bb%7D');
  });

  it.each([{}, { sub: '' }, { sub: null }, { sub: ['x'] }, { sub: { a: 1 } }])(
    'has no identity without the claim: %j',
    (claims) => expect(fillIdentity('ci:${sub}', claims)).toBeUndefined(),
  );

  it('does not take inherited properties for claims', () => {
    expect(fillIdentity('${constructor}', {})).toBeUndefined();
  });
});
