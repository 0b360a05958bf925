import { isTree, parse } from './grammar.js';

/** The one table that a query reads from; undefined where it is not that plain. */
export function soleTable(sql: string): { schema: string | undefined; name: string } | undefined {
  const parsed = parse(sql);
  const [statement] = 'statements' in parsed ? parsed.statements : [];
  const select = statement?.['SelectStmt'];
  const from = isTree(select) ? select['fromClause'] : undefined;
  const [only, another] = Array.isArray(from) ? (from as unknown[]) : [];
  const table = isTree(only) && another === undefined ? only['RangeVar'] : undefined;
  if (!isTree(table)) return undefined;
  const { schemaname, relname } = table;
  return {
    schema: typeof schemaname === 'string' ? schemaname : undefined,
    name: String(relname),
  };
}
