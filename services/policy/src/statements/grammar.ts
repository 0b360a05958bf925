import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';

/** A node of the parse tree of Postgres as its JSON has it: fields, or one field that names it. */
export interface Tree {
  readonly [field: string]: unknown;
}

/** What Postgres would make of the text of a command, or why it would make nothing of it. */
export type Parsed = { readonly statements: readonly Tree[] } | { readonly syntaxError: string };

/** Resolves once `parse` may be called. */
export const grammarLoaded: Promise<void> = loadModule();

/** Beyond it reading a text would hold up every session for too long. */
const MAX_CHARACTERS = 128 * 1024;

/** Parses by the grammar of Postgres 18; each statement has its node's name as its one field. */
export function parse(text: string): Parsed {
  if (text.length > MAX_CHARACTERS) return { syntaxError: 'it is longer than is read' };
  if (text.trim() === '') return { statements: [] };
  try {
    const { stmts = [] } = parseSync(text) as { readonly stmts?: readonly { stmt?: Tree }[] };
    return { statements: stmts.map(({ stmt }) => stmt ?? {}) };
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
