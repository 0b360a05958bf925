import { indexCatalog } from '@steno/policy';
import type {
  Catalog,
  CatalogChange,
  CatalogFunction,
  CatalogRelation,
  CatalogType,
} from '@steno/policy';

/**
 * Extensions whose functions were looked through, those that come with Postgres and pgvector
 * (e48241b): what is not volatile only computes.
 */
const REVIEWED_EXTENSIONS: ReadonlySet<string> = new Set([
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_trgm',
  'pgcrypto',
  'seg',
  'unaccent',
  'uuid-ossp',
  'vector',
]);
/** Of these what is volatile gives random numbers, or takes what no statement has (internal). */
const SOUND_THROUGHOUT: ReadonlySet<string> = new Set(['pgcrypto', 'uuid-ossp', 'vector']);

/** Languages in which only superusers make functions; those of aggregates are told as internal. */
const IN_C: ReadonlySet<string> = new Set(['c', 'internal']);

/** With each type of ranges Postgres makes functions that put them together. */
const RANGE_MAKERS = /^(?:multi)?range_constructor\d$/;
/** A function with it reads its own strings by other rules. */
const READS_OTHERWISE = /^(?:standard_conforming_strings|client_encoding)=/;

const RELATION_KINDS: Readonly<Record<string, CatalogRelation['kind']>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  S: 'sequence',
};

interface Name {
  readonly schema: string;
  readonly name: string;
}

interface AnsweredRelation extends Name {
  readonly kind: string;
  readonly oid: number;
  readonly columns: readonly (string | null)[];
  readonly columnTypes: readonly number[];
  readonly queries: readonly string[];
  readonly types: readonly string[];
  readonly changes: readonly CatalogChange[];
  readonly parents: readonly Name[];
}

interface AnsweredFunction extends Name {
  readonly language: string;
  readonly kind: string;
  readonly volatile: boolean;
  readonly extension: string | null;
  readonly settings: readonly string[] | null;
  readonly source: string | null;
  readonly definition: string | null;
  readonly defaults: string | null;
  readonly types: readonly string[];
  readonly support: readonly string[] | null;
}

/** The JSON that CATALOG_QUERY gives. */
export interface CatalogAnswer {
  readonly relations: readonly AnsweredRelation[];
  readonly functions: readonly AnsweredFunction[];
  readonly operators: readonly { readonly name: string; readonly function: Name }[];
  readonly casts: readonly {
    readonly types: readonly string[];
    readonly implicit: boolean;
    readonly function: Name;
  }[];
  readonly types: readonly (Omit<CatalogType, 'functions'> & { readonly oid: number })[];
}

/** The catalog that a target told of. */
export function catalogOf(answer: CatalogAnswer): Catalog {
  const known = answer.functions.map(functionOf);
  // Operators and casts tell the name of their function, which others may have as well.
  const doubtful = new Set(known.filter(({ isTrusted }) => !isTrusted).map(keyOf));
  const trusted = new Set(known.map(keyOf).filter((key) => !doubtful.has(key)));
  const isJudged = ({ function: called }: { function: Name }) => !trusted.has(keyOf(called));
  const casts = answer.casts.filter(isJudged);
  const types = runningTypes([
    ...casts.flatMap(({ types: between, function: called }) =>
      between.map((name) => ({ name, functions: [called], queries: [], types: [] })),
    ),
    ...answer.types.map((type) => ({ ...type, functions: [] })),
  ]);
  const running = new Set(types.map(({ name }) => name));
  const isRunning = (name: string) => running.has(name);
  const relations = answer.relations.map((relation) => {
    return { ...relation, types: relation.types.filter(isRunning) };
  });
  return indexCatalog({
    relations: withPartitions(relations).map(relationOf),
    functions: known.map((each) => ({ ...each, types: each.types.filter(isRunning) })),
    operators: answer.operators.filter(isJudged),
    types,
    plainTypes: answer.types.filter(({ name }) => !isRunning(name)).map(({ oid }) => oid),
    implicitCasts: casts.filter(({ implicit }) => implicit).map((cast) => cast.function),
  });
}

/** Those of which something runs, or of what they are made. */
function runningTypes(types: readonly CatalogType[]): readonly CatalogType[] {
  const running = new Set<string>();
  for (let before = -1; before < running.size;) {
    before = running.size;
    for (const { name, functions, queries, types: parts } of types) {
      const runs = functions.length + queries.length > 0;
      if (runs || parts.some((part) => running.has(part))) running.add(name);
    }
  }
  return types.filter(({ name }) => running.has(name));
}

/** Reading a table reads its partitions and what inherits from it; so does changing it. */
function withPartitions(relations: readonly AnsweredRelation[]): readonly AnsweredRelation[] {
  const byName = new Map(relations.map((each) => [keyOf(each), each]));
  const queries = new Map<string, Set<string>>();
  const changes = new Map<string, Map<string, CatalogChange>>();
  for (const child of relations) {
    const runs = child.queries.length + child.types.length > 0 || child.kind === 'f';
    if (!runs && child.changes.length === 0) continue;
    for (const ancestor of ancestorsOf(child, byName)) {
      if (runs) entry(queries, ancestor, () => new Set()).add(`TABLE ${quoted(child)}`);
      const told = entry(changes, ancestor, () => new Map<string, CatalogChange>());
      for (const change of child.changes) told.set(change.query, change);
    }
  }
  return relations.map((each) => {
    const key = keyOf(each);
    return {
      ...each,
      queries: [...each.queries, ...(queries.get(key) ?? [])],
      changes: [...each.changes, ...(changes.get(key)?.values() ?? [])],
    };
  });
}

function ancestorsOf(
  { parents }: AnsweredRelation,
  byName: ReadonlyMap<string, AnsweredRelation>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...parents];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const key = keyOf(next);
    if (found.has(key)) continue;
    found.add(key);
    waiting.push(...(byName.get(key)?.parents ?? []));
  }
  return found;
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

function quoted({ schema, name }: Name): string {
  return [schema, name].map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

function relationOf({ kind, ...relation }: AnsweredRelation): CatalogRelation {
  return { ...relation, kind: RELATION_KINDS[kind] ?? 'table' };
}

function functionOf(answered: AnsweredFunction): CatalogFunction {
  const { schema, name, volatile: isVolatile, extension, defaults, types } = answered;
  // Whoever owns an extension may make what they wrote part of it, but for what is in C.
  const isInC = IN_C.has(answered.language) && answered.support === null;
  const isReviewed = isInC && extension !== null && REVIEWED_EXTENSIONS.has(extension);
  const isTrusted = isReviewed && (!isVolatile || SOUND_THROUGHOUT.has(extension));
  const queries = defaults === null ? [] : [`SELECT ${defaults}`];
  return { schema, name, ...readable(answered), isTrusted, queries, types };
}

/** What of a function can be read, and as what. */
function readable(answered: AnsweredFunction): Pick<CatalogFunction, 'language' | 'body'> {
  const { language, source, definition, support, settings } = answered;
  // An aggregate does what the functions do that it is made of.
  if (support !== null) {
    return { language: 'sql', body: `SELECT ${support.map((each) => `${each}()`).join(', ')}` };
  }
  if (settings?.some((setting) => READS_OTHERWISE.test(setting)) === true) {
    return { language: `${language}, read by other rules`, body: '' };
  }
  if (language === 'plpgsql') return { language, body: definition ?? '' };
  if (language === 'internal' && RANGE_MAKERS.test(source ?? '')) {
    return { language: 'sql', body: '' };
  }
  if (language !== 'sql') return { language, body: '' };
  return { language, body: source ?? parsedBody(definition ?? '') };
}

/** The statements of a function whose body the target keeps parsed, as it prints them. */
function parsedBody(definition: string): string {
  const [, atomic] = /^BEGIN ATOMIC$(.*)^END$/ms.exec(definition) ?? [];
  if (atomic !== undefined) return atomic;
  const [, value] = /^RETURN (.*)$/ms.exec(definition) ?? [];
  return `SELECT ${value ?? ''}`;
}

function keyOf({ schema, name }: Name): string {
  return JSON.stringify([schema, name]);
}
