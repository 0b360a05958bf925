const rounds = 12;
const blockBytes = 16;

/**
 * Chaskey-12 (Mouha et al., "Chaskey: An Efficient MAC Algorithm for 32-bit Microcontrollers",
 * 2014; ISO/IEC 29192-6:2019): a keyed function of 128 bits, of which the first 32 are given. It is
 * NOT a hash that anybody without the key may be given: whoever has it can find texts that collide.
 */
export class Chaskey {
  private readonly key: Int32Array;
  /** Added to a last block that is whole, and to one that is filled up. */
  private readonly wholeKey: Int32Array;
  private readonly filledKey: Int32Array;

  /** `key`: 16 bytes. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.key = Int32Array.from({ length: 4 }, (_, index) => view.getInt32(4 * index, true));
    this.wholeKey = doubled(this.key);
    this.filledKey = doubled(this.wholeKey);
  }

  /**
   * The first word, as an unsigned number, for the first `length` bytes. Up to 16 bytes after them
   * are overwritten.
   */
  low(bytes: DataView, length: number): number {
    const isWhole = length > 0 && length % blockBytes === 0;
    const last = isWhole ? length - blockBytes : length & -blockBytes;
    if (!isWhole) fill(bytes, length);
    const lastKey = isWhole ? this.wholeKey : this.filledKey;
    const { key } = this;
    let a = key[0] as number;
    let b = key[1] as number;
    let c = key[2] as number;
    let d = key[3] as number;
    for (let at = 0; at <= last; at += blockBytes) {
      a ^= bytes.getInt32(at, true);
      b ^= bytes.getInt32(at + 4, true);
      c ^= bytes.getInt32(at + 8, true);
      d ^= bytes.getInt32(at + 12, true);
      if (at === last) {
        a ^= lastKey[0] as number;
        b ^= lastKey[1] as number;
        c ^= lastKey[2] as number;
        d ^= lastKey[3] as number;
      }
      for (let round = 0; round < rounds; round += 1) {
        a = (a + b) | 0;
        b = ((b << 5) | (b >>> 27)) ^ a;
        a = (a << 16) | (a >>> 16);
        c = (c + d) | 0;
        d = ((d << 8) | (d >>> 24)) ^ c;
        a = (a + d) | 0;
        d = ((d << 13) | (d >>> 19)) ^ a;
        c = (c + b) | 0;
        b = ((b << 7) | (b >>> 25)) ^ c;
        c = (c << 16) | (c >>> 16);
      }
    }
    return (a ^ (lastKey[0] as number)) >>> 0;
  }
}

/** A one behind the text, then zeros. */
function fill(bytes: DataView, from: number): void {
  bytes.setInt32(from, 1, true);
  for (let at = from + 4; at < from + blockBytes; at += 4) bytes.setInt32(at, 0);
}

/** Times two in the field of 2^128 elements whose polynomial ends with 0x87. */
function doubled(words: Int32Array): Int32Array {
  const top = words[words.length - 1] as number;
  return words.map((word, index) => {
    const carried = index === 0 ? (top < 0 ? 0x87 : 0) : (words[index - 1] as number) >>> 31;
    return (word << 1) ^ carried;
  });
}
