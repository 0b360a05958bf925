import type { Buffer } from 'node:buffer';
import { BodyReader } from './body-reader.js';
import { wireLimits } from './limits.js';
import type { Malformed } from './malformed.js';

/*
 * Decoders for the bodies of what a server sends (Postgres manual, "Message Formats", (B)), on
 * demand. They are NOT a validation of the session: whether a message makes sense now is the
 * business of `session-order.ts`. Buffers are views of the body. Texts that the server's data or
 * language decides are bytes; labels (columns, parameters, tags) are strings, read as UTF-8.
 */

export type AuthenticationRequest =
  | { readonly kind: 'ok' | 'kerberos-v5' | 'cleartext-password' | 'gss' | 'sspi' }
  | { readonly kind: 'md5-password'; readonly salt: Buffer }
  | { readonly kind: 'gss-continue' | 'sasl-continue' | 'sasl-final'; readonly data: Buffer }
  | { readonly kind: 'sasl'; readonly mechanisms: string[] };

/** Byte1('R') Int32 Int32(kind), then what that kind asks with. */
export function decodeAuthentication(body: Buffer): AuthenticationRequest | Malformed {
  const reader = new BodyReader(body);
  const request = readAuthentication(reader);
  return reader.finish(request);
}

function readAuthentication(reader: BodyReader): AuthenticationRequest {
  const kind = reader.int32();
  switch (kind) {
    case 0:
      return { kind: 'ok' };
    case 2:
      return { kind: 'kerberos-v5' };
    case 3:
      return { kind: 'cleartext-password' };
    case 5:
      return { kind: 'md5-password', salt: reader.bytes(4) };
    case 7:
      return { kind: 'gss' };
    case 8:
      return { kind: 'gss-continue', data: reader.rest() };
    case 9:
      return { kind: 'sspi' };
    case 10:
      return { kind: 'sasl', mechanisms: readMechanisms(reader) };
    case 11:
      return { kind: 'sasl-continue', data: reader.rest() };
    case 12:
      return { kind: 'sasl-final', data: reader.rest() };
    default:
      reader.fail('bad-value', `an authentication request of kind ${kind}`);
      return { kind: 'sspi' };
  }
}

/** Strings in the server's order of preference, up to an empty one. */
function readMechanisms(reader: BodyReader): string[] {
  const mechanisms: string[] = [];
  for (let name = reader.label(); name !== ''; name = reader.label()) mechanisms.push(name);
  return mechanisms;
}

/** Byte1('S') Int32 String String. */
export function decodeParameterStatus(
  body: Buffer,
): { readonly name: string; readonly value: string } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ name: reader.label(), value: reader.label() });
}

export interface BackendKey {
  readonly processId: number;
  readonly secretKey: Buffer;
}

/** Byte1('K') Int32 Int32(process) Byte[4..256](secret, to the end). */
export function decodeBackendKeyData(body: Buffer): BackendKey | Malformed {
  const reader = new BodyReader(body);
  const processId = reader.int32();
  const secretKey = reader.rest();
  checkSecretKey(reader, secretKey);
  return reader.finish({ processId, secretKey });
}

/** For BackendKeyData and CancelRequest alike. */
export function checkSecretKey(reader: BodyReader, secretKey: Buffer): void {
  const { secretKeyBytesMin, secretKeyBytesMax } = wireLimits;
  if (secretKey.length < secretKeyBytesMin || secretKey.length > secretKeyBytesMax) {
    reader.fail('bad-length', `a secret key of ${secretKey.length} bytes`);
  }
}

export type TransactionStatus = 'idle' | 'transaction' | 'failed';

/** Byte1('Z') Int32 Byte1('I', 'T' or 'E'). */
export function decodeReadyForQuery(
  body: Buffer,
): { readonly status: TransactionStatus } | Malformed {
  const reader = new BodyReader(body);
  const letter = reader.uint8();
  let status: TransactionStatus = 'idle';
  if (letter === 0x54) status = 'transaction';
  else if (letter === 0x45) status = 'failed';
  else if (letter !== 0x49) reader.fail('bad-value', 'an unknown transaction status');
  return reader.finish({ status });
}

export interface FieldDescription {
  readonly name: string;
  /** 0 where the field is not a table's column; so is `columnNumber`. */
  readonly tableOid: number;
  readonly columnNumber: number;
  readonly typeOid: number;
  /** Bytes, or negative for a type of variable width. */
  readonly typeSize: number;
  readonly typeModifier: number;
  /** 0 is text, 1 is binary; always 0 in the answer to a Describe of a statement. */
  readonly format: number;
}

/** Byte1('T') Int32 Int16(n) {String Int32 Int16 Int32 Int16 Int32 Int16}[n]. */
export function decodeRowDescription(
  body: Buffer,
): { readonly fields: FieldDescription[] } | Malformed {
  const reader = new BodyReader(body);
  const fields = reader.list(reader.uint16(), () => ({
    name: reader.label(),
    tableOid: reader.uint32(),
    columnNumber: reader.int16(),
    typeOid: reader.uint32(),
    typeSize: reader.int16(),
    typeModifier: reader.int32(),
    format: reader.int16(),
  }));
  return reader.finish({ fields });
}

/** Byte1('D') Int32 Int16(n) {Int32(length or -1) Byte[length]}[n]. */
export function decodeDataRow(body: Buffer): (Buffer | null)[] | Malformed {
  const reader = new BodyReader(body);
  const values = reader.values(reader.uint16());
  return reader.finish(values);
}

/** Byte1('C') Int32 String. */
export function decodeCommandComplete(body: Buffer): { readonly tag: string } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ tag: reader.label() });
}

/**
 * The number that closes a command tag: rows selected, inserted, updated, deleted, merged, moved,
 * fetched or copied. Undefined where the tag has none, or one beyond 2^53.
 */
export function rowsAffected(tag: string): number | undefined {
  const space = tag.lastIndexOf(' ');
  const digits = tag.slice(space + 1);
  if (space <= 0 || !/^\d{1,20}$/.test(digits)) return undefined;
  const rows = Number(digits);
  return Number.isSafeInteger(rows) ? rows : undefined;
}

/** Letters of the manual, "Error and Notice Message Fields", to texts. */
export type ErrorFields = ReadonlyMap<string, Buffer>;

/** Byte1('E' or 'N') Int32 {Byte1(letter) String}… Byte1(0). */
export function decodeErrorFields(body: Buffer): ErrorFields | Malformed {
  const reader = new BodyReader(body);
  const fields = new Map<string, Buffer>();
  for (let letter = reader.uint8(); letter !== 0; letter = reader.uint8()) {
    fields.set(String.fromCharCode(letter), reader.text());
  }
  return reader.finish(fields);
}

/** One field as text, bytes that are not UTF-8 replaced. */
export function fieldText(fields: ErrorFields, letter: string): string | undefined {
  return fields.get(letter)?.toString('utf8');
}

export interface Notification {
  readonly processId: number;
  readonly channel: string;
  readonly payload: Buffer;
}

/** Byte1('A') Int32 Int32(process) String(channel) String(payload). */
export function decodeNotificationResponse(body: Buffer): Notification | Malformed {
  const reader = new BodyReader(body);
  const processId = reader.int32();
  return reader.finish({ processId, channel: reader.label(), payload: reader.text() });
}

/** Byte1('t') Int32 Int16(n) Int32[n]. */
export function decodeParameterDescription(
  body: Buffer,
): { readonly parameterTypes: number[] } | Malformed {
  const reader = new BodyReader(body);
  const parameterTypes = reader.list(reader.uint16(), () => reader.uint32());
  return reader.finish({ parameterTypes });
}

export interface CopyFormats {
  readonly binary: boolean;
  readonly columnFormats: number[];
}

/** CopyIn-, -Out- and -BothResponse: Byte1('G', 'H', 'W') Int32 Int8(0, 1) Int16(n) Int16[n]. */
export function decodeCopyResponse(body: Buffer): CopyFormats | Malformed {
  const reader = new BodyReader(body);
  const format = reader.uint8();
  if (format > 1) reader.fail('bad-value', `a copy format ${format}`);
  const columnFormats = reader.list(reader.uint16(), () => reader.int16());
  return reader.finish({ binary: format === 1, columnFormats });
}

export interface ProtocolNegotiation {
  /** The newest minor version of protocol 3 that the server speaks. */
  readonly minor: number;
  readonly unrecognizedOptions: string[];
}

/**
 * Byte1('v') Int32 Int32(version) Int32(n) String[n]. The manual says that the version is the minor
 * number alone; servers send it with the major one (196608 for 3.0). Both are read.
 */
export function decodeNegotiateProtocolVersion(body: Buffer): ProtocolNegotiation | Malformed {
  const reader = new BodyReader(body);
  const version = reader.uint32();
  const major = version >>> 16;
  if (major !== 0 && major !== 3) reader.fail('unsupported-version', `protocol ${major}`);
  const unrecognizedOptions = reader.list(reader.uint32(), () => reader.label());
  return reader.finish({ minor: version & 0xffff, unrecognizedOptions });
}

/** Byte1('V') Int32 Int32(length or -1) Byte[length]. */
export function decodeFunctionCallResponse(
  body: Buffer,
): { readonly value: Buffer | null } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ value: reader.value() });
}
