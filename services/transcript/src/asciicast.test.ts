import { describe, expect, it } from 'vitest';
import { CastWriter, type CastVersion } from './asciicast.js';

const HEADER = { cols: 120, rows: 36, startedAt: 1_795_000_000_500_000_000n, title: 'bot "x"' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parsed = (lines: string): unknown[] =>
  lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);

describe('an asciicast', () => {
  it.each<[CastVersion, unknown]>([
    [2, { version: 2, width: 120, height: 36, timestamp: 1_795_000_000, title: 'bot "x"' }],
    [3, { version: 3, term: { cols: 120, rows: 36 }, timestamp: 1_795_000_000, title: 'bot "x"' }],
  ])('of version %i has its header', (version, header) => {
    expect(parsed(new CastWriter(version).header(HEADER))).toEqual([header]);
  });

  it('of version 2 counts from the start', () => {
    const cast = new CastWriter(2);
    const lines = cast.output(1_000_999n, bytes('a\r\n')) + cast.marker(2_500_000_000n, 'command');
    expect(parsed(lines)).toEqual([
      [0.001, 'o', 'a\r\n'],
      [2.5, 'm', 'command'],
    ]);
  });

  it('of version 3 counts from the event before, and its errors do not add up', () => {
    const cast = new CastWriter(3);
    const events = Array.from({ length: 1000 }, (_, n) =>
      parsed(cast.output(BigInt(n) * 1_500n, bytes('x'))),
    );
    const times = events.flat().map((event) => Math.round((event as [number])[0] * 1e6));
    expect(times.slice(0, 5)).toEqual([0, 1, 2, 1, 2]);
    expect(times.reduce((sum, time) => sum + time)).toBe(Math.floor((999 * 1_500) / 1_000));
  });

  it('has no half of a character', () => {
    const cast = new CastWriter(2);
    const [first, second] = [bytes('é').subarray(0, 1), bytes('é').subarray(1)];
    expect(cast.output(0n, first)).toBe('');
    expect(parsed(cast.output(1_000n, second))).toEqual([[0.000001, 'o', 'é']]);
  });
});
