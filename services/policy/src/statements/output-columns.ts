import type { ColumnName } from '@steno/masking';
import type { CatalogRelation } from './catalog.js';
import { isTree, nameParts, parse } from './grammar.js';
import type { Tree } from './grammar.js';
import { relationsOf } from './names.js';
import type { NameSpace } from './names.js';

/** The columns whose values may be in one that a statement gives, under all of their names. */
export type Origins = readonly ColumnName[];

export interface Column {
  readonly name: string;
  /** 0: not known. */
  readonly typeOid: number;
  readonly origins: Origins;
}

/** What a FROM names. */
interface Source {
  readonly alias: string;
  /** Undefined: nobody here knows them. */
  readonly columns: readonly Column[] | undefined;
}

const NONE: ReadonlySet<string> = new Set();
/** Of one column of a view. */
const ORIGINS_MAX = 100;
/** A relation is one of one catalog, so what was found of it stays true. */
const viewsSeen = new WeakMap<CatalogRelation, readonly Origins[]>();

interface Scope {
  readonly names: NameSpace;
  /** Queries of WITH. */
  readonly tables: ReadonlyMap<string, readonly Column[] | undefined>;
}

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
  return columnsOf(statement, { names, tables: new Map() });
}

/** The columns of a table that a statement names, without those that are gone. */
export function tableColumns(relation: Tree, names: NameSpace): readonly Column[] | undefined {
  const { schemaname, relname } = relation;
  const schema = typeof schemaname === 'string' ? schemaname : undefined;
  const name = String(relname);
  const found = names.temporary.has(name) ? [] : relationsOf(names, schema, name);
  return found.length === 1 && found[0] !== undefined ? columnsIn(found[0], names) : undefined;
}

function columnsIn(relation: CatalogRelation, names: NameSpace): readonly Column[] {
  const { schema, name, kind, columns, columnTypes } = relation;
  const table = `${schema}.${name}`;
  const within = kind === 'view' ? viewOutputs(relation, names) : undefined;
  return columns.flatMap((column, index) => {
    if (column === null) return [];
    const origins = [{ table, column }, ...(within?.[index] ?? [])];
    return [{ name: column, typeOid: columnTypes[index] ?? 0, origins }];
  });
}

/** A view names what it reads with its schema, as the target prints it. */
function viewOutputs(view: CatalogRelation, names: NameSpace): readonly Origins[] {
  const known = viewsSeen.get(view);
  if (known !== undefined) return known;
  viewsSeen.set(view, []);
  const parsed = parse(view.queries[0] ?? '');
  const [statement] = 'statements' in parsed ? parsed.statements : [];
  const inView = { ...names, searchPath: [], temporary: NONE };
  const outputs = (statement && outputsOf(statement, inView)) ?? [];
  const distinct = outputs.map(distinctOrigins);
  viewsSeen.set(view, distinct);
  return distinct;
}

/** Views may be made of views, many times over. */
function distinctOrigins(all: Origins): Origins {
  const byName = new Map(all.map((each) => [JSON.stringify([each.table, each.column]), each]));
  return [...byName.values()].slice(0, ORIGINS_MAX);
}

function columnsOf(statement: Tree, scope: Scope): readonly Column[] | undefined {
  const [node = '', body] = Object.entries(statement)[0] ?? [];
  if (!isTree(body)) return undefined;
  if (node === 'SelectStmt') return select(body, scope);
  if (!['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(node)) return undefined;
  const inner = withTables(body, scope);
  const { relation, returningList, returningClause } = body;
  const list = isTree(returningClause) ? returningClause['exprs'] : returningList;
  const changed = isTree(relation) ? [table(relation, inner)] : [];
  return targets(list, [...changed, ...sources(body['fromClause'], inner)], inner);
}

function select(node: Tree, scope: Scope): readonly Column[] | undefined {
  const { larg, rarg, valuesLists, targetList, fromClause } = node;
  const inner = withTables(node, scope);
  if (isTree(larg) && isTree(rarg)) return united(select(larg, inner), select(rarg, inner));
  if (Array.isArray(valuesLists)) {
    const [first] = valuesLists as { List?: { items?: unknown[] } }[];
    return first?.List?.items?.map((_item, index) => ({
      ...{ name: `column${index + 1}`, typeOid: 0 },
      origins: [],
    }));
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
  const ctes = isTree(withClause) ? withClause['ctes'] : undefined;
  if (!Array.isArray(ctes)) return scope;
  const tables = new Map(scope.tables);
  for (const each of ctes as unknown[]) {
    const table = isTree(each) ? each['CommonTableExpr'] : undefined;
    if (!isTree(table) || !isTree(table['ctequery'])) continue;
    const columns = columnsOf(table['ctequery'], { ...scope, tables });
    tables.set(String(table['ctename']), renamed(columns, nameParts(table['aliascolnames'])));
  }
  return { ...scope, tables };
}

function sources(from: unknown, scope: Scope): readonly Source[] {
  return Array.isArray(from) ? (from as unknown[]).flatMap((item) => source(item, scope)) : [];
}

function source(item: unknown, scope: Scope): readonly Source[] {
  const [node, tree] = isTree(item) ? (Object.entries(item)[0] ?? []) : [];
  if (!isTree(tree)) return [];
  const { aliasname, colnames } = isTree(tree['alias']) ? tree['alias'] : {};
  const alias = String(aliasname);
  if (node === 'RangeVar') return [table(tree, scope)];
  if (node === 'RangeSubselect' && isTree(tree['subquery'])) {
    return [{ alias, columns: renamed(columnsOf(tree['subquery'], scope), nameParts(colnames)) }];
  }
  if (node !== 'JoinExpr') return [{ alias, columns: undefined }];
  const joined = [...source(tree['larg'], scope), ...source(tree['rarg'], scope)];
  // Columns that both sides have stand once in its star: how many there are is not known then.
  const isMerged = tree['usingClause'] !== undefined || tree['isNatural'] === true;
  if (!isMerged && aliasname === undefined) return joined;
  return [...joined, { alias, columns: undefined }];
}

function table(tree: Tree, scope: Scope): Source {
  const { relname, schemaname, alias: named } = tree;
  const { aliasname, colnames } = isTree(named) ? named : {};
  const alias = String(aliasname ?? relname);
  const name = String(relname);
  const isOfWith = schemaname === undefined && scope.tables.has(name);
  const columns = isOfWith ? scope.tables.get(name) : tableColumns(tree, scope.names);
  return { alias, columns: renamed(columns, nameParts(colnames)) };
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
  for (const each of list as unknown[]) {
    const target = isTree(each) ? each['ResTarget'] : undefined;
    const value = isTree(target) ? target['val'] : undefined;
    if (!isTree(target) || !isTree(value)) return undefined;
    const fields = isTree(value['ColumnRef']) ? nameParts(value['ColumnRef']['fields']) : [];
    if (fields.at(-1) === '*') {
      const stars = starred(fields.at(-2), from);
      if (stars === undefined) return undefined;
      columns.push(...stars);
    } else {
      const origins = originsIn(value, from, scope);
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
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((each) => originsIn(each, from, scope));
  }
  if (!isTree(value)) return [];
  const { ColumnRef, SelectStmt } = value;
  if (isTree(ColumnRef)) return origins(nameParts(ColumnRef['fields']), from);
  if (isTree(SelectStmt)) {
    const inner = sources(SelectStmt['fromClause'], scope);
    return originsIn(Object.entries(SelectStmt).flat(), [...from, ...inner], scope);
  }
  return Object.values(value).flatMap((each) => originsIn(each, from, scope));
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
  return [
    ...found.flatMap(ownNames),
    ...rows.flatMap(({ columns }) => columns?.flatMap(ownNames) ?? []),
    { column },
  ];
}
