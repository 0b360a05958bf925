import { ByteReader } from './byte-reader.js';
import { transcriptLimits } from './limits.js';
import { cut, decodeText, oneLine } from './printable.js';
import { alignsRight, binaryText } from './types/decode.js';

/**
 * The values of a Bind message, from the count of parameter formats on: Int16 n, Int16[n] formats,
 * Int16 m, { Int32 length or -1, bytes }[m]. null is SQL NULL. `types` are the type OIDs of the
 * parameters as far as they are known; a binary value of another type comes as \x and hex digits.
 * The texts are raw, not safe to write to a terminal. Of bytes that end early: what is there.
 */
export function decodeBinds(
  bytes: Uint8Array,
  types: readonly number[],
  charsMax = Infinity,
): (string | null)[] {
  const reader = new ByteReader(bytes);
  const formats = Array.from({ length: boundedCount(reader) }, () => reader.int16());
  const count = boundedCount(reader);
  const values: (string | null)[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = reader.int32();
    const value = length === -1 ? null : reader.slice(length);
    if (reader.failed) break;
    const format = formats.length === 1 ? formats[0] : formats[index];
    if (value === null) values.push(null);
    else if (format === 1) values.push(binaryText(types[index] ?? 0, value, charsMax));
    else values.push(decodeText(value, charsMax));
  }
  return values;
}

/** A count that the bytes cannot hold is not believed. */
function boundedCount(reader: ByteReader): number {
  const count = reader.uint16();
  return Math.min(count, Math.ceil(reader.left / 2));
}

const numberLike = /^-?\d+(?:\.\d+)?$/;
const boolOid = 16;

/** `$1 = 'abc', $2 = 42 …` for people, safe to write, at most `charsMax` characters. */
export function bindsLine(bytes: Uint8Array, types: readonly number[], charsMax: number): string {
  const { bindMax } = transcriptLimits;
  const values = decodeBinds(bytes, types, bindMax);
  let line = '';
  for (const [index, value] of values.entries()) {
    const shown = value === null ? 'NULL' : literal(cut(value, bindMax), types[index] ?? 0);
    const next = `${index === 0 ? '' : ', '}$${index + 1} = ${shown}`;
    if (line.length + next.length > charsMax) return `${line} … ${values.length - index} more`;
    line += next;
  }
  return line;
}

function literal(value: string, type: number): string {
  const bare = type === boolOid || alignsRight(type) || (type === 0 && numberLike.test(value));
  return oneLine(bare ? value : `'${value.replaceAll("'", "''")}'`);
}
