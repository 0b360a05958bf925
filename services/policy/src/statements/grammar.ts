import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';

/** A node of the parse tree of Postgres as its JSON has it: fields, or one field that names it. */
export interface Tree {
  readonly [field: string]: unknown;
}

/** What Postgres would make of the text of a command, or why it would make nothing of it. */
export type Parsed =
  | { readonly statements: readonly Tree[]; readonly spans: readonly Span[] }
  | { readonly syntaxError: string };

/** Where a statement stands, in bytes of UTF-8; undefined: from the start, up to the end. */
export interface Span {
  readonly stmt_location?: number;
  readonly stmt_len?: number;
}

interface Statement extends Span {
  readonly stmt?: Tree;
}

/** The texts of the statements of one that was parsed. */
export function textsOf(text: string, spans: readonly Span[]): readonly string[] {
  if (spans.length === 1) return [text];
  let at = 0;
  let bytes = 0;
  const placeOf = (byte: number): number => {
    for (; bytes < byte && at < text.length; at += 1) {
      const code = text.codePointAt(at) ?? 0;
      if (code > 0xffff) at += 1;
      bytes += utf8Bytes(code);
    }
    return at;
  };
  return spans.map(({ stmt_location: start = 0, stmt_len: length }) => {
    const from = placeOf(start);
    return text.slice(from, length === undefined ? undefined : placeOf(start + length));
  });
}

function utf8Bytes(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code > 0xffff ? 4 : 3;
}

/** Resolves once `parse` may be called. */
export const grammarLoaded: Promise<void> = loadModule();

/** Beyond it reading a text would hold up every session for too long. */
const MAX_CHARACTERS = 128 * 1024;

/** Parses by the grammar of Postgres 18; each statement has its node's name as its one field. */
export function parse(text: string): Parsed {
  if (text.length > MAX_CHARACTERS) return { syntaxError: 'it is longer than is read' };
  if (text.trim() === '') return { statements: [], spans: [] };
  try {
    const { stmts = [] } = parseSync(text) as { readonly stmts?: readonly Statement[] };
    return { statements: stmts.map(({ stmt }) => stmt ?? {}), spans: stmts };
  } catch (error) {
    if (hasSqlDetails(error)) return { syntaxError: error.message };
    if (error instanceof RangeError) return { syntaxError: 'it is nested too deeply' };
    throw error;
  }
}

/** Whether a field of a node says where in the text it stands, not what it is. */
export function isPlace(field: string): boolean {
  return /(?:^|_)location$|^(?:rexpr_)?list_(?:start|end)$|^stmt_len$/.test(field);
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The strings of a name: `[{String: {sval}}…]`; a star is `*`. */
export function nameParts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.map((part: unknown) => {
    if (!isTree(part)) return '';
    if ('A_Star' in part) return '*';
    const { String: text } = part;
    return isTree(text) && typeof text['sval'] === 'string' ? text['sval'] : '';
  });
}
