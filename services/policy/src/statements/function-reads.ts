import type { CatalogFunction, CatalogRelation } from './catalog.js';
import { Judge } from './judge.js';
import type { NameSpace } from './names.js';
import { functionsOf } from './names.js';
import { FactsBuilder } from './statement-facts.js';

const NONE: ReadonlySet<string> = new Set();
/** A function is one of one catalog, so what was found of it stays true. */
const seen = new WeakMap<CatalogFunction, readonly CatalogRelation[]>();

/**
 * The tables that functions of somebody's own read, whichever of that name is called: what they
 * give may come from any of their columns. It is NOT known of those that nobody can see through.
 */
export function readByCall(
  names: NameSpace,
  schema: string | undefined,
  name: string,
): readonly CatalogRelation[] {
  const called = functionsOf(names, schema, name);
  return [...new Set(called.flatMap((each) => readBy(each, names)))];
}

function readBy(called: CatalogFunction, { catalog }: NameSpace): readonly CatalogRelation[] {
  const known = seen.get(called);
  if (known !== undefined) return known;
  seen.set(called, []);
  const facts = new FactsBuilder();
  const names = { catalog, searchPath: undefined, temporary: NONE, prepared: undefined };
  new Judge(facts, names).call(called.schema, called.name);
  const read = facts.build('call').accesses.flatMap(({ object, schema, name }) => {
    if (object !== 'table' || schema === undefined) return [];
    return catalog.relation(schema, name) ?? [];
  });
  seen.set(called, read);
  return read;
}
