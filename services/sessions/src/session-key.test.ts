import { createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseDigest } from './response-digest.js';
import { SessionKey } from './session-key.js';

const installationKey = Buffer.alloc(32, 7);

describe('SessionKey', () => {
  it('commits by HMAC-SHA256 of kind, zero byte and bytes under the derived key', () => {
    const key = SessionKey.generate();
    const wrapped = key.wrap(installationKey);
    const secret = unwrapSecret(wrapped);
    const derived = Buffer.from(hkdfSync('sha256', secret, '', 'steno/v1/commitment', 32));
    for (const size of [0, 1, 63, 64, 65, 40_000, 200_000]) {
      const bytes = randomBytes(size);
      const expected = createHmac('sha256', derived).update('text\0').update(bytes).digest('hex');
      expect(key.commit('text', bytes)).toBe(expected);
      const running = key.beginCommitment('text');
      running.update(bytes.subarray(0, size >> 1));
      running.update(bytes.subarray(size >> 1));
      expect(running.finish()).toBe(expected);
    }
  });

  it('unwraps under the same installation key only', () => {
    const key = SessionKey.generate();
    const wrapped = key.wrap(installationKey);
    const bytes = Buffer.from('SELECT 1');
    const unwrapped = SessionKey.unwrap(wrapped, installationKey);
    expect(unwrapped?.commit('text', bytes)).toBe(key.commit('text', bytes));
    expect(SessionKey.unwrap(wrapped, Buffer.alloc(32, 8))).toBeUndefined();
    expect(SessionKey.unwrap(wrapped.subarray(1), installationKey)).toBeUndefined();
  });

  it('gives every session a key of its own', () => {
    const commitments = new Set<string>();
    for (let i = 0; i < 200; i++) {
      commitments.add(SessionKey.generate().commit('text', Buffer.from('x')));
    }
    expect(commitments.size).toBe(200);
  });
});

describe('ResponseDigest', () => {
  it('is the digest of the joined pieces, plain or keyed, whatever the pieces', () => {
    const key = SessionKey.generate();
    const pieces = fc.array(fc.uint8Array({ maxLength: 90_000 }), { maxLength: 6 });
    const digest = new ResponseDigest(key);
    fc.assert(
      fc.property(pieces, fc.boolean(), fc.nat(5), (parts, keyed, at) => {
        parts.forEach((part, index) => {
          if (keyed && index === at) digest.giveUpPlain();
          const source = Buffer.concat([Buffer.from('xx'), part]);
          digest.add(source, 2, source.length);
        });
        if (keyed) digest.giveUpPlain();
        const joined = Buffer.concat(parts);
        expect(digest.bytes).toBe(joined.length);
        expect(digest.finish()).toEqual(
          keyed
            ? { sha256: '', hmac: key.digest(joined) }
            : { sha256: createHash('sha256').update(joined).digest('hex'), hmac: '' },
        );
      }),
      { numRuns: 60 },
    );
  });
});

/** What SessionKey.unwrap does, to look at the secret itself. */
function unwrapSecret(wrapped: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', installationKey, wrapped.subarray(0, 12));
  decipher.setAuthTag(wrapped.subarray(44));
  return Buffer.concat([decipher.update(wrapped.subarray(12, 44)), decipher.final()]);
}
