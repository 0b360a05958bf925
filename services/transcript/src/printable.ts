import { codePointWidth, isPlainAscii, textWidth } from './char-width.js';

/*
 * The one gate between recorded bytes and a terminal. What passes holds no character that a
 * terminal acts on and none that changes the order or the look of its neighbours: such characters
 * are written out as psql does (`\x1B`, `\u009B`), a tab becomes spaces, only \n ends a line.
 * It is NOT an encoding detector: every text is read as UTF-8, because no event names the
 * session's client_encoding; bytes of another encoding come out as U+FFFD.
 */

/** A text as lines of known width, safe to write. */
export interface Laid {
  readonly lines: readonly string[];
  readonly widths: readonly number[];
  /** Of the widest line. */
  readonly width: number;
}

const tabStop = 8;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

// Bidirectional controls, invisible format characters, line separators, language tags.
const invisible = new RegExp(
  String.raw`^[\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]$|` +
    String.raw`^[\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]$`,
  'u',
);

/** Reads at most what can make `charsMax` characters, and one more, so that a cut shows. */
export function decodeText(bytes: Uint8Array, charsMax = Infinity): string {
  const bytesMax = (charsMax + 1) * 4;
  return decoder.decode(bytes.length > bytesMax ? bytes.subarray(0, bytesMax) : bytes);
}

/** The first `charsMax` code points, then `…`; the text itself where it is no longer. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  let chars = 0;
  let end = 0;
  while (end < text.length && chars < charsMax) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
    chars += 1;
  }
  return end < text.length ? `${text.slice(0, end)}…` : text;
}

/** Makes any text safe to write, line by line. */
export function layOut(text: string): Laid {
  if (isPlainAscii(text)) return { lines: [text], widths: [text.length], width: text.length };
  const lines = text.split('\n').map(printableLine);
  const widths = lines.map(textWidth);
  return { lines, widths, width: widths.reduce((widest, width) => Math.max(widest, width), 0) };
}

/** For what belongs on one line: names, reasons. Line ends are written out as well. */
export function oneLine(text: string): string {
  return isPlainAscii(text) ? text : printableLine(text);
}

function printableLine(line: string): string {
  if (isPlainAscii(line)) return line;
  let out = '';
  let width = 0;
  for (const char of line) {
    const printed = char === '\t' ? ' '.repeat(tabStop - (width % tabStop)) : printable(char);
    out += printed;
    width += printed === char ? codePointWidth(char.codePointAt(0) ?? 0) : printed.length;
  }
  return out;
}

function printable(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return char;
  if (code === 0x0d) return '\\r';
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  if (code < 0xa0) return `\\u${hex(code, 4)}`;
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (!invisible.test(char)) return char;
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
