import fc from 'fast-check';
import { TOPICS } from '@steno/proto';
import { describe, expect, it } from 'vitest';
import { encodeFrame, readFrame } from './frame.js';
import type { Frame } from './frame.js';

const names = fc.string({ maxLength: 80 });
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    kind: fc.constant('records' as const),
    topic: fc.constantFrom(...TOPICS),
    stream: fc.string({ unit: 'grapheme', maxLength: 80 }),
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    time,
  }),
  fc.record({
    kind: fc.constant('notes' as const),
    notes: fc.record({ opened: fc.array(names), closed: fc.array(names) }),
    time,
  }),
);

function readAll(bytes: Buffer): { frames: Frame[]; at: number; rest: string } {
  const found: Frame[] = [];
  for (let at = 0; ;) {
    const next = readFrame(bytes, at);
    if (!('frame' in next)) return { frames: found, at, rest: Object.keys(next).join() };
    found.push(next.frame);
    at = next.end;
  }
}

describe('frames of a spool', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(frames), (written) => {
        const bytes = Buffer.concat(written.flatMap(encodeFrame));
        expect(readAll(bytes)).toEqual({ frames: written, at: bytes.length, rest: 'needs' });
      }),
    );
  });

  it('are read up to where they were cut', () => {
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1 }), fc.nat(), (written, cut) => {
        const bytes = Buffer.concat(written.flatMap(encodeFrame));
        const found = readAll(bytes.subarray(0, cut % bytes.length));
        expect(found.frames).toEqual(written.slice(0, found.frames.length));
        expect(found.frames.length).toBeLessThan(written.length);
        expect(found.rest).toBe('needs');
      }),
    );
  });

  it('are not read where a byte was changed', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, change) => {
        const bytes = Buffer.concat(encodeFrame(written));
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;
        expect(readAll(bytes).frames).toEqual([]);
      }),
    );
  });

  it('are never read from anything else, nor is anything thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readAll(Buffer.from(bytes)).frames).toEqual([]);
      }),
    );
  });
});
