import type { ByteReader } from '../byte-reader.js';

/**
 * Arrays, records and ranges in Postgres' binary format: they carry the type of what they hold.
 * An element is decoded by `decode`, which gives undefined for what it cannot read.
 */
export interface Elements {
  readonly charsMax: number;
  decode(oid: number, bytes: Uint8Array): string | undefined;
}

const boxOid = 603;

/** int32 dimensions, int32 has-null, oid, { int32 size, int32 lower bound } each, then elements. */
export function arrayText(reader: ByteReader, elements: Elements): string {
  const dimensions = reader.int32();
  reader.int32();
  const oid = reader.uint32();
  if (dimensions === 0) return '{}';
  const dimensionsMax = 6;
  if (dimensions < 0 || dimensions > dimensionsMax) {
    reader.failed = true;
    return '';
  }
  const sizes: number[] = [];
  let bounds = '';
  let custom = false;
  for (let index = 0; index < dimensions; index += 1) {
    const size = reader.int32();
    const lower = reader.int32();
    custom ||= lower !== 1;
    bounds += `[${lower}:${lower + size - 1}]`;
    sizes.push(size);
  }
  // An element takes four bytes at least, so what claims more elements is none of Postgres'.
  const count = sizes.reduce((product, size) => product * size, 1);
  if (sizes.some((size) => size <= 0) || count * 4 > reader.left) {
    reader.failed = true;
    return '';
  }
  const budget = { chars: elements.charsMax };
  const nested = dimensionText({ reader, elements, oid, sizes, budget }, 0);
  return `${custom ? `${bounds}=` : ''}${nested}`;
}

interface ArrayWalk {
  readonly reader: ByteReader;
  readonly elements: Elements;
  readonly oid: number;
  readonly sizes: readonly number[];
  /** What more is not shown is not decoded either. */
  readonly budget: { chars: number };
}

function dimensionText(walk: ArrayWalk, depth: number): string {
  const { reader, sizes, budget, oid } = walk;
  const parts: string[] = [];
  for (let index = 0; index < (sizes[depth] ?? 0); index += 1) {
    if (reader.failed || budget.chars < 0) break;
    const leaf = depth + 1 >= sizes.length;
    const part = leaf ? elementText(walk) : dimensionText(walk, depth + 1);
    if (leaf) budget.chars -= part.length + 1;
    parts.push(part);
  }
  return `{${parts.join(oid === boxOid ? ';' : ',')}}`;
}

function elementText({ reader, elements, oid }: ArrayWalk): string {
  const text = valueText(reader, elements, oid);
  if (text === null) return 'NULL';
  const quoted = text === '' || /^null$/i.test(text) || needsQuotes(text, '{}', oid);
  return quoted ? `"${text.replace(/[\\"]/g, '\\$&')}"` : text;
}

function needsQuotes(text: string, brackets: string, oid = 0): boolean {
  const delimiter = oid === boxOid ? ';' : ',';
  for (const char of text) {
    if (brackets.includes(char) || char === delimiter) return true;
    if (char === '"' || char === '\\' || /^[ \t\n\r\v\f]$/.test(char)) return true;
  }
  return false;
}

function valueText(reader: ByteReader, elements: Elements, oid: number): string | null {
  const length = reader.int32();
  if (length === -1) return null;
  const text = elements.decode(oid, reader.slice(length));
  if (text === undefined) reader.failed = true;
  return text ?? '';
}

/** int32 fields, then { oid, int32 length or -1, bytes } each. */
export function recordText(reader: ByteReader, elements: Elements): string {
  const fields = reader.int32();
  const parts: string[] = [];
  let chars = 0;
  for (let index = 0; index < fields && !reader.failed && chars <= elements.charsMax; index += 1) {
    const text = valueText(reader, elements, reader.uint32());
    const part = text === null ? '' : doubled(text, '()');
    parts.push(part);
    chars += part.length + 1;
  }
  return `(${parts.join(',')})`;
}

/** Records and ranges escape by doubling. */
function doubled(text: string, brackets: string): string {
  if (text !== '' && !needsQuotes(text, brackets)) return text;
  return `"${text.replace(/[\\"]/g, '$&$&')}"`;
}

const rangeFlag = { empty: 1, lowerInclusive: 2, upperInclusive: 4, noLower: 8, noUpper: 16 };

/** byte flags, then { int32 length, bytes } for each bound that there is. */
export function rangeText(reader: ByteReader, elements: Elements, oid: number): string {
  const flags = reader.uint8();
  const has = (flag: number) => (flags & flag) !== 0;
  if (has(rangeFlag.empty)) return 'empty';
  const bound = (absent: boolean) =>
    absent ? '' : doubled(valueText(reader, elements, oid) ?? '', '()[]');
  const lower = bound(has(rangeFlag.noLower));
  const upper = bound(has(rangeFlag.noUpper));
  const open = has(rangeFlag.lowerInclusive) ? '[' : '(';
  return `${open}${lower},${upper}${has(rangeFlag.upperInclusive) ? ']' : ')'}`;
}

/** int32 count, then { int32 length, range } each. */
export function multirangeText(reader: ByteReader, elements: Elements, rangeOid: number): string {
  const count = reader.int32();
  const parts: string[] = [];
  let chars = 0;
  for (let index = 0; index < count && !reader.failed && chars <= elements.charsMax; index += 1) {
    const part = valueText(reader, elements, rangeOid) ?? '';
    parts.push(part);
    chars += part.length + 1;
  }
  return `{${parts.join(',')}}`;
}
