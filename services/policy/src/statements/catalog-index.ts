import type {
  Catalog,
  CatalogFunction,
  CatalogOperator,
  CatalogRelation,
  CatalogType,
  FunctionName,
} from './catalog.js';

/** What was read of a target's catalog. */
export interface CatalogContents {
  readonly relations: readonly CatalogRelation[];
  readonly functions: readonly CatalogFunction[];
  readonly operators: readonly CatalogOperator[];
  readonly types: readonly CatalogType[];
  readonly implicitCasts: readonly FunctionName[];
  /** Numbers of types that are not of Postgres itself, but of which nothing runs. */
  readonly plainTypes: readonly number[];
}

/** From here on numbers are those of what somebody made. */
const FIRST_OWN = 16384;

/** Indexes the contents of a catalog by what is asked of it. */
export function indexCatalog({
  relations,
  functions,
  operators,
  types,
  implicitCasts,
  plainTypes,
}: CatalogContents): Catalog {
  const bySchema = new Map(relations.map((each) => [key(each.schema, each.name), each]));
  const byOid = new Map(relations.map((each) => [each.oid, each]));
  const own = relations.filter(({ schema }) => schema !== 'pg_catalog');
  const byName = groupByName(own);
  const functionsByName = groupByName(functions);
  const operatorsByName = groupByName(operators);
  const typesByName = groupByName(types);
  const plain = new Set(plainTypes);
  return {
    relation: (schema, name) => bySchema.get(key(schema, name)),
    relations: (name) => byName.get(name) ?? [],
    relationAt: (oid) => byOid.get(oid),
    functions: (name) => functionsByName.get(name) ?? [],
    operators: (name) => operatorsByName.get(name) ?? [],
    types: (name) => typesByName.get(name) ?? [],
    isPlainType: (oid) => oid < FIRST_OWN || plain.has(oid),
    implicitCasts,
  };
}

/** Both may hold any character. */
function key(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

function groupByName<T extends { readonly name: string }>(
  values: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(value.name);
    if (group === undefined) groups.set(value.name, [value]);
    else group.push(value);
  }
  return groups;
}

/** Of a target of which nothing is known, so that all that is named is opaque. */
export const UNKNOWN_CATALOG: Catalog = indexCatalog({
  relations: [],
  functions: [],
  operators: [],
  types: [],
  implicitCasts: [],
  plainTypes: [],
});
