import { describe, expect, it } from 'vitest';
import {
  encodeAuthenticationCleartextPassword,
  encodeAuthenticationOk,
} from './encode-to-client.js';
import { BackendOrder, frontendOrder } from './session-order.js';

const ok = encodeAuthenticationOk().subarray(5);
const askPassword = encodeAuthenticationCleartextPassword().subarray(5);

/** The first type that is flagged. `R` is AuthenticationOk, `r` a request for a password. */
function flagged(types: string): string | undefined {
  const order = new BackendOrder();
  for (const letter of types) {
    const body = letter === 'r' ? askPassword : letter === 'R' ? ok : Buffer.alloc(0);
    const type = letter === 'r' ? 0x52 : letter.charCodeAt(0);
    const malformed = order.next(type, body);
    if (malformed !== undefined) {
      expect(malformed.reason).toBe('wrong-order');
      return letter;
    }
  }
  return undefined;
}

describe('a server', () => {
  it.each([
    'vrRSSKZTDDCZ',
    'rE',
    'RSKNZ',
    'RZHddcCZ',
    'RZHdSNAdEZ',
    'RZGCZ',
    'RZWddcCCZ',
    'RZDsCZ',
  ])('may send %s', (types) => {
    expect(flagged(types)).toBeUndefined();
  });

  it.each([
    ['Z', 'Z'],
    ['rT', 'T'],
    ['rS', 'S'],
    ['RR', 'R'],
    ['RT', 'T'],
    ['RSv', 'v'],
    ['RZR', 'R'],
    ['RZr', 'r'],
    ['RZK', 'K'],
    ['RZd', 'd'],
    ['RZc', 'c'],
    ['RZHT', 'T'],
    ['RZHdZ', 'Z'],
    ['RZHcd', 'd'],
    ['RZHEd', 'd'],
  ])('may not send %s: %s comes where it cannot', (types, letter) => {
    expect(flagged(types)).toBe(letter);
  });

  it('is not authenticated by an authentication message that streams', () => {
    const order = new BackendOrder();
    order.next(0x52, undefined);
    expect(order.next(0x5a, Buffer.from('I'))?.reason).toBe('wrong-order');
  });
});

describe('a client', () => {
  it('answers or leaves before it is authenticated, and never answers afterwards', () => {
    const types = 'pXQ';
    const legal = (authenticated: boolean) =>
      [...types].filter((type) => frontendOrder(type.charCodeAt(0), authenticated) === undefined);
    expect(legal(false)).toEqual(['p', 'X']);
    expect(legal(true)).toEqual(['X', 'Q']);
    expect(frontendOrder(0x51, false)?.reason).toBe('wrong-order');
  });
});
