import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from './analyze.js';
import { indexCatalog } from './catalog-index.js';
import type { CatalogChange, CatalogRelation } from './catalog.js';
import { grammarLoaded } from './grammar.js';
import { PreparedStatements } from './prepared-statements.js';

beforeAll(() => grammarLoaded);

const on = (kinds: string, query: string, isPlanned = false): CatalogChange => ({
  on: kinds.split(' '),
  query,
  isPlanned,
});
const table = (name: string, more: Partial<CatalogRelation> = {}): CatalogRelation => ({
  ...{
    schema: 'public',
    name,
    kind: 'table',
    queries: [],
    types: [],
    changes: [],
    oid: 0,
    columns: [],
    parents: [],
    columnTypes: [],
  },
  ...more,
});
const sql = (name: string, body: string, more = {}) => ({
  ...{ schema: 'public', name, language: 'sql', body, isTrusted: false },
  ...{ queries: [], types: [], ...more },
});
const plpgsql = (name: string, block: string) => ({
  ...sql(name, `CREATE FUNCTION ${name}() RETURNS int LANGUAGE plpgsql AS $f$ ${block} $f$`),
  language: 'plpgsql',
});
const type = (name: string, more: { queries?: string[]; types?: string[] }) => ({
  ...{ name, functions: [], queries: [], types: [] },
  ...more,
});

const catalog = indexCatalog({
  relations: [
    table('orders'),
    table('indexed', { queries: ['SELECT (id + public.purge())'] }),
    table('holders', { types: ['checked'] }),
    table('guarded', {
      changes: [
        on('insert update', 'SELECT public.purge()', true),
        on(
          'delete',
          'CREATE RULE r AS ON DELETE TO guarded DO ALSO INSERT INTO public.orders VALUES (1)',
        ),
        on('truncate', 'SELECT public.purge() WHERE true'),
      ],
    }),
    table('plain_view', { kind: 'view', queries: ['SELECT id FROM public.guarded'] }),
    table('kept', { kind: 'materialized-view', changes: [on('refresh', 'SELECT public.purge()')] }),
    table('abroad', { kind: 'foreign-table' }),
    table('beside', { schema: 'information_schema', queries: ['SELECT public.purge()'] }),
  ],
  functions: [
    sql('purge', 'DELETE FROM public.orders'),
    sql('defaulted', 'SELECT 1', { queries: ['SELECT public.purge()'] }),
    sql('taking', 'SELECT 1', { types: ['checked'] }),
    plpgsql('holding', 'DECLARE h holders.value%TYPE; BEGIN h := 1; RETURN 1; END'),
    { ...sql('beside', 'SELECT public.purge()'), schema: 'pg_catalog' },
  ],
  operators: [],
  types: [
    type('checked', { queries: ['SELECT (public.purge() > 0)'] }),
    type('_checked', { types: ['checked'] }),
    type('pair', { types: ['_checked'] }),
    type('holders', { types: ['checked'] }),
    type('initcap', { types: ['checked'] }),
  ],
  implicitCasts: [],
  plainTypes: [20000],
});

const names = {
  catalog,
  searchPath: ['public'],
  temporary: new Set<string>(),
  prepared: new PreparedStatements(),
};

function factsOf(text: string): string {
  const facts = analyze(text, names);
  const kinds = new Set(facts.flatMap((each) => [...each.kinds]));
  const isOpaque = facts.some(({ opaque }) => opaque.size > 0);
  return [...[...kinds].sort(), ...(isOpaque ? ['opaque'] : [])].join(' ');
}

it.each([
  ['the default of an argument', 'SELECT defaulted()', 'delete select'],
  ['the type of an argument', 'SELECT taking(1)', 'delete select'],
  ['the type of a variable by its column', 'SELECT holding()', 'delete select'],
  ['an array of a domain', "SELECT '{}'::_checked", 'delete select'],
  ['a composite of an array of a domain', "SELECT '()'::pair", 'delete select'],
  ['the row of a table', "SELECT '()'::holders", 'delete select'],
  [
    'the columns of a table',
    "SELECT jsonb_populate_record(h, '{}') FROM holders h",
    'delete select',
  ],
  ['a domain with the name of a function', "SELECT initcap('x')", 'delete select'],
  ['the index of a table', 'SELECT * FROM indexed', 'delete select'],
  ['the index of a table, planned', 'EXPLAIN SELECT * FROM indexed', 'delete explain'],
  ['a foreign table', 'SELECT * FROM abroad', 'select opaque'],
  ['a view beside those of Postgres', 'SELECT * FROM information_schema.beside', 'delete select'],
  ['a function beside those of Postgres', 'SELECT beside()', 'delete select'],
  ['one of Postgres, written as a field', "SELECT ('s'::regclass).nextval", 'select opaque'],
  ['one of Postgres that reads, written as a field', "SELECT ('a'::text).length", 'select'],
])('%s', (_what, text, facts) => {
  expect(factsOf(text)).toBe(facts);
});

describe('a change of a table brings about', () => {
  it.each([
    ['a default', 'INSERT INTO guarded VALUES (1)', 'delete insert select'],
    ['a default, by COPY', 'COPY guarded FROM STDIN', 'copy-from delete'],
    [
      'a default, by MERGE',
      `MERGE INTO guarded USING orders ON true WHEN NOT MATCHED THEN
      INSERT VALUES (1)`,
      'delete insert merge',
    ],
    ['a default, planned', 'EXPLAIN INSERT INTO guarded VALUES (1)', 'delete explain'],
    ['a rule', 'DELETE FROM guarded WHERE id = 1', 'delete insert select'],
    ['no trigger that is only planned for', 'EXPLAIN DELETE FROM guarded', 'explain'],
    ['a trigger', 'TRUNCATE guarded', 'delete truncate'],
    ['what its view changes', 'DELETE FROM plain_view WHERE id = 1', 'delete insert select'],
    ['the query of what is kept', 'REFRESH MATERIALIZED VIEW kept', 'delete refresh'],
  ])('%s', (_what, text, facts) => {
    expect(factsOf(text)).toBe(facts);
  });

  it('and reading what is kept runs nothing, nor does dropping a view', () => {
    expect(factsOf('SELECT * FROM kept')).toBe('select');
    expect(factsOf('DROP VIEW plain_view')).toBe('drop');
  });

  it('and a view names the table that it is of', () => {
    const [facts] = analyze('UPDATE plain_view SET id = 1', names);
    expect(facts?.accesses).toContainEqual({
      action: 'update',
      object: 'table',
      schema: 'public',
      name: 'guarded',
    });
  });
});

it.each([
  ['a sample', 'SELECT * FROM orders TABLESAMPLE bernoulli (10) REPEATABLE (1)', 'select'],
  ['a sample by nobody knows what', 'SELECT * FROM orders TABLESAMPLE mine (1)', 'select opaque'],
  [
    'a conflict by its columns',
    `INSERT INTO orders VALUES (1) ON CONFLICT (id) WHERE id > 0
    DO NOTHING`,
    'insert select',
  ],
  ['PREPARE TRANSACTION', "PREPARE TRANSACTION 'a'", 'two-phase'],
  ['COMMIT PREPARED', "COMMIT PREPARED 'a'", 'two-phase'],
  ['ROLLBACK PREPARED', "ROLLBACK PREPARED 'a'", 'two-phase'],
  ['COMMIT', 'COMMIT AND CHAIN', 'transaction'],
])('%s is what it is', (_what, text, facts) => {
  expect(factsOf(text)).toBe(facts);
});
