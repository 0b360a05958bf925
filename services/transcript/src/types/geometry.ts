import type { ByteReader } from '../byte-reader.js';
import { float8Text } from './numbers.js';

/** Geometric types in Postgres' binary format: all are float8 numbers with their punctuation. */

const number = (reader: ByteReader) => float8Text(reader.float64());

export function pointText(reader: ByteReader): string {
  const x = number(reader);
  return `(${x},${number(reader)})`;
}

export function pointsText(reader: ByteReader, count: number): string {
  const bytesPerPoint = 16;
  if (count < 0 || count * bytesPerPoint > reader.left) {
    reader.failed = true;
    return '';
  }
  return Array.from({ length: count }, () => pointText(reader)).join(',');
}

/** Byte closed, Int32 count, the points. */
export function pathText(reader: ByteReader): string {
  const closed = reader.uint8() !== 0;
  const points = pointsText(reader, reader.int32());
  return closed ? `(${points})` : `[${points}]`;
}

export function lineText(reader: ByteReader): string {
  const a = number(reader);
  const b = number(reader);
  return `{${a},${b},${number(reader)}}`;
}

export function circleText(reader: ByteReader): string {
  const centre = pointText(reader);
  return `<${centre},${number(reader)}>`;
}
