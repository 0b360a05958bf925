import { maskingLimits } from './limits.js';
import type { SqlPart } from './sql-parts.js';

const columnList = /\bINTO\s[^()]{1,256}\(([^()]{1,4096})\)[^()]{0,128}\bVALUES\s*$/i;
const closesList = /\)\s*(?:ON\b|RETURNING\b|;|$)/i;

/**
 * The column that each literal of an INSERT … VALUES goes into, by the start of the literal. It
 * counts commas on the level of a row; it does NOT know statements whose list of columns is quoted
 * in part or left out.
 */
export function insertedColumns(sql: string, parts: readonly SqlPart[]): Map<number, string> {
  const columns = new Map<number, string>();
  let names: readonly string[] | undefined;
  let depth = 0;
  let index = 0;
  for (const { kind, start, end } of parts) {
    if (kind !== 'code') {
      const name = depth === 1 ? names?.[index] : undefined;
      if (name !== undefined) columns.set(start, name);
      continue;
    }
    const code = sql.slice(start, end);
    for (const { 0: mark, index: at } of code.matchAll(/[(),;]|\bVALUES\b/gi)) {
      if (mark === '(') {
        depth += 1;
        if (depth === 1) index = 0;
      } else if (mark === ')') depth -= 1;
      else if (mark === ';') names = undefined;
      else if (mark === ',') index += depth === 1 ? 1 : 0;
      else {
        names = columnsBefore(sql, start + at + mark.length);
        depth = 0;
      }
    }
    if (closesList.test(code) && depth <= 0) names = undefined;
  }
  return columns;
}

function columnsBefore(sql: string, end: number): readonly string[] | undefined {
  const before = sql.slice(Math.max(0, end - 4 * maskingLimits.contextLength), end);
  const list = columnList.exec(before)?.[1];
  return list?.split(',').map((name) => name.trim().replace(/^["`[]|["`\]]$/g, ''));
}
