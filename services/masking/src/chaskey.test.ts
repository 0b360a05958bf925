import { describe, expect, it } from 'vitest';
import { Chaskey } from './chaskey.js';

const key = Buffer.from('33343d839f389f004fe6982339cf7a41', 'hex');
/** First words for the texts 00 01 … of so many bytes: vectors of the reference implementation. */
const vectors = [
  ...'43cb1f41 f9ac2067 57da70c5 8c5e6ab9 0b2b62db 39fa92b9 7c814dec b7d29cb8'.split(' '),
  ...'9faf57d6 8417124d dea5ba76 6a888831 c040258c 7feba9c3 c133c9c0 03cfb44b'.split(' '),
  ...'5dd0e2a9 8b5f6d5a 0430889e 426ca8dd ece3bdb9 efddd3d7 440809ba 0b1db893'.split(' '),
  ...'9f01c148 9ac00551 3abb0b87 c5cfbfff 76d1eb98 7cb65a88 c082b077 1d3d30b1'.split(' '),
  ...'77962784 d74bb867'.split(' '),
];

describe('Chaskey-12', () => {
  it.each(vectors.map((vector, length) => [length, vector] as const))(
    'is that of the reference for %i bytes',
    (length, vector) => {
      const bytes = Uint8Array.from({ length: length + 16 }, (_, index) =>
        index < length ? index : 0xff,
      );
      const low = new Chaskey(key).low(new DataView(bytes.buffer), length);
      expect(low).toBe(Number.parseInt(vector, 16));
    },
  );
});
