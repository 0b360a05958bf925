import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPlain, findSensitive } from '../src/find.js';
import { maskingLimits } from '../src/limits.js';
import { MaskStream } from '../src/mask-stream.js';
import { maskText, replaceFindings } from '../src/mask-text.js';
import { equalityTokens } from '../src/equality-tokens.js';
import { type ValueType, valueTypes } from '../src/value-types.js';
import { inWindows } from '../src/windows.js';
import { texts } from './texts.js';

const types: ReadonlySet<ValueType> = new Set(valueTypes);
const tokens = equalityTokens(new Uint8Array(32));
const small = { valueLength: 200, contextLength: 400 };

function streamed(chunks: readonly string[], size = small) {
  const stream = new MaskStream({ types }, tokens, size);
  const text = chunks.map((chunk) => stream.push(chunk)).join('') + stream.end();
  return { text, counts: stream.counts };
}

function cut(text: string, borders: readonly number[]): string[] {
  const at = [0, ...borders.map((border) => border % (text.length + 1)).sort((a, b) => a - b)];
  return at.map((from, index) => text.slice(from, at[index + 1]));
}

describe('a stream', () => {
  it('finds the same wherever its chunks end', () => {
    fc.assert(
      fc.property(texts, texts, fc.array(fc.nat()), (head, tail, borders) => {
        const text = `x ${`${head} ${tail} `.repeat(4)}`;
        expect(streamed(cut(text, borders))).toEqual(streamed([text]));
      }),
      { numRuns: 150 },
    );
  });

  it('finds what a search through the whole text finds', () => {
    const line = fc.constantFrom(
      ...['mail bob@example.com', 'card 4111 1111 1111 1111 12/29 123', 'password=hunter2'],
      ...['nothing to see here', '2024-05-01 10:00:00', 'tel: 030 1234567', 'redis://u:pw@h/0'],
    );
    fc.assert(
      fc.property(fc.array(line, { minLength: 40, maxLength: 200 }), (lines) => {
        const text = lines.join('\n');
        const counts = {};
        const whole = replaceFindings(text, findPlain(text, types), { tokens, counts });
        expect(streamed(cut(text, [7, 100, 1000]))).toEqual({ text: whole, counts });
      }),
      { numRuns: 100 },
    );
  });

  it('finds what maskText finds in a text of many windows', () => {
    const row = `${'a'.repeat(70)} bob@example.com\t4111111111111111\n`;
    const text = row.repeat(8_000);
    expect(text.length).toBeGreaterThan(5 * maskingLimits.valueLength);
    const { isWhole, ...whole } = maskText(text, { types }, tokens);
    expect(isWhole).toBe(false);
    expect(whole.counts).toEqual({ email: 8_000, card: 8_000 });
    expect(streamed(cut(text, [1, 99_999, 400_000]), maskingLimits)).toEqual(whole);
    expect(findSensitive(text, types)).toEqual(
      inWindows(text, (window) => findPlain(window, types)),
    );
  });

  it('takes a short text as JSON', () => {
    const text = '{"password":"a\\"b"}';
    const { isWhole, ...whole } = maskText(text, { types }, tokens);
    expect(isWhole).toBe(false);
    expect(streamed([text.slice(0, 9), text.slice(9)])).toEqual(whole);
  });

  it('holds a bounded part of the text back', () => {
    const stream = new MaskStream({ types }, tokens);
    const chunk = 'row after row after row\n'.repeat(500);
    let passed = 0;
    for (let pushed = 0; pushed < 4_000_000; pushed += chunk.length) {
      passed += stream.push(chunk).length;
      const held = pushed + chunk.length - passed;
      expect(held).toBeLessThanOrEqual(4 * maskingLimits.valueLength + chunk.length);
    }
  });
});
