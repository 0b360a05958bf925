import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskText } from '../src/mask-text.js';
import { equalityTokens } from '../src/equality-tokens.js';
import { nullTokens, shapeTokens } from '../src/tokens.js';
import { type ValueType, valueTypes } from '../src/value-types.js';

const types: ReadonlySet<ValueType> = new Set(valueTypes);
const equality = equalityTokens(new Uint8Array(32));
const masked = (text: string, tokens = equality) => maskText(text, { types }, tokens).text ?? '';

describe('JSON', () => {
  it('is masked by key and by value', () => {
    const text = '{"password":"x1","note":"mail bob@example.com","cvv":123,"n":4111}';
    expect(JSON.parse(masked(text))).toEqual({
      password: expect.stringMatching(/^\[password:[0-9a-f]{8}\]$/),
      note: expect.stringMatching(/^mail \[email:[0-9a-f]{8}\]$/),
      cvv: expect.stringMatching(/^\[card-code:[0-9a-f]{8}\]$/),
      n: 4111,
    });
  });

  it('keeps every character that is not masked', () => {
    const text = ' { "a" : [ 1.0e5, "\\u00e9\\n" ],\n\t"email":"b\\u006fb@example.com" } ';
    expect(masked(text)).toBe(text.replace('b\\u006fb@example.com', masked('bob@example.com')));
  });

  it('is masked within strings of JSON, with their escapes', () => {
    const inner = JSON.stringify({ password: 'a"b\\c', n: 7 });
    const text = JSON.stringify({ outer: JSON.stringify({ inner }) });
    const outer = JSON.parse(masked(text)) as { outer: string };
    const middle = JSON.parse(outer.outer) as { inner: string };
    expect(JSON.parse(middle.inner)).toEqual({
      password: equality('password', 'a"b\\c'),
      n: 7,
    });
  });

  it('keeps shapes with their escapes', () => {
    const text = JSON.stringify({ password: 'a"b\\c1' });
    expect(JSON.parse(masked(text, shapeTokens))).toEqual({ password: 'x"x\\x0' });
  });

  it('knows Secrets of Kubernetes whose kind comes last', () => {
    const list = {
      items: [
        { data: { a: 'Zm9v' }, kind: 'Secret' },
        { data: { a: 'b' }, kind: 'X' },
      ],
    };
    const result = JSON.parse(masked(JSON.stringify(list))) as typeof list;
    expect(result.items[0]?.data.a).toMatch(/^\[kube-secret:/);
    expect(result.items[1]?.data.a).toBe('b');
  });

  it('says null without its type for a number, and with it within a text', () => {
    expect(masked('{"cvv":123}', nullTokens)).toBe('{"cvv":"[card-code]"}');
    expect(maskText('bob@example.com', { types }, nullTokens).text).toBeUndefined();
  });

  it('is text where it is cut or nested beyond measure', () => {
    expect(masked('{"password":"x1","a":')).toContain('[password:');
    expect(masked(`${'['.repeat(100_000)}"bob@example.com"`)).toContain('[email:');
  });

  const value = fc.oneof(
    fc.constantFrom('bob@example.com', '4111111111111111', 'see +49 30 901820', '{"password":"x"}'),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.constant(null),
    fc.boolean(),
  );
  const key = fc.oneof(fc.constantFrom('password', 'email', 'cvv', 'data', 'kind'), fc.string());
  const document = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 4 }, value, tie('array'), tie('object')),
    array: fc.array(tie('node'), { maxLength: 4 }),
    object: fc.dictionary(key, tie('node'), { maxKeys: 4 }),
  })).node;

  it('stays JSON of the same form, whatever it holds', () => {
    const sameForm = (a: unknown, b: unknown): boolean => {
      if (Array.isArray(a)) return Array.isArray(b) && a.every((one, at) => sameForm(one, b[at]));
      if (a !== null && typeof a === 'object') {
        const others = Object.values(b as object) as unknown[];
        return Object.values(a).every((one, at) => sameForm(one, others[at]));
      }
      return a === b || typeof b === 'string';
    };
    fc.assert(
      fc.property(document, fc.constantFrom(equality, shapeTokens, nullTokens), (node, tokens) => {
        const text = JSON.stringify({ node });
        return sameForm({ node }, JSON.parse(masked(text, tokens)));
      }),
      { numRuns: 300 },
    );
  });
});
