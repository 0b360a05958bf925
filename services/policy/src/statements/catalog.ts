/** A function that is not of Postgres itself. */
export interface CatalogFunction {
  readonly schema: string;
  readonly name: string;
  /** sql, plpgsql, c, ... */
  readonly language: string;
  /** In SQL its statements, in PL/pgSQL its CREATE FUNCTION, else nothing that is read. */
  readonly body: string;
  /** It belongs to an extension that was reviewed, and is not volatile: it only computes. */
  readonly isTrusted: boolean;
  /** What a call runs besides: the defaults of its arguments. */
  readonly queries: readonly string[];
  /** Of its arguments and its result, where they run something. */
  readonly types: readonly string[];
}

/** What runs where rows are changed: a trigger, a rule (CREATE RULE), a default, a cascade. */
export interface CatalogChange {
  /** insert, update, delete, truncate, refresh */
  readonly on: readonly string[];
  readonly query: string;
  /** The planner may compute it already. */
  readonly isPlanned: boolean;
}

export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

export interface CatalogRelation {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view' | 'materialized-view' | 'foreign-table' | 'sequence';
  /**
   * What reading it runs, or planning to: the query of a view, conditions of row security,
   * expressions of indexes and checks, the same of its partitions.
   */
  readonly queries: readonly string[];
  /** Of its columns, where they run something. */
  readonly types: readonly string[];
  readonly changes: readonly CatalogChange[];
  /** Its number in the catalog. */
  readonly oid: number;
  /** Names by number, from 1; null: the column is gone. */
  readonly columns: readonly (string | null)[];
  /** Of which it is a partition, or from which it inherits. */
  readonly parents: readonly RelationName[];
  /** Numbers of their types. */
  readonly columnTypes: readonly number[];
}

export interface FunctionName {
  readonly schema: string;
  readonly name: string;
}

/** An operator that is not of Postgres itself, and the function behind it. */
export interface CatalogOperator {
  readonly name: string;
  readonly function: FunctionName;
}

/** What runs where a value becomes or is one of a type: functions of casts, checks of a domain. */
export interface CatalogType {
  readonly name: string;
  readonly functions: readonly FunctionName[];
  readonly queries: readonly string[];
  /** Of which it is made. */
  readonly types: readonly string[];
}

/**
 * What a target says of itself, read over a connection of Steno's own. Names are compared as the
 * catalog has them.
 */
export interface Catalog {
  relation(schema: string, name: string): CatalogRelation | undefined;
  /** All that have the name, those of pg_catalog apart. */
  relations(name: string): readonly CatalogRelation[];
  /** All that have the name, in whatever schema: which one is meant depends on types. */
  /** By its number. */
  relationAt(oid: number): CatalogRelation | undefined;
  functions(name: string): readonly CatalogFunction[];
  operators(name: string): readonly CatalogOperator[];
  types(name: string): readonly CatalogType[];
  /** By its number: nothing runs where a value becomes one. */
  isPlainType(oid: number): boolean;
  /** Functions of casts that Postgres uses where nothing in a text says so. */
  readonly implicitCasts: readonly FunctionName[];
}
