import { describe, expect, it } from 'vitest';
import { parseStartup } from '../src/startup.js';
import { type ScanOptions, scanChunks, summary } from './collector.js';
import { directions, recordings } from './recordings.js';

function* singleBytes(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1) yield bytes.subarray(at, at + 1);
}

describe.each(directions)('any split of $name gives the same messages', ({ side, bytes }) => {
  const variants: readonly Omit<ScanOptions, 'side'>[] = [
    { wholeMessageBytes: 1 << 20 },
    { wholeMessageBytes: 1 << 20, spans: true },
    { wholeMessageBytes: 24 },
    { wholeMessageBytes: 24, spans: true },
    { wholeMessageBytes: 0 },
  ];

  it.each(variants)('with %o', (variant) => {
    const options = { side, ...variant };
    const whole = scanChunks([bytes], options);
    expect(whole.malformed).toBeUndefined();
    expect(whole.midMessage).toBe(false);
    expect(whole.messages.length).toBeGreaterThan(0);
    const expected = summary(whole);
    for (let at = 1; at < bytes.length; at += 1) {
      const outcome = scanChunks([bytes.subarray(0, at), bytes.subarray(at)], options);
      if (summary(outcome) !== expected) expect(`at ${at}\n${summary(outcome)}`).toBe(expected);
    }
    const slow = scanChunks(singleBytes(bytes), options);
    expect(summary(slow)).toBe(expected);
    expect(slow.bufferedMost).toBeLessThanOrEqual((variant.wholeMessageBytes ?? 0) + 5);
  });

  it('and a cut-off stream is told at every offset', () => {
    const ends = new Set([0]);
    let end = 0;
    for (const { body } of scanChunks([bytes], { side }).messages) {
      end += 5 + body.length;
      ends.add(end);
    }
    for (let at = 0; at <= bytes.length; at += 1) {
      const { midMessage } = scanChunks([bytes.subarray(0, at)], { side });
      if (midMessage === ends.has(at)) expect(`midMessage ${midMessage} at ${at}`).toBe('');
    }
  });
});

describe('a start-up packet', () => {
  it.each(recordings)('of $name is incomplete until its last byte', (recording) => {
    let bytes = recording.startupBytes;
    for (const startup of recording.startups) {
      for (let at = 0; at < startup.bytes; at += 1) {
        expect(parseStartup(bytes.subarray(0, at))).toBe('incomplete');
      }
      expect(parseStartup(bytes.subarray(0, startup.bytes))).toEqual(startup);
      bytes = bytes.subarray(startup.bytes);
    }
    expect(bytes.length).toBe(0);
  });
});
