const VALUE = new Uint8Array(128);
for (let digit = 0; digit < 16; digit += 1) VALUE[digit.toString(16).charCodeAt(0)] = digit;

/**
 * Writes the bytes that lower-case hex stands for, quicker than a call of Buffer's for the 32 bytes
 * of a hash. It is NOT for hex from outside: it refuses nothing.
 */
export function decodeHex(hex: string, into: Uint8Array, at: number): void {
  const size = hex.length >>> 1;
  for (let index = 0; index < size; index += 1) {
    const high = VALUE[hex.charCodeAt(2 * index)] as number;
    const low = VALUE[hex.charCodeAt(2 * index + 1)] as number;
    into[at + index] = (high << 4) | low;
  }
}
