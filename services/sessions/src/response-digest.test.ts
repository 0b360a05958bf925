import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseDigest } from './response-digest.js';
import { SessionKey } from './session-key.js';

const KIB = 1024;
const key = SessionKey.generate();
/** Bytes that repeat at no length that the digest works in. */
const source = Buffer.from(Array.from({ length: 400 * KIB }, (_, index) => (index * 7919) % 251));

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Sizes around those at which the digest changes how it works: 2 and 64 KiB. */
const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.nat(5 * KIB) },
  { weight: 1, arbitrary: fc.nat(80 * KIB) },
  { weight: 2, arbitrary: fc.constantFrom(0, 2 * KIB, 8 * KIB, 64 * KIB - 1, 64 * KIB, 128 * KIB) },
);
const chunks = fc
  .array(size, { maxLength: 40 })
  .filter((sizes) => sizes.reduce((sum, one) => sum + one, 0) <= source.length);

/** Adds these many bytes of the source at a time; what was added in all. */
function add(digest: ResponseDigest, sizes: readonly number[], from = 0): Buffer {
  let at = from;
  for (const one of sizes) {
    digest.add(source, at, at + one);
    at += one;
  }
  return source.subarray(from, at);
}

describe('the digest of a response', () => {
  it('is the plain one over all bytes, however they come', () => {
    const digest = new ResponseDigest(key);
    fc.assert(
      fc.property(chunks, (sizes) => {
        const bytes = add(digest, sizes);
        expect(digest.bytes).toBe(bytes.length);
        expect(digest.finish()).toEqual({ sha256: sha256(bytes), hmac: '' });
        expect(digest.bytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('is the keyed one from wherever the plain one is given up', () => {
    const digest = new ResponseDigest(key);
    fc.assert(
      fc.property(chunks, chunks, (before, after) => {
        const first = add(digest, before);
        const room = source.length - first.length;
        const rest = after.filter((one, index) => {
          return after.slice(0, index + 1).reduce((sum, each) => sum + each, 0) <= room && one >= 0;
        });
        digest.giveUpPlain();
        const second = add(digest, rest, first.length);
        const bytes = Buffer.concat([first, second]);
        expect(digest.finish()).toEqual({ sha256: '', hmac: key.digest(bytes) });
      }),
      { numRuns: 200 },
    );
  });

  it('is the same for a byte at a time', () => {
    const digest = new ResponseDigest(key);
    const bytes = add(digest, Array<number>(130 * KIB).fill(1));
    expect(digest.finish().sha256).toBe(sha256(bytes));
  });

  it('starts anew after each response, of either kind', () => {
    const digest = new ResponseDigest(key);
    add(digest, [100 * KIB]);
    digest.giveUpPlain();
    expect(digest.finish().sha256).toBe('');
    expect(digest.finish()).toEqual({ sha256: sha256(Buffer.alloc(0)), hmac: '' });
    const bytes = add(digest, [70 * KIB, 3]);
    expect(digest.finish()).toEqual({ sha256: sha256(bytes), hmac: '' });
  });

  it('keeps what was added when the source is used again', () => {
    const digest = new ResponseDigest(key);
    const buffer = Buffer.from('first row');
    digest.add(buffer, 0, buffer.length);
    buffer.write('other');
    digest.add(buffer, 5, buffer.length);
    expect(digest.finish().sha256).toBe(sha256(Buffer.from('first row row')));
  });

  it('is another one under another key, and none of the plain one', () => {
    const keyed = (one: SessionKey): string => {
      const digest = new ResponseDigest(one);
      const bytes = add(digest, [10]);
      digest.giveUpPlain();
      const { hmac } = digest.finish();
      expect(hmac).not.toBe(sha256(bytes));
      return hmac;
    };
    expect(keyed(key)).toBe(keyed(key));
    expect(keyed(key)).not.toBe(keyed(SessionKey.generate()));
  });
});
