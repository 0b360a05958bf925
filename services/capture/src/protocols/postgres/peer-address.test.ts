import { describe, expect, it } from 'vitest';
import { ownPeerAddress, parsePeerAddress } from './peer-address.js';

describe('where other captures reach this one', () => {
  const listening = { host: '127.0.0.1', port: 15_432 };

  it.each([
    ['capture-1.internal', 'capture-1.internal:5432'],
    ['10.1.2.3', '10.1.2.3:5432'],
    ['2001:db8::1', '[2001:db8::1]:5432'],
  ])('is what is configured: %s', (host, text) => {
    const peer = { host, port: 5432 };
    expect(ownPeerAddress(peer, listening)).toBe(text);
    expect(parsePeerAddress(text)).toEqual(peer);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1:15432'],
    ['::1', '[::1]:15432'],
    ['localhost', 'localhost:15432'],
    ['0.0.0.0', ''],
    ['::', ''],
    ['10.1.2.3', ''],
    ['127.example.org', ''],
  ])('is where it listens, if that is loopback: %s', (host, text) => {
    expect(ownPeerAddress(undefined, { ...listening, host })).toBe(text);
  });

  it('is nowhere without a gateway', () => {
    expect(ownPeerAddress({ host: '10.1.2.3', port: 1 }, undefined)).toBe('');
  });

  it.each(['', 'host', ':1', 'host:', 'host:99999', '::1:5', 'host:1:2', '[]:1'])(
    'is not %j',
    (text) => {
      expect(parsePeerAddress(text)).toBeUndefined();
    },
  );
});
