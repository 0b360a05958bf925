import type { ByteReader } from '../byte-reader.js';

/** Addresses in Postgres' binary format, as its output functions write them. */

const familyV4 = 2;
const familyV6 = 3;

/** Byte family, Byte bits of the network, Byte is-cidr, Byte length, the address. */
export function inetText(reader: ByteReader): string {
  const family = reader.uint8();
  const bits = reader.uint8();
  const isCidr = reader.uint8() !== 0;
  const address = reader.slice(reader.uint8());
  const bitsMax = family === familyV4 ? 32 : 128;
  if ((family !== familyV4 && family !== familyV6) || address.length * 8 !== bitsMax) {
    reader.failed = true;
    return '';
  }
  const host = family === familyV4 ? address.join('.') : ipv6Text(address);
  return isCidr || bits !== bitsMax ? `${host}/${bits}` : host;
}

function ipv6Text(address: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, index) => wordAt(address, index));
  const zeros = longestZeros(words);
  const hex = words.map((word) => word.toString(16));
  if (zeros.from === 0 && embedsIpv4(words, zeros.length)) {
    return `:${zeros.length === 5 ? ':ffff' : ''}:${address.subarray(12).join('.')}`;
  }
  if (zeros.length < 2) return hex.join(':');
  return `${hex.slice(0, zeros.from).join(':')}::${hex.slice(zeros.from + zeros.length).join(':')}`;
}

function wordAt(address: Uint8Array, index: number): number {
  return ((address[index * 2] ?? 0) << 8) | (address[index * 2 + 1] ?? 0);
}

/** ::1.2.3.4 and ::ffff:1.2.3.4, but ::1 stays. */
function embedsIpv4(words: readonly number[], zeros: number): boolean {
  return zeros === 6 || (zeros === 5 && words[5] === 0xffff);
}

function longestZeros(words: readonly number[]): {
  readonly from: number;
  readonly length: number;
} {
  let best = { from: -1, length: 0 };
  let from = 0;
  for (const [index, word] of words.entries()) {
    if (word !== 0) from = index + 1;
    else if (index + 1 - from > best.length) best = { from, length: index + 1 - from };
  }
  return best;
}

export function macaddrText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
