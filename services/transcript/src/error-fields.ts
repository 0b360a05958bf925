import { ByteReader } from './byte-reader.js';
import { errorPosition } from './error-position.js';
import { transcriptLimits } from './limits.js';
import { cut, decodeText, layOut } from './printable.js';

/** What an ErrorResponse or NoticeResponse says; null where the server left it out. */
export interface ErrorDescription {
  readonly severity: string;
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
}

/**
 * Reads the body of an ErrorResponse or NoticeResponse: { Byte type, String }..., Byte 0. Never
 * fails: of a body that ends early it gives what is there. The texts are raw, not safe to write.
 */
export function describeError(bytes: Uint8Array): ErrorDescription {
  const fields = readFields(bytes);
  return {
    severity: fields.get('S') ?? fields.get('V') ?? 'ERROR',
    code: fields.get('C') ?? '',
    message: fields.get('M') ?? '',
    detail: fields.get('D') ?? null,
    hint: fields.get('H') ?? null,
  };
}

function readFields(bytes: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const reader = new ByteReader(bytes);
  while (!reader.failed) {
    const type = reader.uint8();
    if (type === 0 || reader.failed) break;
    fields.set(String.fromCharCode(type), decodeText(reader.cstring()));
  }
  return fields;
}

/** As psql shows it, safe to write. `statement` is what was sent, where it is known. */
export function errorLines(bytes: Uint8Array, statement: string | undefined): string[] {
  const fields = readFields(bytes);
  const { severity, message, detail, hint } = describeError(bytes);
  const lines = shown(`${severity}:  ${message}`);
  const position = Number(fields.get('P') ?? fields.get('p') ?? 0);
  const internal = fields.get('q');
  const source = fields.has('P') ? statement : internal;
  if (source !== undefined && position > 0) lines.push(...errorPosition(source, position));
  if (detail !== null) lines.push(...shown(`DETAIL:  ${detail}`));
  if (hint !== null) lines.push(...shown(`HINT:  ${hint}`));
  if (internal !== undefined) lines.push(...shown(`QUERY:  ${internal}`));
  const context = fields.get('W');
  if (context !== undefined && isError(severity)) lines.push(...shown(`CONTEXT:  ${context}`));
  return lines;
}

/** psql shows the context of errors only. */
function isError(severity: string): boolean {
  return !/^(?:NOTICE|WARNING|INFO|LOG|DEBUG)/.test(severity);
}

function shown(text: string): string[] {
  return [...layOut(cut(text, transcriptLimits.lineMax)).lines];
}
