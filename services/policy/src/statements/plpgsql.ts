import { parsePlPgSQLSync } from 'libpg-query';
import { isTree } from './grammar.js';

/** How an expression is to be read: RawParseMode of Postgres. */
const STATEMENT = 0;
const EXPRESSION = 2;

/**
 * The SQL that a function in PL/pgSQL runs, each piece a statement of its own; undefined where it
 * puts statements together at run time or can't be read. `definition`: its CREATE FUNCTION.
 */
export function plpgsqlQueries(definition: string): readonly string[] | undefined {
  const queries: string[] = [];
  try {
    return gather(parsePlPgSQLSync(definition), queries) ? queries : undefined;
  } catch {
    return undefined;
  }
}

/** False where a statement is made at run time. */
function gather(value: unknown, queries: string[]): boolean {
  if (Array.isArray(value)) return value.every((each) => gather(each, queries));
  if (!isTree(value)) return true;
  return Object.entries(value).every(([name, child]) => {
    if (name.startsWith('PLpgSQL_stmt_dyn') || name === 'dynquery') return false;
    if (name === 'PLpgSQL_expr' && isTree(child)) {
      queries.push(...queriesOf(String(child['query']), child['parseMode']));
      return true;
    }
    if (name === 'PLpgSQL_type' && isTree(child)) {
      queries.push(...typeQueries(String(child['typname'])));
      return true;
    }
    return gather(child, queries);
  });
}

/** A variable of a column's type may be assigned what no row of its table holds. */
function typeQueries(type: string): readonly string[] {
  const [, of] = /^(.*)%(?:row)?type$/is.exec(type.trim()) ?? [];
  if (of === undefined) return [`SELECT NULL::${type}`];
  if (/%rowtype$/i.test(type)) return [`SELECT NULL::${of}`];
  // That of another variable was told with that one.
  return of.includes('.') ? [`SELECT NULL::${of.replace(/\.[^.]*$/, '')}`] : [];
}

function queriesOf(text: string, parseMode: unknown): readonly string[] {
  // proto3 leaves out what is 0.
  if (parseMode === undefined || parseMode === STATEMENT) return [text];
  if (parseMode === EXPRESSION) return [`SELECT ${text}`];
  const assignment = /^(.*?):?=(.*)$/s.exec(text.includes(':=') ? text : text.replace('=', ':='));
  const [, target = '', value = ''] = assignment ?? [];
  return [`SELECT ${target}`, `SELECT ${value}`];
}
