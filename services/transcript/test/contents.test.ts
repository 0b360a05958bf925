import { describe, expect, it } from 'vitest';
import { decodeBinds, describeError } from '../src/index.js';
import { bindBytes, errorBody, utf8 } from './events.js';

describe('decodeBinds', () => {
  const int4 = (value: number) => Uint8Array.of(0, 0, 0, value);

  it('reads text as it is and binary by its type', () => {
    const bytes = bindBytes([0, 1, 1, 0], ['abc', int4(42), int4(7), null]);
    expect(decodeBinds(bytes, [25, 23])).toEqual(['abc', '42', '\\x00000007', null]);
  });

  it('knows that no format means text and one means all', () => {
    expect(decodeBinds(bindBytes([], ['1', '2']), [])).toEqual(['1', '2']);
    expect(decodeBinds(bindBytes([1], [int4(1), int4(2)]), [23, 23])).toEqual(['1', '2']);
  });

  it('gives what is there of bytes that end early', () => {
    const bytes = bindBytes([0], ['first', 'second', null]);
    for (let length = 0; length <= bytes.length; length += 1) {
      const values = decodeBinds(bytes.subarray(0, length), []);
      expect(['first', 'second', null].slice(0, values.length)).toEqual(values);
    }
    expect(decodeBinds(Uint8Array.of(255, 255), [])).toEqual([]);
  });
});

describe('describeError', () => {
  it('names the fields that people ask for', () => {
    const body = errorBody({ S: 'ERREUR', V: 'ERROR', C: '42P01', M: 'no', D: 'd', H: 'h' });
    expect(describeError(body)).toEqual({
      severity: 'ERREUR',
      code: '42P01',
      message: 'no',
      detail: 'd',
      hint: 'h',
    });
  });

  it('gives what is there of a body that ends early', () => {
    expect(describeError(utf8('SFATAL\0Mcut he'))).toMatchObject({
      severity: 'FATAL',
      message: 'cut he',
      detail: null,
    });
    expect(describeError(new Uint8Array())).toMatchObject({ severity: 'ERROR', message: '' });
  });
});
