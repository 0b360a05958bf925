import { createHash, hash } from 'node:crypto';
import { SipHash } from './sip-hash.js';
import type { TokenType, Tokens } from './tokens.js';
import { valueTypes } from './value-types.js';

const keyBytes = 16;
const scratchBytes = 1024;
/** What the hash writes after the text, at most. */
const spareBytes = 8;
const endingLength = 9;
const hexDigits = Buffer.from('0123456789abcdef');
const closing = 0x5d;
const percent = 0x25;
const zero = 0x30;
const asciiEnd = 128;
const dropped = 255;

/** A token that is not written yet: what it opens with, eight digits, a bracket. */
export class Token {
  /** Bytes. */
  readonly length: number;

  constructor(
    private readonly opening: Uint8Array,
    private readonly number: number,
  ) {
    this.length = opening.length + endingLength;
  }

  /** Says where it ends. */
  write(bytes: Uint8Array, start: number): number {
    const { opening, number } = this;
    let at = start;
    for (let index = 0; index < opening.length; index += 1, at += 1) {
      bytes[at] = opening[index] as number;
    }
    for (let bit = 28; bit >= 0; bit -= 4, at += 1) {
      bytes[at] = hexDigits[(number >>> bit) & 0xf] as number;
    }
    bytes[at] = closing;
    return at + 1;
  }
}

/** The tokens of one type. */
export class TypeTokens {
  private readonly opening: Uint8Array;
  private readonly mac: SipHash;
  /** By the code of an ASCII character, the code of what it is written as. */
  private readonly writing: Uint8Array;
  private readonly view: DataView;

  constructor(
    readonly type: TokenType,
    key: Uint8Array,
    private readonly scratch: Buffer,
  ) {
    const own = createHash('sha256').update(`${type}\0`).update(key).digest();
    this.opening = Buffer.from(`[${type}:`);
    this.view = new DataView(scratch.buffer, scratch.byteOffset, scratch.length);
    this.mac = new SipHash(own.subarray(0, keyBytes));
    this.writing = asciiOf(writings[type] ?? ((character) => character));
  }

  of(value: string): string {
    const { scratch, type, writing } = this;
    const length = textInto(scratch, writing, type, whole(type, value));
    const token = new Token(this.opening, this.mac.low(this.view, length));
    return scratch.toString('latin1', 0, token.write(scratch, 0));
  }

  /** The same for a short value in ASCII; undefined for any other. */
  ofBytes(source: Uint8Array, start: number, end: number): Token | undefined {
    const { scratch, type, writing } = this;
    if (end - start > scratchBytes || opensTwice(type, source, start)) return undefined;
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const code = source[at] as number;
      if (code >= asciiEnd || (code === percent && type === 'email')) return undefined;
      const written = writing[code] as number;
      scratch[length] = written;
      if (written !== dropped) length += 1;
    }
    return new Token(this.opening, this.mac.low(this.view, length));
  }
}

/**
 * `[email:7f3a9c21]`: the same value has the same token under the same key, however it is written.
 * 32 bits: among 10,000 values two share a token once in a hundred times. The key must be secret:
 * numbers are few enough to be tried out. Each masked value costs one, so it is not an HMAC
 * (docs/adr/0013-tokens.md).
 */
export class EqualityTokens {
  private readonly types: ReadonlyMap<TokenType, TypeTokens>;

  constructor(key: Uint8Array) {
    const scratch = Buffer.alloc(scratchBytes + spareBytes);
    const types: readonly TokenType[] = ['column', ...valueTypes];
    this.types = new Map(types.map((type) => [type, new TypeTokens(type, key, scratch)]));
  }

  readonly of: Tokens = (type, value) => this.ofType(type).of(value);

  ofType(type: TokenType): TypeTokens {
    return this.types.get(type) as TypeTokens;
  }
}

export const equalityTokens = (key: Uint8Array): Tokens => new EqualityTokens(key).of;

type Writing = (character: string) => string;
const compact: Writing = (character) => character.replace(/[^A-Za-z0-9]/, '').toUpperCase();
/** Of values that mean the same however they are written. */
const writings: Partial<Record<TokenType, Writing>> = {
  email: (character) => character.toLowerCase(),
  phone: (character) => character.replace(/[^\d+]/, ''),
  card: compact,
  iban: compact,
  'national-id': compact,
};

function asciiOf(writing: Writing): Uint8Array {
  return Uint8Array.from({ length: asciiEnd }, (_, code) => {
    const written = writing(String.fromCharCode(code));
    return written === '' ? dropped : written.charCodeAt(0);
  });
}

/** A number that begins with 00, which stands for +. */
function opensTwice(type: TokenType, source: Uint8Array, start: number): boolean {
  return type === 'phone' && source[start] === zero && source[start + 1] === zero;
}

/** What is written otherwise by more than one character. */
function whole(type: TokenType, value: string): string {
  if (type === 'email') return value.includes('%40') ? value.replace('%40', '@') : value;
  return type === 'phone' && value.startsWith('00') ? `+${value.slice(2)}` : value;
}

/** Writes what is hashed of a value to the scratch and says where it ends. */
function textInto(scratch: Buffer, writing: Uint8Array, type: TokenType, text: string): number {
  if (text.length > scratchBytes) return otherInto(scratch, normalised(type, text));
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= asciiEnd) return otherInto(scratch, normalised(type, text));
    const written = writing[code] as number;
    scratch[end] = written;
    if (written !== dropped) end += 1;
  }
  return end;
}

/** Of what does not fit, its hash: the key is still needed to make anything of it. */
function otherInto(scratch: Buffer, text: string): number {
  const fits = text.length <= scratchBytes && Buffer.byteLength(text) <= scratchBytes;
  return scratch.write(fits ? text : hash('sha256', text, 'hex'));
}

/** The same writing of any text. */
function normalised(type: TokenType, text: string): string {
  const writing = writings[type];
  if (writing === compact) return text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
  if (type === 'phone') return text.replace(/[^\d+]/g, '');
  return writing === undefined ? text : writing(text);
}
