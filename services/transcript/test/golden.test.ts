import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { event, query, rendered } from './events.js';

/** Recorded by record-fixtures.mjs: what a server sent, and what psql showed of the same. */
interface Recorded {
  readonly sql: string;
  /** Base64, like the bodies of errors and notices. */
  readonly output: string;
  readonly tags: readonly string[];
  readonly errors: readonly string[];
  readonly notices: readonly string[];
  readonly psql: string;
}

const file = new URL('../fixtures/psql.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function contentsOf(entry: Recorded, split = Infinity) {
  const output = bytes(entry.output);
  const pieces = [output.subarray(0, split), output.subarray(split)];
  return [
    ...pieces.filter(({ length }) => length > 0).map((piece) => ({ kind: 'output', bytes: piece })),
    ...entry.errors.map((error) => ({ kind: 'error', bytes: bytes(error) })),
    ...entry.notices.map((notice) => ({ kind: 'notice', bytes: bytes(notice) })),
  ];
}

/** Without the prompt, the statement and the time. */
function shown(entry: Recorded, split?: number): string {
  const statement = query(1, entry.sql);
  const before = rendered([statement]);
  const output = BigInt(bytes(entry.output).length);
  const value = {
    command: 1n,
    status: entry.errors.length > 0 ? 'error' : 'ok',
    tags: [...entry.tags],
    notices: entry.notices.length,
    outputKept: output,
    sha256: new Uint8Array(32),
    durationNs: 1_234_000n,
  };
  const facts = { case: 'responseCompleted' as const, value };
  const text = rendered([statement, event(2, facts, contentsOf(entry, split))]);
  expect(text.endsWith('Time: 1.234 ms\r\n')).toBe(true);
  return text.slice(before.length, -'Time: 1.234 ms\r\n'.length).replaceAll('\r\n', '\n');
}

/** COPY is the data itself; a terminal would move to the next stop, the transcript has done so. */
function expandTabs(text: string): string {
  return text.replace(/^.*\t.*$/gm, (line) =>
    line.split('\t').reduce((done, part) => done + ' '.repeat(8 - (done.length % 8)) + part),
  );
}

describe('the transcript of a response is what psql prints', () => {
  it.each(recorded)('$sql', (entry) => {
    expect(shown(entry)).toBe(expandTabs(entry.psql));
  });

  it('wherever its output is cut into pieces', () => {
    const entry = recorded.find(({ sql }) => sql.startsWith('SELECT id, item, price'));
    if (entry === undefined) throw new Error('no such statement among the fixtures');
    for (let split = 0; split <= bytes(entry.output).length; split += 1) {
      expect(shown(entry, split)).toBe(entry.psql);
    }
  });
});
