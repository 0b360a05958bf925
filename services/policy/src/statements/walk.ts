import type { FactsBuilder } from './statement-facts.js';
import { isTree, nameParts } from './grammar.js';
import type { Tree } from './grammar.js';
import { TEMPORARY_SCHEMA } from './names.js';
import { QUERY_NODES } from './query-nodes.js';
import { restricts } from './restriction.js';

/** What names lead to, told to whoever judges it. */
export interface Uses {
  /** A relation is read or changed. */
  relation(action: string, schema: string | undefined, name: string): void;
  /** What rows of a relation get where they are planned to be written. */
  expressions(action: string, schema: string | undefined, name: string): void;
  call(schema: string | undefined, name: string): void;
  /** `column.name` is a call where there is a function of that name. */
  maybeCall(name: string): void;
  /** `(value).name` may call one of Postgres as well. */
  maybeBuiltIn(name: string): void;
  operator(name: string): void;
  type(name: string): void;
  /** What was prepared under the name runs. */
  execute(name: string): void;
}

/** Names that stand for the queries of WITH, not for tables. */
type Scope = ReadonlySet<string>;

const NO_NAMES: Scope = new Set();
const NODE_NAME = /^[A-Z]/;
const MERGES: Readonly<Record<string, string>> = {
  CMD_INSERT: 'insert',
  CMD_UPDATE: 'update',
  CMD_DELETE: 'delete',
};

/**
 * Walks the parse tree of a statement and tells what it uses. It is NOT a type checker: where the
 * types of the target decide what a name means, all that it may mean is told.
 */
export class Walk {
  private queries = 0;

  /**
   * `action`: what naming a relation does to it outside of queries; where it is undefined, there
   * must be nothing but queries.
   */
  constructor(
    private readonly facts: FactsBuilder,
    private readonly uses: Uses,
    private readonly action: string | undefined,
  ) {}

  query(node: string, statement: Tree): void {
    this.node(node, statement, NO_NAMES);
  }

  /** A statement that is no query itself, but may carry one. */
  carrier(statement: Tree): void {
    this.visit(statement, NO_NAMES);
  }

  private visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) for (const each of value) this.visit(each, scope);
    else if (isTree(value)) {
      for (const [name, child] of Object.entries(value)) {
        if (NODE_NAME.test(name) && isTree(child)) this.node(name, child, scope);
        else this.field(name, child, scope);
      }
    }
  }

  /** Some fields hold a node without its name. */
  private field(name: string, value: unknown, scope: Scope): void {
    if (!isTree(value) || 'RangeVar' in value) this.visit(value, scope);
    else if (name === 'larg' || name === 'rarg') this.select(value, scope);
    else if (name === 'typeName' || name === 'ofTypename') this.node('TypeName', value, scope);
    else if (name === 'relation' || name === 'rel') this.node('RangeVar', value, scope);
    else if (name === 'into') this.target('create', value['rel']);
    else if (name === 'view') this.target('create', value);
    else if (name === 'funccall') this.node('FuncCall', value, scope);
    else this.visit(value, scope);
  }

  private node(name: string, node: Tree, scope: Scope): void {
    switch (name) {
      case 'SelectStmt':
        this.select(node, scope);
        break;
      case 'InsertStmt':
        this.insert(node, scope);
        break;
      case 'UpdateStmt':
        this.change('update', node, scope);
        break;
      case 'DeleteStmt':
        this.change('delete', node, scope);
        break;
      case 'MergeStmt':
        this.merge(node, scope);
        break;
      case 'RangeVar':
        this.relation(node, scope);
        break;
      case 'ExecuteStmt':
        this.uses.execute(String(node['name']));
        this.visit(node, scope);
        break;
      default:
        this.expression(name, node, scope);
    }
  }

  private expression(name: string, node: Tree, scope: Scope): void {
    switch (name) {
      case 'FuncCall':
        this.call(node['funcname']);
        break;
      case 'A_Expr':
        for (const operator of operatorsOf(node)) this.uses.operator(operator);
        break;
      case 'SubLink':
        this.uses.operator(nameParts(node['operName']).at(-1) ?? '=');
        break;
      case 'SortBy':
        this.uses.operator(nameParts(node['useOp']).at(-1) ?? '<');
        break;
      case 'ColumnRef':
        this.column(nameParts(node['fields']));
        return;
      case 'A_Indirection':
        for (const field of nameParts(node['indirection'])) {
          this.uses.maybeCall(field);
          this.uses.maybeBuiltIn(field);
        }
        break;
      case 'RangeTableSample':
        this.call(node['method']);
        break;
      case 'TypeName':
        this.uses.type(nameParts(node['names']).at(-1) ?? '');
        break;
      case 'LockingClause':
        this.facts.kinds.add('lock');
        return;
      default:
        this.known(name);
    }
    this.visit(node, scope);
  }

  private known(name: string): void {
    const isQuery = this.queries > 0 || this.action === undefined;
    if (isQuery && !QUERY_NODES.has(name)) this.facts.unseen(name);
  }

  private call(funcname: unknown): void {
    const name = nameParts(funcname);
    this.uses.call(name.length > 1 ? name.at(-2) : undefined, name.at(-1) ?? '');
  }

  private column(fields: readonly string[]): void {
    if (fields.length > 1) this.uses.maybeCall(fields.at(-1) ?? '');
  }

  private select(node: Tree, outer: Scope): void {
    const scope = this.with(node, outer);
    const { intoClause } = node;
    if (isTree(intoClause)) {
      this.facts.kinds.add('create');
      this.target('create', intoClause['rel']);
    } else this.facts.kinds.add('select');
    // DISTINCT, GROUP BY, USING, CASE and set operations compare without an operator in the text.
    for (const operator of ['=', '<']) this.uses.operator(operator);
    this.inside(node, scope, 'withClause', 'intoClause');
  }

  private insert(node: Tree, outer: Scope): void {
    const scope = this.with(node, outer);
    const { relation } = node;
    this.facts.kinds.add('insert');
    this.target('insert', relation);
    const { onConflictClause } = node;
    if (isTree(onConflictClause) && onConflictClause['action'] === 'ONCONFLICT_UPDATE') {
      this.facts.kinds.add('update');
      this.target('update', relation);
    }
    this.inside(node, scope, 'withClause', 'relation');
  }

  private change(kind: 'update' | 'delete', node: Tree, outer: Scope): void {
    const scope = this.with(node, outer);
    const { relation } = node;
    this.facts.kinds.add(kind);
    this.target(kind, relation);
    this.facts.whereMissing ||= !restricts(node['whereClause']);
    this.inside(node, scope, 'withClause', 'relation');
  }

  private merge(node: Tree, outer: Scope): void {
    const scope = this.with(node, outer);
    const { relation } = node;
    this.facts.kinds.add('merge');
    this.target('merge', relation);
    const clauses = node['mergeWhenClauses'];
    for (const clause of Array.isArray(clauses) ? (clauses as unknown[]) : []) {
      const when = isTree(clause) ? clause['MergeWhenClause'] : undefined;
      const kind = isTree(when) ? MERGES[String(when['commandType'])] : undefined;
      if (kind === undefined) continue;
      this.facts.kinds.add(kind);
      this.target(kind, relation);
    }
    this.inside(node, scope, 'withClause', 'relation');
  }

  /** `told`: fields that were looked at. */
  private inside(query: Tree, scope: Scope, ...told: readonly string[]): void {
    const fields = Object.entries(query).filter(([name]) => !told.includes(name));
    this.queries += 1;
    this.visit(Object.fromEntries(fields), scope);
    this.queries -= 1;
  }

  /** The names of WITH, each seen by those after it; by all of them where it is recursive. */
  private with(node: Tree, outer: Scope): Scope {
    const { withClause } = node;
    if (!isTree(withClause)) return outer;
    const { ctes } = withClause;
    const tables = (Array.isArray(ctes) ? (ctes as unknown[]) : [])
      .map((each) => (isTree(each) ? each['CommonTableExpr'] : undefined))
      .filter(isTree);
    const names = tables.map((table) => String(table['ctename']));
    const inner = new Set(outer);
    if (withClause['recursive'] === true) for (const name of names) inner.add(name);
    for (const [index, table] of tables.entries()) {
      this.inside(table, inner);
      inner.add(names[index] ?? '');
    }
    return inner;
  }

  private relation(node: Tree, scope: Scope): void {
    const { schema, name } = relationName(node);
    if (schema === undefined && scope.has(name)) return;
    const action = this.queries > 0 ? 'select' : (this.action ?? 'select');
    this.touch(action, node);
  }

  /** A name of WITH is never what is changed. */
  private target(action: string, value: unknown): void {
    if (isTree(value)) this.touch(action, value);
  }

  private touch(action: string, node: Tree): void {
    const { schema, name } = relationName(node);
    const isTemporary = node['relpersistence'] === 't' || schema === TEMPORARY_SCHEMA;
    if (action === 'create' && isTemporary) this.facts.temporary.add(name);
    this.uses.relation(action, schema, name);
  }
}

function operatorsOf(node: Tree): readonly string[] {
  if (String(node['kind']).includes('BETWEEN')) return ['>=', '<=', '<', '>'];
  return [nameParts(node['name']).at(-1) ?? ''];
}

function relationName(node: Tree): { schema: string | undefined; name: string } {
  const { schemaname, relname } = node;
  return {
    schema: typeof schemaname === 'string' ? schemaname : undefined,
    name: typeof relname === 'string' ? relname : '',
  };
}
