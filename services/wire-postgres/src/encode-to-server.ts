import type { Buffer } from 'node:buffer';
import type { FunctionCall, NamedObject, Parse } from './frontend.js';
import { frontendType } from './message-types.js';
import { MessageWriter } from './message-writer.js';

/*
 * What the proxy itself says in the client's place (Postgres manual, "Message Formats", (F)).
 * Layouts stand above the decoders in `frontend.ts`, with which these round-trip.
 */

export function encodePassword(password: Buffer | string): Buffer {
  return new MessageWriter(frontendType.password).text(password).finish();
}

export function encodeSaslInitialResponse(mechanism: string, response: Buffer | null): Buffer {
  return new MessageWriter(frontendType.password).text(mechanism).value(response).finish();
}

export function encodeSaslResponse(data: Buffer): Buffer {
  return new MessageWriter(frontendType.password, data.length).bytes(data).finish();
}

export function encodeQuery(text: Buffer | string): Buffer {
  return new MessageWriter(frontendType.query).text(text).finish();
}

export function encodeParse(
  parse: Omit<Parse, 'text'> & { readonly text: Buffer | string },
): Buffer {
  const writer = new MessageWriter(frontendType.parse).name(parse.name).text(parse.text);
  return writer.list(parse.parameterTypes, (oid) => writer.uint32(oid)).finish();
}

export interface BindValues {
  readonly portal: string;
  readonly statement: string;
  readonly parameterFormats: readonly number[];
  readonly values: readonly (Buffer | null)[];
  readonly resultFormats: readonly number[];
}

export function encodeBind(bind: BindValues): Buffer {
  const writer = new MessageWriter(frontendType.bind).name(bind.portal).name(bind.statement);
  return writer
    .list(bind.parameterFormats, (format) => writer.int16(format))
    .list(bind.values, (value) => writer.value(value))
    .list(bind.resultFormats, (format) => writer.int16(format))
    .finish();
}

/** Of the unnamed statement; `values`: formats and values as a Bind has them. */
export function encodeBoundValues(values: Buffer): Buffer {
  const writer = new MessageWriter(frontendType.bind, values.length);
  return writer.name('').name('').bytes(values).int16(0).finish();
}

export function encodeDescribe(object: NamedObject): Buffer {
  return encodeNamedObject(frontendType.describe, object);
}

export function encodeClose(object: NamedObject): Buffer {
  return encodeNamedObject(frontendType.close, object);
}

function encodeNamedObject(type: number, object: NamedObject): Buffer {
  const letter = object.kind === 'statement' ? 0x53 : 0x50;
  return new MessageWriter(type).uint8(letter).name(object.name).finish();
}

/** `maxRows` 0 asks for all rows. */
export function encodeExecute(portal: string, maxRows: number): Buffer {
  return new MessageWriter(frontendType.execute).name(portal).int32(maxRows).finish();
}

export function encodeFunctionCall(call: FunctionCall): Buffer {
  const writer = new MessageWriter(frontendType.functionCall).uint32(call.functionOid);
  return writer
    .list(call.argumentFormats, (format) => writer.int16(format))
    .list(call.values, (value) => writer.value(value))
    .int16(call.resultFormat)
    .finish();
}

/** The same bytes in both directions, so it serves to a client, too. */
export function encodeCopyData(data: Buffer): Buffer {
  return new MessageWriter(frontendType.copyData, data.length).bytes(data).finish();
}

export function encodeCopyFail(message: Buffer | string): Buffer {
  return new MessageWriter(frontendType.copyFail).text(message).finish();
}

const emptyTypes = {
  copyDone: frontendType.copyDone,
  flush: frontendType.flush,
  sync: frontendType.sync,
  terminate: frontendType.terminate,
} as const;

/** The client's messages without a body. */
export function encodeEmptyToServer(name: keyof typeof emptyTypes): Buffer {
  return new MessageWriter(emptyTypes[name], 0).finish();
}
