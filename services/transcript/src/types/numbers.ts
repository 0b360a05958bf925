import type { ByteReader } from '../byte-reader.js';

/** Numbers in Postgres' binary format, as its own output functions write them. */

/** float8out and float4out: the shortest digits that read back as the same number. */
export function float8Text(value: number): string {
  return floatText(value, value.toExponential(), 15);
}

export function float4Text(value: number): string {
  return floatText(value, shortestFloat4(value), 6);
}

function floatText(value: number, exponential: string, fixedBelow: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = exponential.split('e');
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace('-', '').replace('.', '');
  if (exponent < -4 || exponent >= fixedBelow) {
    const point = digits.length > 1 ? '.' : '';
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${point}${digits.slice(1)}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 1, '0');
  const fraction = padded.slice(exponent + 1);
  return `${sign}${padded.slice(0, exponent + 1)}${fraction === '' ? '' : `.${fraction}`}`;
}

function shortestFloat4(value: number): string {
  if (!Number.isFinite(value)) return '';
  for (let digits = 0; digits < 9; digits += 1) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text.replace(/\.?0+e/, 'e');
  }
  return value.toExponential();
}

const numericSpecial: Readonly<Record<number, string>> = {
  0xc000: 'NaN',
  0xd000: 'Infinity',
  0xf000: '-Infinity',
};
const numericNegative = 0x4000;

/**
 * Int16 count, Int16 weight of the first digit, UInt16 sign, UInt16 digits after the point, then
 * base 10,000 digits. Stops after `charsMax`: a few bytes can stand for 131,072 zeros.
 */
export function numericText(reader: ByteReader, charsMax: number): string {
  const count = reader.uint16();
  const weight = reader.int16();
  const sign = reader.uint16();
  const scale = reader.uint16();
  const special = numericSpecial[sign];
  if (special !== undefined) return special;
  const digits = Array.from({ length: Math.min(count, reader.left / 2) }, () => reader.uint16());
  if (digits.length < count) reader.failed = true;
  const group = (index: number) => String(digits[index] ?? 0).padStart(4, '0');

  let whole = '';
  for (let index = 0; index <= weight && whole.length <= charsMax; index += 1) {
    whole += group(index);
  }
  whole = whole.replace(/^0+(?=.)/, '');
  let fraction = '';
  const fractionMax = Math.min(scale, charsMax);
  for (let index = weight + 1; fraction.length < fractionMax; index += 1) {
    fraction += group(index);
  }
  fraction = fraction.slice(0, fractionMax);
  const text = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === numericNegative ? `-${text}` : text;
}

/** money in cents, as in the C and en_US locales: the locale of the server is not recorded. */
export function moneyText(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${cents < 0n ? '-' : ''}$${whole}.${digits.slice(-2)}`;
}

/** Int32 number of bits, then the bits from the left. */
export function bitText(reader: ByteReader, charsMax: number): string {
  const length = reader.int32();
  const bytes = reader.rest();
  if (length < 0 || length > bytes.length * 8) reader.failed = true;
  let text = '';
  for (const byte of bytes.subarray(0, charsMax / 8 + 1)) {
    text += byte.toString(2).padStart(8, '0');
  }
  return text.slice(0, Math.max(length, 0));
}

export function hexText(bytes: Uint8Array, charsMax = Infinity): string {
  const shown = bytes.length > charsMax ? bytes.subarray(0, charsMax) : bytes;
  let text = '\\x';
  for (const byte of shown) text += byte.toString(16).padStart(2, '0');
  return text;
}
