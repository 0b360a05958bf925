import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeHex } from './hex.js';

it('writes the bytes that hex stands for, where it is told, and no others', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(9), (bytes, at) => {
      const into = Buffer.alloc(at + bytes.length + 1, 0xee);
      decodeHex(Buffer.from(bytes).toString('hex'), into, at);
      const around = [Buffer.alloc(at, 0xee), bytes, Buffer.from([0xee])];
      expect(into).toEqual(Buffer.concat(around));
    }),
  );
});
