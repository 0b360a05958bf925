const INT2 = 21;
const INT4 = 23;
const INT8 = 20;
const NUMERIC = 1700;
const UUID = 2950;
const DIGITS_PER_GROUP = 4;
const NEGATIVE = 0x4000;
/** Groups of digits of a number that could be a card, a phone or the like. */
const GROUPS_MAX = 16;

/**
 * The text of a number in binary format (int2send, int4send, int8send, numeric_send, uuid_send of
 * Postgres); undefined for other types. It is NOT for arithmetic: what stands after the point is
 * left out.
 */
export function binaryNumberText(oid: number, bytes: Buffer): string | undefined {
  if (oid === INT2 && bytes.length === 2) return String(bytes.readInt16BE(0));
  if (oid === INT4 && bytes.length === 4) return String(bytes.readInt32BE(0));
  if (oid === INT8 && bytes.length === 8) return String(bytes.readBigInt64BE(0));
  if (oid === NUMERIC) return numericText(bytes);
  if (oid !== UUID || bytes.length !== 16) return undefined;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Int16(groups) Int16(weight) UInt16(sign) UInt16(scale) Int16[groups], of four digits each. */
function numericText(bytes: Buffer): string | undefined {
  if (bytes.length < 8) return undefined;
  const groups = bytes.readUInt16BE(0);
  const weight = bytes.readInt16BE(2);
  if (bytes.length !== 8 + 2 * groups || weight < 0 || weight >= GROUPS_MAX) return undefined;
  let text = '';
  for (let group = 0; group <= weight; group += 1) {
    const value = group < groups ? bytes.readUInt16BE(8 + 2 * group) : 0;
    text += String(value).padStart(DIGITS_PER_GROUP, '0');
  }
  const sign = bytes.readUInt16BE(4) === NEGATIVE ? '-' : '';
  return sign + text.replace(/^0+(?=\d)/, '');
}
