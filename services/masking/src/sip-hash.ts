/**
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a keyed function
 * of 64 bits, made for texts as short as these. It is NOT a hash that anybody without the key may
 * be given: whoever has it can find texts that collide.
 */
export class SipHash {
  /** v0 … v3 before the first block, each as its low and its high half. */
  private readonly start = new Int32Array(8);

  /** `key`: 16 bytes. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    const half = (index: number) => view.getInt32(4 * (index % 4), true);
    for (let index = 0; index < 8; index += 1) {
      this.start[index] = (initial[index] as number) ^ half(index);
    }
  }

  /**
   * The low half, as an unsigned number, for the first `length` bytes. Up to eight bytes after
   * them are overwritten.
   */
  low(bytes: DataView, length: number): number {
    const end = length & ~7;
    for (let at = length; at < end + 7; at += 1) bytes.setUint8(at, 0);
    bytes.setUint8(end + 7, length);
    const { start } = this;
    let a = start[0] as number;
    let A = start[1] as number;
    let b = start[2] as number;
    let B = start[3] as number;
    let c = start[4] as number;
    let C = start[5] as number;
    let d = start[6] as number;
    let D = start[7] as number;
    for (let at = 0; at <= end + 8; at += 8) {
      const isLast = at > end;
      const low = isLast ? 0 : bytes.getInt32(at, true);
      const high = isLast ? 0 : bytes.getInt32(at + 4, true);
      d ^= low;
      D ^= high;
      if (isLast) c ^= 0xff;
      for (let round = isLast ? 4 : 2; round > 0; round -= 1) {
        // Sums of 64 bits: where the low half got smaller there is one to carry. The halves of v0
        // and v2 change places at the end of their lines, which turns them by 32 bits.
        let sum = (a + b) | 0;
        A = (A + B + (((a & b) | ((a | b) & ~sum)) >>> 31)) | 0;
        a = sum;
        let turned = (b << 13) | (B >>> 19);
        B = ((B << 13) | (b >>> 19)) ^ A;
        b = turned ^ a;
        turned = a;
        a = A;
        A = turned;
        sum = (c + d) | 0;
        C = (C + D + (((c & d) | ((c | d) & ~sum)) >>> 31)) | 0;
        c = sum;
        turned = (d << 16) | (D >>> 16);
        D = ((D << 16) | (d >>> 16)) ^ C;
        d = turned ^ c;
        sum = (a + d) | 0;
        A = (A + D + (((a & d) | ((a | d) & ~sum)) >>> 31)) | 0;
        a = sum;
        turned = (d << 21) | (D >>> 11);
        D = ((D << 21) | (d >>> 11)) ^ A;
        d = turned ^ a;
        sum = (c + b) | 0;
        C = (C + B + (((c & b) | ((c | b) & ~sum)) >>> 31)) | 0;
        c = sum;
        turned = (b << 17) | (B >>> 15);
        B = ((B << 17) | (b >>> 15)) ^ C;
        b = turned ^ c;
        turned = c;
        c = C;
        C = turned;
      }
      a ^= low;
      A ^= high;
    }
    return (a ^ b ^ c ^ d) >>> 0;
  }
}

/** "somepseudorandomlygeneratedbytes", as halves of numbers. */
const initial = [
  0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
];
