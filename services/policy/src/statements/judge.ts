import type { CatalogChange, CatalogFunction, CatalogRelation, FunctionName } from './catalog.js';
import { isBuiltIn, isReadOnlyBuiltIn } from './built-in-functions.js';
import { isTree, parse } from './grammar.js';
import type { Tree } from './grammar.js';
import { kindOf } from './kinds.js';
import { functionsOf, relationsOf, TEMPORARY_SCHEMA, withParents } from './names.js';
import { plpgsqlQueries } from './plpgsql.js';
import type { SessionNames } from './prepared-statements.js';
import { soleTable } from './sole-table.js';
import { addStatement } from './statement.js';
import { ANY_SETTING } from './statement-facts.js';
import type { FactsBuilder } from './statement-facts.js';
import { Walk } from './walk.js';
import type { Uses } from './walk.js';

/** Functions and views that are looked into for one statement; beyond it is opaque. */
const MAX_DEFINITIONS = 200;
const SYSTEM_SCHEMA = 'pg_catalog';

/** What a statement does by the functions, views, operators and types that it uses. */
export class Judge implements Uses {
  constructor(
    private readonly facts: FactsBuilder,
    private readonly names: SessionNames,
    private readonly seen = new Set<object>(),
  ) {}

  relation(action: string, schema: string | undefined, name: string): void {
    const found = relationsOf(this.names, schema, name);
    if (this.isTemporary(schema, name)) {
      this.facts.access({ action, object: 'table', schema: TEMPORARY_SCHEMA, name });
      if (found.length === 0) return;
    }
    if (found.length === 0 && action !== 'create') {
      this.facts.opaque.add(`relation ${name} is not known`);
    }
    if (found.length === 0) this.facts.access({ action, object: 'table', schema, name });
    for (const relation of found) {
      const { schema: of, name: called } = relation;
      const [, ...parents] = withParents(relation, this.names.catalog);
      const above = parents.length > 0 ? { parents } : {};
      this.facts.access({ action, object: 'table', schema: of, name: called, ...above });
      // What goes away is neither read nor computed.
      if (action !== 'drop') this.expand(relation);
      if (action !== 'select') this.change(action, relation);
    }
  }

  expressions(action: string, schema: string | undefined, name: string): void {
    for (const relation of relationsOf(this.names, schema, name)) {
      const planned = causedBy(action, relation).filter(({ isPlanned }) => isPlanned);
      for (const { query } of planned) this.definition().text(query);
    }
  }

  private isTemporary(schema: string | undefined, name: string): boolean {
    const isPossible = schema === undefined || schema === TEMPORARY_SCHEMA;
    return isPossible && this.names.temporary.has(name);
  }

  call(schema: string | undefined, name: string): void {
    const own = functionsOf(this.names, schema, name);
    for (const each of own) this.run(each);
    // Of the same name there may be one of Postgres, too: types decide.
    const mayBeBuiltIn = (schema ?? SYSTEM_SCHEMA) === SYSTEM_SCHEMA && isBuiltIn(name);
    if (mayBeBuiltIn && !isReadOnlyBuiltIn(name)) this.builtInCall(name);
    if (!mayBeBuiltIn && own.length === 0) this.unknownCall(schema, name);
    // The name of a type stands for a cast to it.
    this.type(name);
  }

  maybeCall(name: string): void {
    for (const each of functionsOf(this.names, undefined, name)) this.run(each);
  }

  maybeBuiltIn(name: string): void {
    if (isBuiltIn(name) && !isReadOnlyBuiltIn(name)) this.builtInCall(name);
  }

  operator(name: string): void {
    for (const each of this.names.catalog.operators(name)) this.named(each.function);
  }

  type(name: string): void {
    for (const type of this.names.catalog.types(name)) {
      if (!this.enter(type)) continue;
      for (const each of type.functions) this.named(each);
      for (const query of type.queries) this.definition().text(query);
      for (const each of type.types) this.type(each);
    }
  }

  /** All that the name may stand for, by what names meant when it was prepared and mean now. */
  execute(name: string): void {
    const { facts } = this;
    facts.kinds.add('execute');
    const found = this.names.prepared?.of(name);
    if (found === undefined) {
      facts.executes.add(undefined);
      facts.unseen(`prepared statement ${name}`);
      return;
    }
    for (const prepared of found) {
      facts.executes.add(prepared.text);
      if (!this.enter(prepared)) continue;
      for (const told of prepared.facts) facts.also(told);
      this.preparedText(prepared.text);
    }
  }

  private preparedText(sql: string): void {
    const parsed = parse(sql);
    if ('syntaxError' in parsed) {
      this.facts.unseen('a prepared statement that could not be read');
      return;
    }
    for (const statement of parsed.statements) {
      const { PrepareStmt } = statement;
      if (isTree(PrepareStmt)) new Walk(this.facts, this, undefined).carrier(PrepareStmt);
      else this.statement(statement);
    }
  }

  /** What stands in the definition of a function or a view. */
  text(sql: string): void {
    const parsed = parse(sql);
    if ('syntaxError' in parsed) {
      this.facts.unseen('a definition that could not be read');
      return;
    }
    for (const statement of parsed.statements) {
      const { RuleStmt, SelectStmt } = statement;
      if (isTree(RuleStmt)) this.rule(RuleStmt);
      else if (isTree(SelectStmt) && isExpression(SelectStmt)) this.expression(SelectStmt);
      else this.statement(statement);
    }
  }

  /** A rule that is there already. */
  private rule({ actions, whereClause }: Tree): void {
    for (const action of Array.isArray(actions) ? (actions as Tree[]) : []) this.statement(action);
    if (isTree(whereClause)) this.expression({ whereClause });
  }

  /** It computes, but it is no query of its own. */
  private expression(computed: Tree): void {
    for (const each of this.names.catalog.implicitCasts) this.named(each);
    for (const operator of ['=', '<']) this.operator(operator);
    new Walk(this.facts, this, undefined).carrier(computed);
  }

  /** Adds what a statement brings about; the kind of the statement itself. */
  statement(statement: Tree): string {
    const [node = '', body] = Object.entries(statement)[0] ?? [];
    const tree = (body ?? {}) as Tree;
    for (const each of this.names.catalog.implicitCasts) this.named(each);
    const kind = kindOf(node, tree);
    // Nobody tells the session of its name.
    if (node === 'PrepareStmt' && this.names.prepared === undefined) this.facts.unseen('prepare');
    addStatement({ node, tree, kind, facts: this.facts, uses: this });
    return kind;
  }

  private named({ schema, name }: FunctionName): void {
    this.call(schema, name);
  }

  private builtInCall(name: string): void {
    this.facts.access({ action: 'call', object: 'function', schema: SYSTEM_SCHEMA, name });
    this.facts.opaque.add(`function ${name}`);
    if (name === 'set_config') this.facts.settings.add(ANY_SETTING);
  }

  private unknownCall(schema: string | undefined, name: string): void {
    this.facts.access({ action: 'call', object: 'function', schema, name });
    this.facts.unseen(`function ${schema === undefined ? name : `${schema}.${name}`}`);
  }

  private run(called: CatalogFunction): void {
    const { schema, name, language } = called;
    this.facts.access({ action: 'call', object: 'function', schema, name });
    if (called.isTrusted || !this.enter(called)) return;
    for (const query of called.queries) this.definition().text(query);
    for (const type of called.types) this.type(type);
    const names = { ...this.names, searchPath: undefined, prepared: undefined };
    const inside = new Judge(this.facts, names, this.seen);
    if (language === 'sql') inside.text(called.body);
    else if (language === 'plpgsql') inside.plpgsql(called);
    else this.facts.unseen(`function ${schema}.${name} (${language})`);
  }

  private plpgsql(called: CatalogFunction): void {
    const queries = plpgsqlQueries(called.body);
    if (queries === undefined) {
      this.facts.unseen(`function ${called.schema}.${called.name} builds its statements`);
      return;
    }
    for (const query of queries) this.text(query);
  }

  private expand(relation: CatalogRelation): void {
    const { kind, name, queries, types } = relation;
    if (kind === 'foreign-table') this.facts.opaque.add(`foreign table ${name}`);
    if (queries.length + types.length === 0 || !this.enter(relation)) return;
    for (const query of queries) this.definition().text(query);
    for (const type of types) this.type(type);
  }

  private change(action: string, relation: CatalogRelation): void {
    const caused = causedBy(action, relation);
    for (const change of caused) {
      if (this.enter(change)) this.definition().text(change.query);
    }
    // A view that has no other way to change changes the table that it is of.
    const [query] = relation.queries;
    if (relation.kind !== 'view' || query === undefined || caused.length > 0) return;
    const base = soleTable(query);
    if (base !== undefined) this.definition().relation(action, base.schema, base.name);
  }

  /** For what the target prints of itself: with the schema of all that is not in pg_catalog. */
  private definition(): Judge {
    const names = { ...this.names, searchPath: [], prepared: undefined };
    return new Judge(this.facts, names, this.seen);
  }

  /** False where it was looked into before, or no more will be. */
  private enter(definition: object): boolean {
    if (this.seen.has(definition)) return false;
    if (this.seen.size >= MAX_DEFINITIONS) {
      this.facts.unseen('more functions and views than are looked into');
      return false;
    }
    this.seen.add(definition);
    return true;
  }
}

const EXPRESSION_FIELDS: ReadonlySet<string> = new Set([
  'targetList',
  'whereClause',
  'limitOption',
  'op',
]);

/** SELECT with nothing that it selects from. */
function isExpression(select: Tree): boolean {
  return Object.keys(select).every((field) => EXPRESSION_FIELDS.has(field));
}

function causedBy(action: string, { changes }: CatalogRelation): readonly CatalogChange[] {
  const event = action === 'copy-from' ? 'insert' : action;
  return changes.filter(({ on }) => on.includes(event));
}
