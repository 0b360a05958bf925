import type { Catalog, CatalogFunction, CatalogRelation } from './catalog.js';

const SYSTEM = 'pg_catalog';
/** By which a session names its own temporary relations. */
export const TEMPORARY_SCHEMA = 'pg_temp';

/** Where names of a session lead to. */
export interface NameSpace {
  readonly catalog: Catalog;
  /** Schemas in the order of the search; undefined: the session may have changed it. */
  readonly searchPath: readonly string[] | undefined;
  /** Names of temporary relations that the session has made, and may have dropped again. */
  readonly temporary: ReadonlySet<string>;
}

/** All relations that a name may mean; one where the search path is known. */
export function relationsOf(
  { catalog, searchPath }: NameSpace,
  schema: string | undefined,
  name: string,
): readonly CatalogRelation[] {
  if (schema !== undefined) return present([catalog.relation(schema, name)]);
  const system = catalog.relation(SYSTEM, name);
  if (searchPath === undefined) return present([system, ...catalog.relations(name)]);
  // Postgres looks into pg_catalog first unless the path says otherwise.
  const path = searchPath.includes(SYSTEM) ? searchPath : [SYSTEM, ...searchPath];
  for (const each of path) {
    const found = catalog.relation(each, name);
    if (found !== undefined) return [found];
  }
  return [];
}

/** All functions, beyond those of Postgres itself, that a name may mean: types decide which. */
export function functionsOf(
  { catalog, searchPath }: NameSpace,
  schema: string | undefined,
  name: string,
): readonly CatalogFunction[] {
  const named = catalog.functions(name);
  if (schema !== undefined) return named.filter((found) => found.schema === schema);
  if (searchPath === undefined) return named;
  // Somebody may have put one beside those of Postgres.
  return named.filter((found) => found.schema === SYSTEM || searchPath.includes(found.schema));
}

/** Itself, then all of which it is a partition or from which it inherits. */
export function withParents(
  relation: CatalogRelation,
  catalog: Catalog,
): readonly CatalogRelation[] {
  const found = new Set([relation]);
  for (const { parents } of found) {
    for (const { schema, name } of parents) {
      const parent = catalog.relation(schema, name);
      if (parent !== undefined) found.add(parent);
    }
  }
  return [...found];
}

function present<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value) => value !== undefined);
}
