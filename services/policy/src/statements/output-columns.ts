import type { ColumnName } from '@steno/masking';
import type { Catalog, CatalogRelation } from './catalog.js';
import { readByCall } from './function-reads.js';
import { isTree, nameParts, parse } from './grammar.js';
import type { Tree } from './grammar.js';
import { relationsOf, withParents } from './names.js';
import type { NameSpace } from './names.js';
import type { Column, Origins } from './rows-given.js';

/** What a FROM names. */
interface Source {
  readonly alias: string;
  /** Undefined: nobody here knows them. */
  readonly columns: readonly Column[] | undefined;
  /** Of what it computes its columns from, where these are not known. */
  readonly within: Origins;
}

const NONE: ReadonlySet<string> = new Set();
/** Where UPDATE, DELETE and MERGE name what they read besides. */
const OTHER_SOURCES = ['fromClause', 'usingClause', 'sourceRelation'];
/** They stand in a FROM, compute what they give, and may name what stands before them. */
const COMPUTED_SOURCES: ReadonlySet<string> = new Set([
  'RangeFunction',
  'RangeTableFunc',
  'JsonTable',
]);
/** Of one column of a view. */
const ORIGINS_MAX = 2000;
/** Nodes and names that are gone over for one statement. */
const STEPS_MAX = 100_000;
/** A relation is one of one catalog, so what was found of it stays true. */
const viewsSeen = new WeakMap<CatalogRelation, readonly Origins[]>();

interface Scope {
  readonly names: NameSpace;
  /** Queries of WITH. */
  readonly tables: ReadonlyMap<string, readonly Column[] | undefined>;
  /** What stands around a query that may name its columns. */
  readonly outer: readonly Source[];
  readonly steps: Steps;
}

/** Queries within queries are gone over more than once, so that few may make much work. */
class Steps {
  private left = STEPS_MAX;

  take(count: number): void {
    this.left -= count;
    if (this.left < 0) throw new TooManySteps();
  }
}

class TooManySteps extends Error {}

/**
 * For each column that a statement gives, in order, where its values come from; undefined where
 * that cannot be told. It is NOT a type checker: a name that may mean several columns means all of
 * them, and what functions and views make of values is not known.
 */
export function outputsOf(statement: Tree, names: NameSpace): readonly Origins[] | undefined {
  return outputColumns(statement, names)?.map(ownNames);
}

/** The same with their names and types. */
export function outputColumns(statement: Tree, names: NameSpace): readonly Column[] | undefined {
  try {
    return columnsOf(statement, { names, tables: new Map(), outer: [], steps: new Steps() });
  } catch (error) {
    if (error instanceof TooManySteps) return undefined;
    throw error;
  }
}

/** The columns of a table that a statement names, without those that are gone. */
export function tableColumns(relation: Tree, names: NameSpace): readonly Column[] | undefined {
  const { schemaname, relname } = relation;
  const schema = typeof schemaname === 'string' ? schemaname : undefined;
  const name = String(relname);
  const found = names.temporary.has(name) ? [] : relationsOf(names, schema, name);
  return found.length === 1 && found[0] !== undefined ? columnsIn(found[0], names) : undefined;
}

/** Under what names a column of the catalog stands, by its number. */
export function originsAt(relation: CatalogRelation, number: number, catalog: Catalog): Origins {
  const { kind, columns } = relation;
  const column = columns[number - 1] ?? undefined;
  if (column === undefined) return [];
  const own = tablesOf(relation, catalog).map((table) => ({ table, column }));
  if (!kind.endsWith('view')) return own;
  const names = { catalog, searchPath: [], temporary: NONE };
  return [...own, ...(viewOutputs(relation, names)[number - 1] ?? [])];
}

/** A row of a partition is one of the tables above it, too; its columns have their names. */
function tablesOf(relation: CatalogRelation, catalog: Catalog): readonly string[] {
  return withParents(relation, catalog).map(({ schema, name }) => `${schema}.${name}`);
}

function columnsIn(relation: CatalogRelation, names: NameSpace): readonly Column[] {
  const { kind, columns, columnTypes } = relation;
  const tables = tablesOf(relation, names.catalog);
  const within = kind.endsWith('view') ? viewOutputs(relation, names) : undefined;
  return columns.flatMap((column, index) => {
    if (column === null) return [];
    const own = tables.map((table) => ({ table, column }));
    const origins = [...own, ...(within?.[index] ?? [])];
    return [{ name: column, typeOid: columnTypes[index] ?? 0, origins }];
  });
}

/** A view names what it reads with its schema, as the target prints it. */
function viewOutputs(view: CatalogRelation, names: NameSpace): readonly Origins[] {
  const known = viewsSeen.get(view);
  if (known !== undefined) return known;
  viewsSeen.set(view, []);
  const parsed = parse(queryOf(view));
  const [statement] = 'statements' in parsed ? parsed.statements : [];
  const inView = { ...names, searchPath: [], temporary: NONE };
  const outputs = (statement && outputsOf(statement, inView)) ?? [];
  const distinct = outputs.map(distinctOrigins);
  viewsSeen.set(view, distinct);
  return distinct;
}

/** Of one that keeps its rows, what fills it. */
function queryOf({ kind, queries, changes }: CatalogRelation): string {
  if (kind === 'view') return queries[0] ?? '';
  return changes.find(({ on }) => on.includes('refresh'))?.query ?? '';
}

/** Views may be made of views, many times over. */
function distinctOrigins(all: Origins): Origins {
  const byName = new Map(all.map((each) => [JSON.stringify([each.table, each.column]), each]));
  return [...byName.values()].slice(0, ORIGINS_MAX);
}

function columnsOf(statement: Tree, scope: Scope): readonly Column[] | undefined {
  scope.steps.take(1);
  const [node = '', body] = Object.entries(statement)[0] ?? [];
  if (!isTree(body)) return undefined;
  if (node === 'SelectStmt') return select(body, scope);
  if (!['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(node)) return undefined;
  const inner = withTables(body, scope);
  const { relation, returningList, returningClause } = body;
  const list = isTree(returningClause) ? returningClause['exprs'] : returningList;
  const changed = isTree(relation) ? [table(relation, inner)] : [];
  const beside = OTHER_SOURCES.flatMap((field) => listed(body[field]));
  return targets(list, [...changed, ...sources(beside, inner)], inner);
}

function select(node: Tree, scope: Scope): readonly Column[] | undefined {
  const { larg, rarg, valuesLists, targetList, fromClause } = node;
  const inner = withTables(node, scope);
  if (isTree(larg) && isTree(rarg)) return united(select(larg, inner), select(rarg, inner));
  if (Array.isArray(valuesLists)) {
    const rows = (valuesLists as { List?: { items?: unknown[] } }[]).map((row) => row.List?.items);
    return rows[0]?.map((_item, index) => {
      const values = rows.map((row) => row?.[index]);
      const origins = originsIn(values, inner.outer, inner);
      return { name: `column${index + 1}`, typeOid: 0, origins };
    });
  }
  return targets(targetList, sources(fromClause, inner), inner);
}

/** Rows of either stand under the names of the first. */
function united(
  left: readonly Column[] | undefined,
  right: readonly Column[] | undefined,
): readonly Column[] | undefined {
  return left?.map((column, index) => {
    const { origins } = column;
    const other = right?.[index];
    return { ...column, origins: other === undefined ? origins : [...origins, ...ownNames(other)] };
  });
}

export function ownNames({ name, origins }: Column): Origins {
  return [...origins, { column: name }];
}

function withTables(node: Tree, scope: Scope): Scope {
  const { withClause } = node;
  if (!isTree(withClause) || !Array.isArray(withClause['ctes'])) return scope;
  const { ctes } = withClause;
  const tables = new Map(scope.tables);
  for (const each of ctes as unknown[]) {
    const table = isTree(each) ? each['CommonTableExpr'] : undefined;
    if (!isTree(table) || !isTree(table['ctequery'])) continue;
    const given = columnsOf(table['ctequery'], { ...scope, tables });
    const columns = withClause['recursive'] === true ? given && mixed(given) : given;
    tables.set(String(table['ctename']), renamed(columns, nameParts(table['aliascolnames'])));
  }
  return { ...scope, tables };
}

/** What one column had in one round another may have in the next. */
function mixed(columns: readonly Column[]): readonly Column[] {
  const origins = distinctOrigins(columns.flatMap(ownNames));
  return columns.map((column) => ({ ...column, origins }));
}

/** What stands before one in a FROM may be named in it. */
function sources(from: unknown, scope: Scope): readonly Source[] {
  const found: Source[] = [];
  for (const item of listed(from)) {
    found.push(...source(item, { ...scope, outer: [...scope.outer, ...found] }));
  }
  return found;
}

function source(item: unknown, scope: Scope): readonly Source[] {
  const [node = '', tree] = isTree(item) ? (Object.entries(item)[0] ?? []) : [];
  if (!isTree(tree)) return [];
  const { aliasname, colnames } = isTree(tree['alias']) ? tree['alias'] : {};
  const alias = String(aliasname);
  if (node === 'RangeVar') return [table(tree, scope)];
  if (node === 'RangeSubselect' && isTree(tree['subquery'])) {
    const columns = renamed(columnsOf(tree['subquery'], scope), nameParts(colnames));
    const within = columns === undefined ? originsIn(tree, scope.outer, scope) : [];
    return [{ alias, columns, within }];
  }
  if (COMPUTED_SOURCES.has(node)) {
    return [{ alias, columns: undefined, within: originsIn(tree, scope.outer, scope) }];
  }
  if (node !== 'JoinExpr') return [{ alias, columns: undefined, within: [] }];
  const joined = sources([tree['larg'], tree['rarg']], scope);
  // Columns that both sides have stand once in its star: how many there are is not known then.
  const isMerged = tree['usingClause'] !== undefined || tree['isNatural'] === true;
  if (!isMerged && aliasname === undefined) return joined;
  return [...joined, { alias, columns: undefined, within: joined.flatMap(allOf) }];
}

/** Of all columns of a source. */
function allOf({ columns, within }: Source): Origins {
  return columns?.flatMap(ownNames) ?? within;
}

function listed(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return value === undefined ? [] : [value];
}

function table(tree: Tree, scope: Scope): Source {
  const { relname, schemaname, alias: named } = tree;
  const { aliasname, colnames } = isTree(named) ? named : {};
  const alias = String(aliasname ?? relname);
  const name = String(relname);
  const isOfWith = schemaname === undefined && scope.tables.has(name);
  const columns = isOfWith ? scope.tables.get(name) : tableColumns(tree, scope.names);
  return { alias, columns: renamed(columns, nameParts(colnames)), within: [] };
}

function renamed(
  columns: readonly Column[] | undefined,
  names: readonly string[],
): readonly Column[] | undefined {
  return columns?.map((column, index) => {
    const name = names[index];
    return name === undefined ? column : { ...column, name, origins: ownNames(column) };
  });
}

function targets(
  list: unknown,
  from: readonly Source[],
  scope: Scope,
): readonly Column[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const columns: Column[] = [];
  const around = [...from, ...scope.outer];
  for (const each of list as unknown[]) {
    const target = isTree(each) ? each['ResTarget'] : undefined;
    const value = isTree(target) ? target['val'] : undefined;
    if (!isTree(target) || !isTree(value)) return undefined;
    const fields = isTree(value['ColumnRef']) ? nameParts(value['ColumnRef']['fields']) : [];
    if (fields.at(-1) === '*') {
      const stars = starred(fields.at(-2), from);
      if (stars === undefined) return undefined;
      scope.steps.take(stars.length);
      columns.push(...stars);
    } else {
      const origins = originsIn(value, around, scope);
      const { name: named } = target;
      const name = typeof named === 'string' ? named : (fields.at(-1) ?? '');
      const meant = fields.length === 0 ? [] : matching(fields, from);
      columns.push({ name, typeOid: meant.length === 1 ? (meant[0]?.typeOid ?? 0) : 0, origins });
    }
  }
  return columns;
}

function starred(alias: string | undefined, from: readonly Source[]) {
  const meant = alias === undefined ? from : from.filter((each) => each.alias === alias);
  const columns: Column[] = [];
  for (const each of meant) {
    if (each.columns === undefined) return undefined;
    columns.push(...each.columns);
  }
  return columns;
}

/** All columns that an expression names, those of queries within it included. */
function originsIn(value: unknown, from: readonly Source[], scope: Scope): Origins {
  const found: ColumnName[] = [];
  gather(value, { from, scope, found });
  return found;
}

interface Gathering {
  readonly from: readonly Source[];
  readonly scope: Scope;
  readonly found: ColumnName[];
}

function gather(value: unknown, to: Gathering): void {
  if (Array.isArray(value)) for (const each of value as unknown[]) gather(each, to);
  if (!isTree(value)) return;
  const { from, scope, found } = to;
  const { ColumnRef, FuncCall, fromClause } = value;
  scope.steps.take(1 + from.length);
  if (isTree(ColumnRef)) {
    const fields = nameParts(ColumnRef['fields']);
    take(origins(fields, from), to);
    // `row.name` may call a function of that name.
    if (fields.length > 1) take(givenBy(fields.slice(-1), scope), to);
    return;
  }
  if (isTree(FuncCall)) take(givenBy(nameParts(FuncCall['funcname']), scope), to);
  const within = withTables(value, scope);
  const around = [...from, ...sources(fromClause, { ...within, outer: from })];
  for (const each of Object.values(value)) gather(each, { from: around, scope: within, found });
}

function take(origins: Origins, { scope, found }: Gathering): void {
  scope.steps.take(origins.length);
  for (const each of origins) found.push(each);
}

/** What a function of that name may give besides what it is given. */
function givenBy(name: readonly string[], { names }: Scope): Origins {
  const read = readByCall(names, name.at(-2), name.at(-1) ?? '');
  return distinctOrigins(
    read.flatMap((relation) => columnsIn(relation, names).flatMap(({ origins: all }) => all)),
  );
}

/** Columns that a name may mean. */
function matching(fields: readonly string[], from: readonly Source[]): readonly Column[] {
  const column = fields.at(-1) ?? '';
  const qualifier = fields.at(-2);
  const meant = from.filter(({ alias }) => qualifier === undefined || alias === qualifier);
  return meant.flatMap(({ columns }) => columns?.filter(({ name }) => name === column) ?? []);
}

function origins(fields: readonly string[], from: readonly Source[]): Origins {
  const column = fields.at(-1) ?? '';
  const qualifier = fields.at(-2);
  const found = matching(fields, from);
  // A table's name by itself, or with a star, is its whole row.
  const rows = from.filter(({ alias }) => alias === (column === '*' ? qualifier : column));
  const unknown = from.filter(({ columns, alias }) => {
    return columns === undefined && (qualifier === undefined || alias === qualifier);
  });
  return [
    ...found.flatMap(ownNames),
    ...rows.flatMap(allOf),
    ...unknown.flatMap(({ within }) => within),
    { column },
  ];
}
