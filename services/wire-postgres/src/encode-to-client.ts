import type { Buffer } from 'node:buffer';
import type { AuthenticationRequest, FieldDescription, TransactionStatus } from './backend.js';
import { backendType } from './message-types.js';
import { MessageWriter } from './message-writer.js';

/*
 * What the proxy itself says in the server's place (Postgres manual, "Message Formats", (B)).
 * Layouts stand above the decoders in `backend.ts`, with which these round-trip.
 */

/** Any authentication request; the kinds without data are their code alone. */
export function encodeAuthentication(request: AuthenticationRequest): Buffer {
  const writer = new MessageWriter(backendType.authentication);
  switch (request.kind) {
    case 'ok':
      return writer.int32(0).finish();
    case 'kerberos-v5':
      return writer.int32(2).finish();
    case 'cleartext-password':
      return writer.int32(3).finish();
    case 'md5-password':
      return writer.int32(5).bytes(request.salt).finish();
    case 'gss':
      return writer.int32(7).finish();
    case 'gss-continue':
      return writer.int32(8).bytes(request.data).finish();
    case 'sspi':
      return writer.int32(9).finish();
    case 'sasl':
      writer.int32(10);
      for (const mechanism of request.mechanisms) writer.text(mechanism);
      return writer.uint8(0).finish();
    case 'sasl-continue':
      return writer.int32(11).bytes(request.data).finish();
    case 'sasl-final':
      return writer.int32(12).bytes(request.data).finish();
  }
}

export function encodeAuthenticationOk(): Buffer {
  return encodeAuthentication({ kind: 'ok' });
}

export function encodeAuthenticationCleartextPassword(): Buffer {
  return encodeAuthentication({ kind: 'cleartext-password' });
}

export function encodeParameterStatus(name: string, value: string): Buffer {
  return new MessageWriter(backendType.parameterStatus).text(name).text(value).finish();
}

export function encodeBackendKeyData(processId: number, secretKey: Buffer): Buffer {
  return new MessageWriter(backendType.backendKeyData).int32(processId).bytes(secretKey).finish();
}

const statusLetter = { idle: 0x49, transaction: 0x54, failed: 0x45 } as const;

export function encodeReadyForQuery(status: TransactionStatus): Buffer {
  return new MessageWriter(backendType.readyForQuery, 1).uint8(statusLetter[status]).finish();
}

export interface ErrorReport {
  /** ERROR, FATAL, PANIC; for notices WARNING, NOTICE, DEBUG, INFO, LOG. Not localised here. */
  readonly severity: string;
  /** SQLSTATE, five characters. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

export function encodeErrorResponse(report: ErrorReport): Buffer {
  return encodeReport(backendType.errorResponse, report);
}

export function encodeNoticeResponse(report: ErrorReport): Buffer {
  return encodeReport(backendType.noticeResponse, report);
}

/** Severity goes out twice: S may be localised, V never is, and drivers read either. */
function encodeReport(type: number, report: ErrorReport): Buffer {
  const { severity, code, message, detail, hint } = report;
  const fields: [string, string | undefined][] = [
    ['S', severity],
    ['V', severity],
    ['C', code],
    ['M', message],
    ['D', detail],
    ['H', hint],
  ];
  const writer = new MessageWriter(type, 256);
  for (const [letter, text] of fields) {
    if (text === undefined) continue;
    // Texts may quote what a peer sent; a report must get through whatever is in them.
    writer.uint8(letter.charCodeAt(0)).text(text.replaceAll('\0', '\uFFFD'));
  }
  return writer.uint8(0).finish();
}

/** Says the newest minor version with the major one, as servers do and libpq expects. */
export function encodeNegotiateProtocolVersion(
  minor: number,
  unrecognizedOptions: readonly string[],
): Buffer {
  const writer = new MessageWriter(backendType.negotiateProtocolVersion);
  writer.uint32(0x3_0000 + minor).uint32(unrecognizedOptions.length);
  for (const option of unrecognizedOptions) writer.text(option);
  return writer.finish();
}

export function encodeRowDescription(fields: readonly FieldDescription[]): Buffer {
  const writer = new MessageWriter(backendType.rowDescription);
  return writer
    .list(fields, (field) => {
      writer.text(field.name).uint32(field.tableOid).int16(field.columnNumber);
      writer.uint32(field.typeOid).int16(field.typeSize).int32(field.typeModifier);
      writer.int16(field.format);
    })
    .finish();
}

export function encodeDataRow(values: readonly (Buffer | null)[]): Buffer {
  let bodyBytes = 2;
  for (const value of values) bodyBytes += 4 + (value === null ? 0 : value.length);
  const writer = new MessageWriter(backendType.dataRow, bodyBytes);
  return writer.list(values, (value) => writer.value(value)).finish();
}

export function encodeCommandComplete(tag: string): Buffer {
  return new MessageWriter(backendType.commandComplete).text(tag).finish();
}

export function encodeNotificationResponse(
  processId: number,
  channel: string,
  payload: Buffer | string,
): Buffer {
  const writer = new MessageWriter(backendType.notificationResponse);
  return writer.int32(processId).text(channel).text(payload).finish();
}

export function encodeParameterDescription(parameterTypes: readonly number[]): Buffer {
  const writer = new MessageWriter(backendType.parameterDescription);
  return writer.list(parameterTypes, (oid) => writer.uint32(oid)).finish();
}

const copyType = {
  in: backendType.copyInResponse,
  out: backendType.copyOutResponse,
  both: backendType.copyBothResponse,
} as const;

export function encodeCopyResponse(
  direction: keyof typeof copyType,
  binary: boolean,
  columnFormats: readonly number[],
): Buffer {
  const writer = new MessageWriter(copyType[direction]).uint8(binary ? 1 : 0);
  return writer.list(columnFormats, (format) => writer.int16(format)).finish();
}

export function encodeFunctionCallResponse(value: Buffer | null): Buffer {
  return new MessageWriter(backendType.functionCallResponse).value(value).finish();
}

const emptyTypes = {
  parseComplete: backendType.parseComplete,
  bindComplete: backendType.bindComplete,
  closeComplete: backendType.closeComplete,
  noData: backendType.noData,
  emptyQueryResponse: backendType.emptyQueryResponse,
  portalSuspended: backendType.portalSuspended,
  copyDone: backendType.copyDone,
} as const;

/** The server's messages without a body. */
export function encodeEmptyToClient(name: keyof typeof emptyTypes): Buffer {
  return new MessageWriter(emptyTypes[name], 0).finish();
}
