import { UNKNOWN_KIND } from './kinds.js';
import type { Access, StatementFacts } from './statement-facts.js';

/** They give rows of what was ruled on before. */
const REPEATING_KINDS: readonly string[] = ['execute', 'fetch'];

export function isRepeating({ kinds }: StatementFacts): boolean {
  return REPEATING_KINDS.some((kind) => kinds.has(kind));
}

/** So may functions, but for those of Postgres. */
export function mayOpenCursor({ kinds, opaque, accesses }: StatementFacts): boolean {
  const isOwn = ({ action, schema }: Access) => action === 'call' && schema !== 'pg_catalog';
  return kinds.has('declare') || opaque.size > 0 || accesses.some(isOwn);
}

/** An Execute may be of a cursor that SQL has opened. */
export function mayRepeat(facts: StatementFacts): boolean {
  return facts.kind === UNKNOWN_KIND || isRepeating(facts);
}
