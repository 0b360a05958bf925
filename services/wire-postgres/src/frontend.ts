import type { Buffer } from 'node:buffer';
import { BodyReader, stringEnd } from './body-reader.js';
import { Malformed } from './malformed.js';

/*
 * Decoders for the bodies of what a client sends (Postgres manual, "Message Formats", (F)), on
 * demand. They are NOT a validation: names of nothing, unknown format codes and wrong counts of
 * formats are for the server to refuse. Buffers are views of the body. Texts are bytes, because
 * only the session knows `client_encoding`; names are strings as `nameText` explains.
 */

/** Byte1('Q') Int32 String: the text, which may hold several statements or none. */
export function decodeQuery(body: Buffer): { readonly text: Buffer } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ text: reader.text() });
}

export interface Parse {
  readonly name: string;
  readonly text: Buffer;
  /** Type OIDs; 0 leaves a parameter's type to the server. */
  readonly parameterTypes: number[];
}

/** Byte1('P') Int32 String(name) String(text) Int16(n) Int32[n]. */
export function decodeParse(body: Buffer): Parse | Malformed {
  const reader = new BodyReader(body);
  const name = reader.name();
  const text = reader.text();
  const parameterTypes = reader.list(reader.uint16(), () => reader.uint32());
  return reader.finish({ name, text, parameterTypes });
}

export interface BindNames {
  readonly portal: string;
  readonly statement: string;
  /** Where the parameter part begins in the body: format codes, then values. */
  readonly valuesStart: number;
}

/** The names of a Bind and nothing else, for the hot path; what follows them is not looked at. */
export function bindNames(body: Buffer): BindNames | Malformed {
  const portalEnd = stringEnd(body, 0);
  const statementEnd = portalEnd < 0 ? -1 : stringEnd(body, portalEnd + 1);
  if (statementEnd < 0) return new Malformed('missing-terminator', 'a name of a Bind does not end');
  const portal = portalEnd === 0 ? '' : body.toString('latin1', 0, portalEnd);
  const unnamed = statementEnd === portalEnd + 1;
  const statement = unnamed ? '' : body.toString('latin1', portalEnd + 1, statementEnd);
  return { portal, statement, valuesStart: statementEnd + 1 };
}

export interface Bind extends BindNames {
  /** None: all text. One: for all. Else one each. 0 is text, 1 is binary; see `formatOf`. */
  readonly parameterFormats: number[];
  readonly values: (Buffer | null)[];
  /** Where the parameter part ends: `body[valuesStart, valuesEnd)` identifies what was bound. */
  readonly valuesEnd: number;
  readonly resultFormats: number[];
}

/**
 * Byte1('B') Int32 String(portal) String(statement) Int16(n) Int16[n](formats)
 * Int16(m) {Int32(length) Byte[length]}[m] Int16(k) Int16[k](result formats).
 */
export function decodeBind(body: Buffer): Bind | Malformed {
  const names = bindNames(body);
  if (names instanceof Malformed) return names;
  const reader = new BodyReader(body, names.valuesStart);
  const parameterFormats = readFormats(reader);
  const values = reader.values(reader.uint16());
  const valuesEnd = reader.offset;
  const resultFormats = readFormats(reader);
  return reader.finish({
    portal: names.portal,
    statement: names.statement,
    valuesStart: names.valuesStart,
    valuesEnd,
    parameterFormats,
    values,
    resultFormats,
  });
}

/** The format of one value under the rule of Bind, FunctionCall and results: none, one or each. */
export function formatOf(formats: readonly number[], index: number): number {
  return (formats.length === 1 ? formats[0] : formats[index]) ?? 0;
}

/** Byte1('E') Int32 String(portal) Int32(most rows; 0 for all). */
export function decodeExecute(
  body: Buffer,
): { readonly portal: string; readonly maxRows: number } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ portal: reader.name(), maxRows: reader.int32() });
}

export interface NamedObject {
  readonly kind: 'statement' | 'portal';
  readonly name: string;
}

/** Byte1('D') Int32 Byte1('S' or 'P') String. */
export function decodeDescribe(body: Buffer): NamedObject | Malformed {
  return decodeNamedObject(body);
}

/** Byte1('C') Int32 Byte1('S' or 'P') String. */
export function decodeClose(body: Buffer): NamedObject | Malformed {
  return decodeNamedObject(body);
}

function decodeNamedObject(body: Buffer): NamedObject | Malformed {
  const reader = new BodyReader(body);
  const letter = reader.uint8();
  if (letter !== 0x53 && letter !== 0x50) reader.fail('bad-value', 'neither statement nor portal');
  return reader.finish({ kind: letter === 0x53 ? 'statement' : 'portal', name: reader.name() });
}

export interface FunctionCall {
  readonly functionOid: number;
  readonly argumentFormats: number[];
  readonly values: (Buffer | null)[];
  readonly resultFormat: number;
}

/** Byte1('F') Int32 Int32(oid) Int16(n) Int16[n] Int16(m) {Int32 Byte[]}[m] Int16(format). */
export function decodeFunctionCall(body: Buffer): FunctionCall | Malformed {
  const reader = new BodyReader(body);
  const functionOid = reader.uint32();
  const argumentFormats = readFormats(reader);
  const values = reader.values(reader.uint16());
  const resultFormat = reader.int16();
  return reader.finish({ functionOid, argumentFormats, values, resultFormat });
}

/** Byte1('p') Int32 String: a password, in clear or as `md5Password` makes it. */
export function decodePassword(body: Buffer): { readonly password: Buffer } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ password: reader.text() });
}

/** Byte1('p') Int32 String(mechanism) Int32(length or -1) Byte[length]. */
export function decodeSaslInitialResponse(
  body: Buffer,
): { readonly mechanism: string; readonly response: Buffer | null } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ mechanism: reader.label(), response: reader.value() });
}

/** Byte1('p') Int32 Byte[]: SASLResponse and GSSResponse are nothing but their data. */
export function decodeSaslResponse(body: Buffer): { readonly data: Buffer } {
  return { data: body };
}

/** Byte1('f') Int32 String: why the client gave its COPY up. */
export function decodeCopyFail(body: Buffer): { readonly message: Buffer } | Malformed {
  const reader = new BodyReader(body);
  return reader.finish({ message: reader.text() });
}

/** Sync, Flush, Terminate, CopyDone and all other messages without fields. */
export function decodeEmpty(body: Buffer): undefined | Malformed {
  return new BodyReader(body).finish(undefined);
}

function readFormats(reader: BodyReader): number[] {
  return reader.list(reader.uint16(), () => reader.int16());
}
