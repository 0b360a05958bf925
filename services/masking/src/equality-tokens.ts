import { createHash, hash } from 'node:crypto';
import { Chaskey } from './chaskey.js';
import { tokenTypes, type TokenType, type Tokens } from './tokens.js';

const keyBytes = 16;
const scratchBytes = 1024;
/** What the hash writes after the text, at most. */
const spareBytes = 16;
const endingLength = 9;
const wordBytes = 4;
const closing = 0x5d;
const percent = 0x25;
const zero = 0x30;
const asciiEnd = 128;
/** In place of what a character is written as. */
const dropped = 254;
const unknown = 255;

/** A token that is not written yet: what it opens with, eight digits, a bracket. */
export class Token {
  constructor(
    private readonly opening: Opening,
    private readonly number: number,
  ) {}

  /** Bytes. */
  get length(): number {
    return this.opening.length + endingLength;
  }

  /** Says where it ends. */
  write(bytes: DataView, start: number): number {
    const { opening, number } = this;
    const { words } = opening;
    // The last word may be longer than what it opens with: digits come over it.
    for (let index = 0, at = start; index < words.length; index += 1, at += wordBytes) {
      bytes.setInt32(at, words[index] as number);
    }
    const at = start + opening.length;
    bytes.setInt32(at, hexOf(number >>> 16));
    bytes.setInt32(at + wordBytes, hexOf(number & 0xffff));
    bytes.setUint8(at + 2 * wordBytes, closing);
    return at + endingLength;
  }
}

/** What the tokens of one type begin with. */
interface Opening {
  /** Bytes. */
  readonly length: number;
  /** The same, filled up. */
  readonly words: Int32Array;
}

function openingOf(text: string): Opening {
  const bytes = Buffer.alloc(Math.ceil(text.length / wordBytes) * wordBytes);
  bytes.write(text);
  const words = Int32Array.from({ length: bytes.length / wordBytes }, (_, index) =>
    bytes.readInt32BE(wordBytes * index),
  );
  return { length: text.length, words };
}

/** Four digits for a number of 16 bits, as the bytes of one word: each of its parts at once. */
function hexOf(number: number): number {
  const parts =
    ((number & 0xf000) << 12) | ((number & 0xf00) << 8) | ((number & 0xf0) << 4) | (number & 0xf);
  // Parts of ten and more become letters, which stand 39 behind the digit that they would be.
  const letters = ((parts + 0x06060606) >>> 4) & 0x01010101;
  return parts + 0x30303030 + 39 * letters;
}

/** The tokens of one type. */
export class TypeTokens {
  /** Of the type in `tokenTypes`. */
  readonly place: number;
  private readonly opening: Opening;
  private readonly mac: Chaskey;
  /** By its byte, the code that an ASCII character is written as. */
  private readonly writing: Uint8Array;
  /** The same without what may be part of a longer writing. */
  private readonly plain: Uint8Array;
  private readonly view: DataView;

  constructor(
    readonly type: TokenType,
    key: Uint8Array,
    private readonly scratch: Buffer,
  ) {
    const own = createHash('sha256').update(`${type}\0`).update(key).digest();
    this.place = tokenTypes.indexOf(type);
    this.opening = openingOf(`[${type}:`);
    this.view = new DataView(scratch.buffer, scratch.byteOffset, scratch.length);
    this.mac = new Chaskey(own.subarray(0, keyBytes));
    this.writing = asciiOf(writings[type] ?? ((character) => character));
    this.plain = this.writing.slice();
    if (type === 'email') this.plain[percent] = unknown;
  }

  of(value: string): string {
    const { scratch, type, writing } = this;
    const length = textInto(scratch, writing, type, whole(type, value));
    const token = new Token(this.opening, this.mac.low(this.view, length));
    return scratch.toString('latin1', 0, token.write(this.view, 0));
  }

  /** The same for a short value in ASCII; undefined for any other. */
  ofBytes(source: Uint8Array, start: number, end: number): Token | undefined {
    if (end - start > scratchBytes || opensTwice(this.type, source, start)) return undefined;
    const { plain, view } = this;
    let length = 0;
    // Written by words: what is read as a word at once must not have come byte by byte.
    let word = 0;
    let bits = 0;
    for (let at = start; at < end; at += 1) {
      const written = plain[source[at] as number] as number;
      if (written === dropped) continue;
      if (written === unknown) return undefined;
      word |= written << bits;
      bits = (bits + 8) & 31;
      if (bits > 0) continue;
      view.setInt32(length, word, true);
      length += wordBytes;
      word = 0;
    }
    view.setInt32(length, word, true);
    return new Token(this.opening, this.mac.low(view, length + (bits >>> 3)));
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
    this.types = new Map(tokenTypes.map((type) => [type, new TypeTokens(type, key, scratch)]));
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
  return Uint8Array.from({ length: 256 }, (_, code) => {
    if (code >= asciiEnd) return unknown;
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
