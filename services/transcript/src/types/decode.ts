import { ByteReader } from '../byte-reader.js';
import { transcriptLimits } from '../limits.js';
import { decodeText } from '../printable.js';
import { arrayText, multirangeText, rangeText, recordText, type Elements } from './containers.js';
import { circleText, lineText, pathText, pointsText, pointText } from './geometry.js';
import { inetText, macaddrText, uuidText } from './network.js';
import { bitText, float4Text, float8Text, hexText, moneyText, numericText } from './numbers.js';
import { dateText, intervalText, timestampText, timetzText, timeText } from './times.js';

/*
 * Values in Postgres' binary format (the *send functions of its types) as the text that the same
 * server would send, for built-in types. It is NOT complete: types made by extensions, enums and
 * named composites have numbers that only the database knows, and come out as hex digits.
 */

type Decode = (reader: ByteReader, elements: Elements) => string;

const text: Decode = (reader, { charsMax }) => decodeText(reader.rest(), charsMax);
const versioned: Decode = (reader, elements) => {
  if (reader.uint8() !== 1) reader.failed = true;
  return text(reader, elements);
};
const unsigned: Decode = (reader) => String(reader.uint32());
const macaddr: Decode = (reader) => macaddrText(reader.rest());
const range =
  (oid: number): Decode =>
  (reader, elements) =>
    rangeText(reader, elements, oid);
const multirange =
  (oid: number): Decode =>
  (reader, elements) =>
    multirangeText(reader, elements, oid);
/** int2vector and oidvector are arrays that write themselves without braces. */
const vector: Decode = (reader, elements) =>
  arrayText(reader, elements)
    .replace(/^.*\{|\}$/g, '')
    .replaceAll(',', ' ');

const textOids = [19, 25, 114, 142, 194, 705, 1042, 1043, 1790, 2275, 2278];
const unsignedOids = [24, 26, 28, 29, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191];
const arrayOids = [
  143, 199, 210, 271, 629, 651, 719, 775, 791, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009,
  1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1027, 1028, 1034,
  1040, 1041, 1115, 1182, 1183, 1185, 1187, 1231, 1263, 1270, 1561, 1563, 2201, 2207, 2208, 2209,
  2210, 2211, 2287, 2951, 3221, 3643, 3645, 3735, 3770, 3807, 3905, 3907, 3909, 3911, 3913, 3927,
  4073, 4090, 4097, 4192, 6150, 6151, 6152, 6153, 6155, 6157,
];

/** By type OID, as in pg_type.dat of Postgres. */
const decoders = new Map<number, Decode>([
  ...textOids.map((oid): [number, Decode] => [oid, text]),
  ...unsignedOids.map((oid): [number, Decode] => [oid, unsigned]),
  ...arrayOids.map((oid): [number, Decode] => [oid, arrayText]),
  [16, (reader) => (reader.uint8() === 0 ? 'f' : 't')],
  [17, (reader, { charsMax }) => hexText(reader.rest(), charsMax)],
  [18, charText],
  [20, (reader) => String(reader.int64())],
  [21, (reader) => String(reader.int16())],
  [22, vector],
  [23, (reader) => String(reader.int32())],
  [27, (reader) => `(${reader.uint32()},${reader.uint16()})`],
  [30, vector],
  [600, pointText],
  [601, (reader) => `[${pointsText(reader, 2)}]`],
  [602, pathText],
  [603, (reader) => pointsText(reader, 2)],
  [604, (reader) => `(${pointsText(reader, reader.int32())})`],
  [628, lineText],
  [650, inetText],
  [700, (reader) => float4Text(reader.float32())],
  [701, (reader) => float8Text(reader.float64())],
  [718, circleText],
  [774, macaddr],
  [790, (reader) => moneyText(reader.int64())],
  [829, macaddr],
  [869, inetText],
  [1082, (reader) => dateText(reader.int32())],
  [1083, (reader) => timeText(reader.int64())],
  [1114, (reader) => timestampText(reader.int64(), '')],
  [1184, (reader) => timestampText(reader.int64(), '+00')],
  [1186, intervalText],
  [1266, timetzText],
  [1560, (reader, { charsMax }) => bitText(reader, charsMax)],
  [1562, (reader, { charsMax }) => bitText(reader, charsMax)],
  [1700, (reader, { charsMax }) => numericText(reader, charsMax)],
  [2249, recordText],
  [2950, (reader) => uuidText(reader.rest())],
  [3220, lsnText],
  [3802, versioned],
  [3904, range(23)],
  [3906, range(1700)],
  [3908, range(1114)],
  [3910, range(1184)],
  [3912, range(1082)],
  [3926, range(20)],
  [4072, versioned],
  [4451, multirange(3904)],
  [4532, multirange(3906)],
  [4533, multirange(3908)],
  [4534, multirange(3910)],
  [4535, multirange(3912)],
  [4536, multirange(3926)],
  [5069, (reader) => String(reader.uint64())],
]);

/** "char" is one byte of no encoding; the zero byte is the empty string. */
function charText(reader: ByteReader): string {
  const byte = reader.uint8();
  if (byte === 0) return '';
  return byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`;
}

function lsnText(reader: ByteReader): string {
  const high = reader.uint32();
  return `${high.toString(16)}/${reader.uint32().toString(16)}`.toUpperCase();
}

/** The value as text, at least its first `charsMax` characters; hex digits where it is unknown. */
export function binaryText(oid: number, bytes: Uint8Array, charsMax = Infinity): string {
  return decodeNested(oid, bytes, { charsMax, depth: 0 }) ?? hexText(bytes, charsMax);
}

function decodeNested(
  oid: number,
  bytes: Uint8Array,
  within: { readonly charsMax: number; readonly depth: number },
): string | undefined {
  const { charsMax, depth } = within;
  const decode = decoders.get(oid);
  if (depth > transcriptLimits.nestingMax) return undefined;
  // An element of a type nobody knows does not make the whole array unreadable.
  if (decode === undefined) return depth === 0 ? undefined : hexText(bytes, charsMax);
  const reader = new ByteReader(bytes);
  const result = decode(reader, {
    charsMax,
    decode: (element, value) => decodeNested(element, value, { charsMax, depth: depth + 1 }),
  });
  return reader.failed ? undefined : result;
}

/** Types that psql aligns to the right. */
const rightAligned = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069]);

export function alignsRight(oid: number): boolean {
  return rightAligned.has(oid);
}
