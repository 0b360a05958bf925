import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tailScreen, Transcript } from '../src/index.js';
import { printableText } from './printable-text.js';
import {
  bindBytes,
  dataRow,
  errorBody,
  event,
  joined,
  message,
  rowDescription,
  startedAt,
} from './events.js';

/** Bytes that terminals act on, invalid UTF-8 and ordinary text. */
const nasty = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
  fc
    .constantFrom(
      '\x1b[2J\x1b[H',
      '\x1b]0;title\x07',
      '\x1bP1$r\x1b\\',
      '\u009b31m',
      '\r\nfake=> ',
      '\u202egnp',
      '\x1b[1;31m',
      '\b\b\b',
      '\x1b]8;;http://x\x1b\\',
    )
    .map((text) => new TextEncoder().encode(text)),
);
const name = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', ''));
const anyType = fc.constantFrom(0, 16, 17, 18, 20, 23, 25, 114, 600, 1009, 1082, 1184, 1700, 2249);

const column = fc.record({ name, type: anyType, binary: fc.boolean() });
const rows = fc.array(fc.array(fc.option(nasty), { maxLength: 4 }), { maxLength: 4 });
const results = fc
  .tuple(fc.array(column, { maxLength: 4 }), rows)
  .map(([columns, cells]) => joined([rowDescription(columns), ...cells.map(dataRow)]));
const copies = fc
  .array(nasty, { maxLength: 4 })
  .map((datas) => joined([message('H', [0, 0, 0]), ...datas.map((d) => message('d', [...d]))]));
const output = fc.oneof(results, copies, fc.uint8Array({ maxLength: 100 }));

const response = fc
  .record({
    output: fc.array(output, { maxLength: 3 }),
    error: fc.oneof(
      nasty,
      fc.record({ S: name, M: name, D: name, H: name, P: fc.constant('3') }).map(errorBody),
    ),
    notice: nasty,
    tags: fc.array(fc.oneof(name, fc.constantFrom('SELECT 1', 'COPY 2')), { maxLength: 3 }),
    status: fc.constantFrom('ok', 'error', 'cut', 'odd'),
    columns: fc.array(fc.record({ name, type: anyType, format: name }), { maxLength: 3 }),
  })
  .map(({ output: outputs, error, notice, tags, status, columns }) =>
    event(
      2,
      {
        case: 'responseCompleted',
        value: {
          command: 1n,
          tags,
          status,
          columns,
          error: { code: 'X', severity: tags[0] ?? '' },
        },
      },
      [
        ...outputs.map((bytes) => ({ kind: 'output', bytes })),
        { kind: 'error', bytes: error },
        { kind: 'notice', bytes: notice },
      ],
    ),
  );

const command = fc
  .record({ text: nasty, values: fc.array(fc.option(nasty)), rule: name })
  .map(({ text, values, rule }) =>
    event(
      1,
      { case: 'commandSubmitted', value: { kind: rule, decision: { effect: 'deny', rule } } },
      [
        { kind: 'text', bytes: text },
        { kind: 'binds', bytes: bindBytes([], values) },
      ],
    ),
  );

const rest = fc
  .tuple(name, name)
  .map(([a, b]) => [
    event(0, { case: 'sessionOpened', value: { sessionId: a, protocol: b } }),
    event(3, { case: 'limitReached', value: { limit: a } }),
    event(4, { case: 'gap', value: { reason: b } }),
    event(5, { case: 'sessionClosed', value: { reason: a, actor: b, detail: a } }),
  ]);

describe('whatever was recorded', () => {
  it('comes out as printable lines and our own attributes', () => {
    fc.assert(
      fc.property(name, command, response, rest, (target, submitted, completed, others) => {
        const transcript = new Transcript({ target, startedAt });
        const events = [...others, submitted, completed];
        const chunks = events.flatMap((each) => transcript.render(each));
        for (const { ansi } of chunks) expect(ansi).toMatch(printableText);
        expect(tailScreen(chunks, { rows: 4, cols: 10, scrollback: 2 })).toMatch(printableText);
      }),
      { numRuns: 500 },
    );
  });

  it('comes out the same however the output is cut into pieces', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat(60), { maxLength: 5 }), (bytes, sizes) => {
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const size of [...sizes, Infinity]) {
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        const shown = (parts: readonly Uint8Array[]) =>
          new Transcript({ target: 'orders', startedAt })
            .render(
              event(
                2,
                { case: 'responseCompleted', value: { command: 1n, tags: ['SELECT 1'] } },
                parts.map((part) => ({ kind: 'output', bytes: part })),
              ),
            )
            .map(({ ansi }) => ansi)
            .join('');
        expect(shown(pieces)).toBe(shown([bytes]));
      }),
      { numRuns: 300 },
    );
  });
});
