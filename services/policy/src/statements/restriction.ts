import { isPlace, isTree } from './grammar.js';
import type { Tree } from './grammar.js';

/**
 * Whether a condition may leave a row out. `1 = 1`, `id = id`, `id IS NOT NULL` and a bare
 * parameter do not; NOT a judgement of how many it leaves.
 */
export function restricts(condition: unknown): boolean {
  if (!isTree(condition)) return false;
  const { BoolExpr, A_Expr, NullTest } = condition;
  if (isTree(BoolExpr)) return boolRestricts(BoolExpr);
  if (isTree(NullTest)) return NullTest['nulltesttype'] === 'IS_NULL';
  if (isTree(A_Expr) && sameText(A_Expr['lexpr'], A_Expr['rexpr'])) return false;
  return namesColumn(condition);
}

function boolRestricts(expression: Tree): boolean {
  const parts = Array.isArray(expression['args']) ? (expression['args'] as unknown[]) : [];
  switch (expression['boolop']) {
    case 'AND_EXPR':
      return parts.some(restricts);
    case 'OR_EXPR':
      return parts.every(restricts);
    default:
      return parts.some(namesColumn);
  }
}

/** A query of its own within the condition does not count: it may not depend on the row. */
function namesColumn(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesColumn);
  if (!isTree(value)) return false;
  if ('ColumnRef' in value || 'CurrentOfExpr' in value) return true;
  const { SubLink } = value;
  if (isTree(SubLink)) return namesColumn(SubLink['testexpr']) || correlates(SubLink);
  return Object.values(value).some(namesColumn);
}

/** EXISTS may depend on the row by its own condition. */
function correlates(sublink: Tree): boolean {
  return sublink['subLinkType'] === 'EXISTS_SUBLINK' && whereOf(sublink['subselect']);
}

function whereOf(query: unknown): boolean {
  const select = isTree(query) ? query['SelectStmt'] : undefined;
  return isTree(select) && restricts(select['whereClause']);
}

function sameText(left: unknown, right: unknown): boolean {
  return left !== undefined && JSON.stringify(bare(left)) === JSON.stringify(bare(right));
}

/** Without where in the text it stands. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isTree(value)) return value;
  const fields = Object.entries(value).filter(([name]) => !isPlace(name));
  return Object.fromEntries(fields.map(([name, field]) => [name, bare(field)]));
}
