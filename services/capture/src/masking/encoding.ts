import { isUtf8 } from 'node:buffer';

/** Whatever a peer writes in: ASCII is ASCII in each, and bytes that are not UTF-8 stay. */
function encodingOf(bytes: Buffer): 'utf8' | 'latin1' {
  return isUtf8(bytes) ? 'utf8' : 'latin1';
}

/** The bytes as characters, so that `written` gives the same bytes. */
export function readable(bytes: Buffer): string {
  return bytes.toString(encodingOf(bytes));
}

/** Characters as the bytes are written that they were read from. */
export function written(text: string, as: Buffer): Buffer {
  return Buffer.from(text, encodingOf(as));
}
