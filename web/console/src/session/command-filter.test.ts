import type { CommandView } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { matches } from './command-filter.js';

const command: CommandView = {
  position: 1,
  responsePosition: 2,
  t: 0,
  endT: 1,
  durationNs: 1,
  kind: 'query',
  text: 'SELECT * FROM Orders',
  textLength: 20,
  status: 'error',
  tags: [],
  rows: 0,
  bytes: 0,
  errorCode: '42501',
  errorMessage: 'permission denied',
  sha256: null,
  hmac: null,
  hash: '',
};

describe('the filter', () => {
  it.each([
    ['orders', true],
    ['  select   ORDERS ', true],
    ['select customers', false],
    ['42501', true],
    ['denied orders', true],
    ['', true],
  ])('%j finds it: %s', (text, found) => {
    expect(matches(command, { text, errorsOnly: false })).toBe(found);
  });

  it('can be for errors alone', () => {
    expect(matches(command, { text: '', errorsOnly: true })).toBe(true);
    const fine = { ...command, status: 'ok', errorCode: null };
    expect(matches(fine, { text: '', errorsOnly: true })).toBe(false);
  });

  it('finds nothing in what was erased, and does not fail', () => {
    expect(matches({ ...command, text: null }, { text: 'orders', errorsOnly: false })).toBe(false);
  });
});
