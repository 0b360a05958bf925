import { describe, expect, it } from 'vitest';
import { Addresses } from './addresses.js';

const own = new Set(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080']);
const addresses = new Addresses('http', own, new Set(['steno.example']));

describe('a value of Host', () => {
  it.each(['127.0.0.1:8080', 'LOCALHOST:8080', '[::1]:8080'])('is our own address: %s', (host) => {
    expect(addresses.includes(host)).toBe(true);
  });

  it.each(['steno.example', 'Steno.Example:443', 'steno.example:8080'])('is a name: %s', (host) => {
    expect(addresses.includes(host)).toBe(true);
  });

  it.each([
    '',
    '127.0.0.1',
    'localhost:8081',
    '[::1]',
    'evil.example',
    'steno.example.evil.example',
    'x.steno.example',
    'steno.example:',
    'steno.example:80:80',
    'evil.example:80,steno.example',
  ])('is of somebody else: %j', (host) => {
    expect(addresses.includes(host)).toBe(false);
  });
});

describe('an origin', () => {
  it('at our own address has its scheme and port', () => {
    expect(addresses.isOwnOrigin('http://localhost:8080', 'LocalHost:8080')).toBe(true);
    expect(addresses.isOwnOrigin('https://localhost:8080', 'localhost:8080')).toBe(false);
    expect(addresses.isOwnOrigin('http://localhost:8081', 'localhost:8080')).toBe(false);
    expect(addresses.isOwnOrigin('http://127.0.0.1:8080', 'localhost:8080')).toBe(false);
  });

  it('at a name has the scheme and port of what stands before us', () => {
    for (const host of ['steno.example', 'steno.example:8080']) {
      expect(addresses.isOwnOrigin('https://steno.example', host), host).toBe(true);
      expect(addresses.isOwnOrigin('https://steno.example:8443', host), host).toBe(true);
    }
  });

  it.each([
    'null',
    '',
    'https://',
    'steno.example',
    'ftp://steno.example',
    'https://evil.example',
    'https://steno.example.evil.example',
    'https://steno.example@evil.example',
    'http://localhost:8080',
  ])('of somebody else is none of ours: %j', (origin) => {
    expect(addresses.isOwnOrigin(origin, 'steno.example')).toBe(false);
  });
});
