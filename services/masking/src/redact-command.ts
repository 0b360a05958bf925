import { findSensitive, findWhole } from './find.js';
import { type Finding, type Layer, settle } from './finding.js';
import { toSource } from './json/json-string.js';
import { type MaskCounts, type MaskRules, replaceFindings } from './mask-text.js';
import { meaningOfName } from './names.js';
import { insertedColumns } from './sql-columns.js';
import { type SqlPart, sqlParts } from './sql-parts.js';
import type { Tokens } from './tokens.js';

const doubled = (quote: string): Layer => ({
  decode: (source) => source.replaceAll(quote + quote, quote),
  encode: (text = '') => text.replaceAll(quote, quote + quote),
});
const escaped: Layer = {
  decode: (source) => source.replace(/''|\\([^])/g, (pair, one?: string) => one ?? pair.charAt(0)),
  encode: (text = '') => text.replace(/['\\]/g, '$&$&'),
};
/** What closes a dollar quote or a comment is not in a value, and in none of its tokens. */
const plain: Layer = { decode: (source) => source, encode: (text = '') => text };
const layers: Readonly<Record<SqlPart['kind'], Layer>> = {
  code: {
    decode: (source) => source,
    encode: (text) => (text === undefined ? 'NULL' : `'${text}'`),
  },
  string: doubled("'"),
  'escape-string': escaped,
  name: doubled('"'),
  dollar: plain,
  comment: plain,
};

const prefix = String.raw`(?:[NEB]|U&)?$`;
const by = String.raw`IDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)`;
const password = new RegExp(
  String.raw`\b(?:PASSWORD|${by}(?:\s+PASSWORD)?)\s*=?\s*\(?\s*${prefix}`,
  'i',
);
const bare = /\bIDENTIFIED\s{1,8}BY\s{1,8}(?!(?:VALUES|PASSWORD|RANDOM)\b)([^\s'"();,]{1,128})/gi;
const quotedName: Layer = {
  decode: (source) => source,
  encode: (text) => JSON.stringify(text ?? ''),
};
const operator = String.raw`(?:=|:=|=>|<>|!=|(?:NOT\s+)?I?LIKE)`;
/** The first values of a list, which the one that is looked at may come after. */
const list = String.raw`(?:NOT\s+)?IN\s*\((?:\s*'[^']{0,64}'\s*,){0,8}`;
/** A name, an operator, and perhaps a call that the literal is given to. */
const assigned = new RegExp(
  String.raw`(?:["'\x60]|\b)([\w.]{1,64})["\x60]?\s*(?:${list}|${operator}\s*` +
    String.raw`(?:ANY\s*\(|\w+\s*\()?)\s*${prefix}`,
  'i',
);
const contextLength = 160;

/**
 * The text of a command in SQL with its secrets replaced where they stand: passwords of DDL, values
 * given to telling columns, sensitive values in literals, quoted names and comments. What parsed
 * before parses after: a literal stays a literal, a bare number becomes one. It is NOT a parser:
 * values that statements compute, or put together from pieces, stay as they are.
 */
export function redactCommand(
  sql: string,
  { types }: Pick<MaskRules, 'types'>,
  tokens: Tokens,
): { readonly text: string; readonly counts: MaskCounts } {
  const counts: MaskCounts = {};
  const found: Finding[] = [];
  const parts = [...sqlParts(sql)];
  const columns = insertedColumns(sql, parts);
  for (const part of parts) {
    const inPart =
      part.kind === 'code'
        ? [...findNumbers(sql, part, types), ...findBarePasswords(sql, part, types)]
        : findInPart(sql, part, { types, column: columns.get(part.start) });
    for (const finding of inPart) found.push(finding);
  }
  return { text: replaceFindings(sql, settle(found), { tokens, counts }), counts };
}

/**
 * The column that each parameter of a statement is compared with or put into, by its number: what
 * `$1` stands for has no name of its own.
 */
export function parameterColumns(sql: string): ReadonlyMap<number, string> {
  const quoted = sql.replace(/\$(\d{1,5})(?![\w$])/g, "'$$$1'");
  const parts = [...sqlParts(quoted)];
  const inserted = insertedColumns(quoted, parts);
  const columns = new Map<number, string>();
  for (const { kind, opened, start, end } of parts) {
    const number = kind === 'string' ? /^\$(\d+)$/.exec(quoted.slice(start, end))?.[1] : undefined;
    const before = quoted.slice(Math.max(0, opened - contextLength), opened);
    const name = number && (inserted.get(start) ?? assigned.exec(before)?.[1]);
    if (name) columns.set(Number(number), name.slice(name.lastIndexOf('.') + 1));
  }
  return columns;
}

function findInPart(
  sql: string,
  part: SqlPart,
  { types, column }: { types: MaskRules['types']; column: string | undefined },
): Finding[] {
  const { kind, opened, start, end } = part;
  const source = sql.slice(start, end);
  const layer = layers[kind];
  if (source === '') return [];
  const isLiteral = kind !== 'name' && kind !== 'comment';
  const before = isLiteral ? sql.slice(Math.max(0, opened - contextLength), opened) : '';
  if (types.has('password') && password.test(before)) {
    return [{ type: 'password', start, end, layer }];
  }
  const name = column ?? (isLiteral ? assigned.exec(before)?.[1] : undefined);
  const context = name === undefined ? {} : { column: name.slice(name.lastIndexOf('.') + 1) };
  const inside = findSensitive(layer.decode(source), types, context);
  return toSource(inside, { source, start, layer }, unitOf(kind));
}

function unitOf(kind: SqlPart['kind']) {
  const pair = kind === 'string' ? "''" : '""';
  return (source: string, at: number) => {
    const isPair =
      kind === 'escape-string'
        ? source[at] === '\\' || source.startsWith("''", at)
        : (kind === 'string' || kind === 'name') && source.startsWith(pair, at);
    return { source: isPair ? 2 : 1, decoded: 1 };
  };
}

/** Oracle and others take a password like a name: it becomes a quoted one. */
function findBarePasswords(sql: string, { start, end }: SqlPart, types: MaskRules['types']) {
  const found: Finding[] = [];
  if (!types.has('password')) return found;
  for (const { 0: whole, 1: word = '', index } of sql.slice(start, end).matchAll(bare)) {
    const to = start + index + whole.length;
    found.push({ type: 'password', start: to - word.length, end: to, layer: quotedName });
  }
  return found;
}

/** Numbers that stand in code by themselves: they become string literals. */
function findNumbers(sql: string, { start, end }: SqlPart, types: MaskRules['types']): Finding[] {
  const found: Finding[] = [];
  for (const { 0: digits, index } of sql
    .slice(start, end)
    .matchAll(/(?<![\w.$])\d{3,32}(?![\w.])/g)) {
    const at = start + index;
    const name = assigned.exec(sql.slice(Math.max(start, at - contextLength), at))?.[1];
    const column = name !== undefined && meaningOfName(name) !== undefined ? name : undefined;
    const [whole] = findWhole(digits, types, column === undefined ? {} : { column });
    if (whole?.start !== 0 || whole.end !== digits.length) continue;
    found.push({ type: whole.type, start: at, end: at + digits.length, layer: layers.code });
  }
  return found;
}
