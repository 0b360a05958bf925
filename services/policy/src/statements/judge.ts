import type { CatalogFunction, CatalogRelation, FunctionName } from './catalog.js';
import { isBuiltIn, isReadOnlyBuiltIn } from './built-in-functions.js';
import { parse } from './grammar.js';
import type { Tree } from './grammar.js';
import { kindOf } from './kinds.js';
import { functionsOf, relationsOf, TEMPORARY_SCHEMA } from './names.js';
import type { NameSpace } from './names.js';
import { plpgsqlQueries } from './plpgsql.js';
import { addStatement } from './statement.js';
import { ANY_SETTING } from './statement-facts.js';
import type { FactsBuilder } from './statement-facts.js';
import type { Uses } from './walk.js';

/** Functions and views that are looked into for one statement; beyond it is opaque. */
const MAX_DEFINITIONS = 200;
const SYSTEM_SCHEMA = 'pg_catalog';
const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set([SYSTEM_SCHEMA, 'information_schema']);

/** What a statement does by the functions, views, operators and types that it uses. */
export class Judge implements Uses {
  constructor(
    private readonly facts: FactsBuilder,
    private readonly names: NameSpace,
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
      this.facts.access({ action, object: 'table', schema: of, name: called });
      if (!SYSTEM_SCHEMAS.has(of)) this.expand(relation);
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
  }

  maybeCall(name: string): void {
    for (const each of functionsOf(this.names, undefined, name)) this.run(each);
  }

  operator(name: string): void {
    for (const each of this.names.catalog.operators(name)) this.named(each.function);
  }

  type(name: string): void {
    for (const type of this.names.catalog.types(name)) {
      for (const each of type.functions) this.named(each);
      if (type.queries.length === 0 || !this.enter(type)) continue;
      for (const query of type.queries) this.definition().text(query);
    }
  }

  /** What stands in the definition of a function or a view, or is prepared. */
  text(sql: string): void {
    const parsed = parse(sql);
    if ('syntaxError' in parsed) {
      this.facts.unseen('a definition that could not be read');
      return;
    }
    for (const statement of parsed.statements) this.statement(statement);
  }

  /** Adds what a statement brings about; the kind of the statement itself. */
  statement(statement: Tree): string {
    const [node = '', body] = Object.entries(statement)[0] ?? [];
    const tree = (body ?? {}) as Tree;
    for (const each of this.names.catalog.implicitCasts) this.named(each);
    const kind = kindOf(node, tree);
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
    const inside = new Judge(this.facts, { ...this.names, searchPath: undefined }, this.seen);
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
    if (relation.queries.length === 0) return;
    if (!this.enter(relation)) return;
    for (const query of relation.queries) this.definition().text(query);
  }

  /** For what the target prints of itself: with the schema of all that is not in pg_catalog. */
  private definition(): Judge {
    return new Judge(this.facts, { ...this.names, searchPath: [] }, this.seen);
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
