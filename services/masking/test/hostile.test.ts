import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPlain, findSensitive } from '../src/find.js';
import { maskText } from '../src/mask-text.js';
import { redactCommand } from '../src/redact-command.js';
import { equalityTokens } from '../src/equality-tokens.js';
import { shapeTokens } from '../src/tokens.js';
import { type ValueType, valueTypes } from '../src/value-types.js';
import { texts } from './texts.js';

const types: ReadonlySet<ValueType> = new Set(valueTypes);
const equality = equalityTokens(new Uint8Array(32));

describe('hostile text', () => {
  it('is searched without a fault, and findings are in order', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
        let last = 0;
        for (const { start, end } of findSensitive(text, types)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it('has nothing left to mask when it was masked', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(equality, shapeTokens), (text, tokens) => {
        const once = maskText(text, { types }, tokens).text ?? '';
        const tokensIn = [...once.matchAll(/\[[a-z-]+:[0-9a-f]{8}\]/g)];
        // What stood apart may meet over a token; what was masked must not be found again.
        const again = findSensitive(once, types).filter(({ start, end }) =>
          tokensIn.some(({ 0: token, index }) => start >= index && end <= index + token.length),
        );
        expect(again).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('may be long', () => {
    const many = "a@b.co', 'password=x1 ".repeat(60_000);
    const { counts } = redactCommand(`SELECT '${many}'`, { types }, shapeTokens);
    expect(counts).toEqual({ email: 60_000, password: 60_000 });
    const nested = JSON.stringify({ a: 'x1@b.co '.repeat(200_000) });
    expect(maskText(nested, { types }, equality).counts).toEqual({ email: 200_000 });
  });

  const repeated = [
    ...['a', '1', ' ', '@', 'a@', 'a.', '@a.', '1 ', '1-', '+1', '+', '(', '4111 ', '00', '"', "'"],
    ...['eyJ', 'eyJa.', 'eyJaaaaaaaaaa.eyJ.', '-----BEGIN PRIVATE KEY-----', '://', 'a://b:c', '='],
    ...['password=', 'password:', '--p ', 'mysql -', 'curl ', 'IDENTIFIED BY ', "PASSWORD '", '\\'],
    ...[
      'Cookie: a',
      'Authorization: ',
      'kind: Secret\ndata:\n',
      ' a: |\n',
      '{"a":',
      '[',
      '{"a":"\\"',
    ],
    ...[
      'ghp_',
      'sk-',
      'xoxb-',
      'DE89',
      'DE89 ',
      'AB12',
      '%40',
      'cvv ',
      'tel ',
      'a=b;',
      '\\"',
      'aA1',
    ],
  ];

  /** Processor time of the quickest of a few runs; only the ratio of two of them is judged. */
  const costOf = (run: () => unknown) => {
    let best = Infinity;
    for (let round = 0; round < 4; round += 1) {
      const from = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(from);
      best = Math.min(best, user + system);
    }
    return best;
  };

  it.each(repeated)('costs in proportion to its length: %j', (part) => {
    const short = part.repeat(Math.ceil(12_000 / part.length));
    const long = short.repeat(8);
    const ways: ((text: string) => unknown)[] = [
      (text) => findPlain(text, types),
      (text) => redactCommand(text, { types }, shapeTokens),
    ];
    for (const way of ways) {
      way(short);
      // Eight times the text: 8 for linear work, 64 for quadratic. What is added keeps noise out
      // where there is next to nothing to do.
      const ratio = (costOf(() => way(long)) + 8_000) / (costOf(() => way(short)) + 1_000);
      expect(ratio).toBeLessThan(24);
    }
  });
});
