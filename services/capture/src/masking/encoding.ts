import { isUtf8 } from 'node:buffer';

/** Whatever a peer writes in: ASCII is ASCII in each, and bytes that are not UTF-8 stay. */
function encodingOf(bytes: Buffer): 'utf8' | 'latin1' {
  return isUtf8(bytes) ? 'utf8' : 'latin1';
}

/** Up to here a look at each byte is quicker than asking what they are. */
const SHORT_BYTES = 64;

/** Few bytes that are ASCII: each character is a byte. */
export function isPlain(bytes: Buffer, start = 0, end = bytes.length): boolean {
  if (end - start > SHORT_BYTES) return false;
  for (let at = start; at < end; at += 1) if ((bytes[at] as number) >= 0x80) return false;
  return true;
}

/** The bytes as characters, so that `written` gives the same bytes. */
export function readable(bytes: Buffer): string {
  return isPlain(bytes) ? bytes.toString('latin1') : bytes.toString(encodingOf(bytes));
}

/** Characters as the bytes are written that they were read from. */
export function written(text: string, as: Buffer): Buffer {
  return Buffer.from(text, encodingOf(as));
}
