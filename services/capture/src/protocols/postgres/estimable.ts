import type { Hold } from '@steno/policy';

const PLAIN_KINDS: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge']);
const BUILT_IN = 'pg_catalog.';

/**
 * Why the target is not asked how many rows a command would reach; empty: it may be. Planning runs
 * functions that say of themselves that they change nothing: only those of Postgres are believed.
 */
export function whyNotEstimable({ summary, hasOwnMeaning }: Hold): string {
  const { statements, kinds, opaqueParts, calls } = summary;
  if (statements !== 1) return 'it is not one statement';
  if (!kinds.every((kind) => PLAIN_KINDS.has(kind))) return `it is no plain ${PLAIN}`;
  const changes = kinds.filter((kind) => kind !== 'select');
  if (changes.length > 1 && !kinds.includes('merge')) return 'it changes several things';
  if (hasOwnMeaning) return 'names may lead elsewhere in its session';
  if (opaqueParts.length > 0) return 'it cannot be seen through';
  const isOwn = calls.some((name) => !name.startsWith(BUILT_IN));
  return isOwn ? 'it calls functions that are not of Postgres' : '';
}

const PLAIN = 'SELECT, INSERT, UPDATE, DELETE or MERGE';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Plan Rows': number;
  readonly 'Parent Relationship'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Of the answer of EXPLAIN (FORMAT JSON); undefined: it does not say. */
export function rowsOfPlan(answer: string, { summary: { kinds } }: Hold): bigint | undefined {
  const [{ Plan: plan } = {}] = JSON.parse(answer) as readonly { readonly Plan?: PlanNode }[];
  if (plan === undefined) return undefined;
  const isChange = plan['Node Type'] === 'ModifyTable';
  // What changes something within a query is counted by no node at the top.
  if (isChange !== kinds.some((kind) => kind !== 'select')) return undefined;
  const nodes = isChange ? (plan.Plans ?? []).filter(isInput) : [plan];
  const rows = nodes.reduce((sum, node) => sum + node['Plan Rows'], 0);
  return Number.isFinite(rows) ? BigInt(Math.min(Math.round(rows), ROWS_MAX)) : undefined;
}

const ROWS_MAX = Number.MAX_SAFE_INTEGER;

/** What is changed, of the older versions for each table; not what is looked up beside it. */
function isInput(node: PlanNode): boolean {
  return ['Outer', 'Member'].includes(node['Parent Relationship'] ?? '');
}
