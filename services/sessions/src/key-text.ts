import { randomInt } from 'node:crypto';

/** So that those who search for lost secrets know it. */
export const KEY_PREFIX = 'steno_key_';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Of 62 characters each: 256 bits that nobody can guess. */
const SECRET_LENGTH = 43;
/** Of 32 bits. */
const CHECK_LENGTH = 6;
const FORM = new RegExp(
  `^${KEY_PREFIX}[0-9A-Za-z]{${SECRET_LENGTH}}_[0-9A-Za-z]{${CHECK_LENGTH}}$`,
);
/** CRC-32 of IEEE 802.3, reflected. */
const POLYNOMIAL = 0xedb88320;

/** A new key: `steno_key_SECRET_CHECK`. */
export function newKeyText(): string {
  const secret = Array.from({ length: SECRET_LENGTH }, () => DIGITS[randomInt(DIGITS.length)]);
  const text = KEY_PREFIX + secret.join('');
  return `${text}_${checkOf(text)}`;
}

/** Whether it could be a key: its form and its check are those of one. */
export function isKeyText(text: string): boolean {
  if (!FORM.test(text)) return false;
  const end = text.lastIndexOf('_');
  return text.slice(end + 1) === checkOf(text.slice(0, end));
}

/** The CRC-32 of the text, in base 62: it tells a key from what looks like one, and a slip. */
function checkOf(text: string): string {
  let rest = crc32(text);
  let check = '';
  while (check.length < CHECK_LENGTH) {
    check = (DIGITS[rest % DIGITS.length] ?? '') + check;
    rest = Math.floor(rest / DIGITS.length);
  }
  return check;
}

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
