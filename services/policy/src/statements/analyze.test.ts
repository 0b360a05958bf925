import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from './analyze.js';
import { indexCatalog } from './catalog-index.js';
import { grammarLoaded } from './grammar.js';
import { PreparedStatements } from './prepared-statements.js';
import type { SessionNames } from './prepared-statements.js';

beforeAll(() => grammarLoaded);

const table = (name: string, schema = 'public') =>
  ({
    schema,
    name,
    kind: 'table',
    queries: [],
    types: [],
    changes: [],
    oid: 0,
    columns: [],
    parents: [],
    columnTypes: [],
  }) as const;
const view = (name: string, query: string) =>
  ({
    schema: 'public',
    name,
    kind: 'view',
    queries: [query],
    types: [],
    changes: [],
    oid: 0,
    columns: [],
    parents: [],
    columnTypes: [],
  }) as const;
const only = { isTrusted: false, queries: [], types: [] };
const sql = (name: string, body: string) => ({
  schema: 'public',
  name,
  language: 'sql',
  body,
  ...only,
});
const plpgsql = (name: string, block: string) => ({
  schema: 'public',
  name,
  language: 'plpgsql',
  body: `CREATE FUNCTION public.${name}() RETURNS int LANGUAGE plpgsql AS $f$ ${block} $f$`,
  ...only,
});

const none = { queries: [], types: [] };

const catalog = indexCatalog({
  relations: [
    table('customers'),
    table('orders'),
    table('orders', 'archive'),
    table('pg_class', 'pg_catalog'),
    view('harmless', 'SELECT id FROM public.customers'),
    view('trap', 'SELECT public.purge() FROM public.customers'),
  ],
  functions: [
    sql('total', 'SELECT count(*) FROM public.orders'),
    sql('purge', 'DELETE FROM public.orders'),
    sql('again', 'SELECT public.again()'),
    sql('either', 'SELECT 1'),
    sql('either', 'DELETE FROM public.orders'),
    sql('pg_notify', 'SELECT 1'),
    plpgsql('hidden', 'begin perform public.purge(); return 1; end'),
    plpgsql('built', "begin execute 'drop table ' || 'orders'; return 1; end"),
    plpgsql('assigned', 'declare n int; begin n := public.purge(); return n; end'),
    { schema: 'public', name: 'native', language: 'c', body: '', ...only },
    { schema: 'public', name: 'similarity', language: 'c', body: '', ...only, isTrusted: true },
    // Closer to varchar than the one of Postgres.
    sql('lower', 'DELETE FROM public.orders'),
  ],
  operators: [
    { name: '<=>', function: { schema: 'public', name: 'purge' } },
    { name: '<!>', function: { schema: 'pg_catalog', name: 'set_config' } },
  ],
  types: [
    { name: 'trusted', functions: [{ schema: 'public', name: 'purge' }], ...none },
    { name: 'checked', functions: [], queries: ['SELECT (public.purge() > 0)'], types: [] },
  ],
  implicitCasts: [],
  plainTypes: [20000],
});
const names: SessionNames = {
  catalog,
  searchPath: ['public'],
  temporary: new Set(),
  prepared: new PreparedStatements(),
};

function whole(text: string, session = names) {
  const statements = analyze(text, session);
  return {
    kinds: [...new Set(statements.flatMap((each) => [...each.kinds]))].sort().join(' '),
    opaque: statements.flatMap((each) => [...each.opaque]).join('; '),
    accesses: statements
      .flatMap((each) => each.accesses)
      .map(({ action, schema, name }) => `${action} ${schema ?? '?'}.${name}`)
      .sort(),
  };
}

describe('kinds', () => {
  it.each([
    ['SELECT 1', 'select'],
    ['TABLE customers', 'select'],
    ['VALUES (1)', 'select'],
    ['INSERT INTO orders SELECT * FROM customers', 'insert select'],
    ['INSERT INTO orders VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 1', 'insert select update'],
    ['WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone', 'delete select'],
    ['SELECT * INTO copied FROM orders', 'create'],
    ['CREATE TABLE copied AS SELECT * FROM orders', 'create select'],
    ['MERGE INTO orders USING customers ON true WHEN MATCHED THEN DELETE', 'delete merge'],
    ['SELECT * FROM orders FOR UPDATE', 'lock select'],
    ['COPY orders TO STDOUT', 'copy-to'],
    ['COPY (DELETE FROM orders RETURNING *) TO STDOUT', 'copy-to delete'],
    ["COPY orders FROM PROGRAM 'curl evil'", 'copy-program'],
    ["COPY orders TO '/tmp/orders'", 'copy-file'],
    ['EXPLAIN DELETE FROM orders', 'explain'],
    ['EXPLAIN (ANALYZE false, VERBOSE) DELETE FROM orders', 'explain'],
    ['EXPLAIN ANALYZE DELETE FROM orders', 'delete explain'],
    ['EXPLAIN (analyze) DELETE FROM orders', 'delete explain'],
    ['EXPLAIN (ANALYZE 1) DELETE FROM orders', 'delete explain'],
    ['PREPARE p AS DELETE FROM orders', 'delete prepare'],
    ['DECLARE c CURSOR FOR SELECT * FROM orders', 'declare select'],
    ['BEGIN; DROP TABLE orders; COMMIT', 'drop transaction'],
    ['DE/* */LETE FROM orders', 'other'],
    ['/* SELECT */ dElEtE /* -- */ FROM "orders"', 'delete'],
    ['GRANT ALL ON orders TO PUBLIC', 'grant'],
    ['ALTER ROLE app SUPERUSER', 'alter-role'],
    ['TRUNCATE orders', 'truncate'],
    ['REFRESH MATERIALIZED VIEW harmless', 'refresh select'],
    ['RESET ALL', 'reset'],
  ])('%s', (text, kinds) => {
    expect(whole(text).kinds).toBe(kinds);
  });
});

describe('what is brought about', () => {
  it.each([
    ['a function in SQL', 'SELECT purge()', 'delete select'],
    ['one that only reads', 'SELECT total()', 'select'],
    ['one that calls itself', 'SELECT again()', 'select'],
    ['one of several of a name', 'SELECT either(1)', 'delete select'],
    ['a function in PL/pgSQL', 'SELECT hidden()', 'delete select'],
    ['an assignment in PL/pgSQL', 'SELECT assigned()', 'delete select'],
    ['a view', 'SELECT * FROM trap', 'delete select'],
    ['an operator', 'SELECT 1 <=> 2', 'delete select'],
    ['an operator by its schema', 'SELECT 1 OPERATOR(public.<=>) 2', 'delete select'],
    ['a cast', "SELECT 'x'::trusted", 'delete select'],
    ['the check of a domain', "SELECT 'x'::checked", 'delete select'],
    ['a type in a column list', 'SELECT * FROM unnest(ARRAY[1]) AS t(a trusted)', 'delete select'],
    ['a column that is a function', 'SELECT customers.purge FROM customers', 'delete select'],
    ['a field that is a function', 'SELECT (customers).purge FROM customers', 'delete select'],
    ['a name of a built-in', "SELECT lower('A'::varchar)", 'delete select'],
    ['in a plan', 'EXPLAIN SELECT purge()', 'delete explain'],
    ['in a default', 'CREATE TABLE t (a int DEFAULT purge())', 'create delete'],
    ['in CALL', 'CALL purge()', 'call delete'],
    ['in ORDER BY', 'SELECT 1 ORDER BY purge()', 'delete select'],
    ['in LIMIT', 'SELECT 1 LIMIT (SELECT purge())', 'delete select'],
    ['in a window', 'SELECT sum(1) OVER (ORDER BY purge())', 'delete select'],
    ['in FROM', 'SELECT * FROM ROWS FROM (purge())', 'delete select'],
    ['in EXECUTE', 'EXECUTE p(purge())', 'delete execute'],
  ])('by %s', (_how, text, kinds) => {
    expect(whole(text).kinds).toBe(kinds);
  });
});

describe('what cannot be seen through is opaque', () => {
  it.each([
    ['DO $$ begin perform 1; end $$'],
    ['SELECT built()'],
    ['SELECT native()'],
    ["SELECT pg_notify('a', 'b')"],
    ['SELECT pg_terminate_backend(1)'],
    ["SELECT set_config('role', 'admin', false)"],
    ["SELECT nextval('s')"],
    ["SELECT query_to_xml('DELETE FROM orders', true, true, '')"],
    ["SELECT pg_read_file('/etc/passwd')"],
    ["SELECT dblink_exec('drop table x')"],
    ['SELECT unknown_function()'],
    ['SELECT * FROM nowhere'],
    ['EXECUTE p'],
    ['SELEC 1'],
    ['SELECT other.purge()'],
    ["SELECT 'role' <!> 'admin'"],
  ])('%s', (text) => {
    expect(whole(text).opaque).not.toBe('');
  });

  it.each([
    ['SELECT upper(name), count(*), now() FROM orders GROUP BY 1'],
    ['SELECT * FROM pg_class JOIN orders ON true WHERE EXTRACT(year FROM now()) > 2000'],
    ['SELECT total(), coalesce(1, 2), CASE WHEN 1 = 1 THEN 2 END'],
    ["SELECT 'orders'::regclass, '1'::int, date '2020-01-01' AT TIME ZONE 'UTC'"],
    ['SELECT * FROM harmless h, LATERAL (SELECT h.id) x'],
    ['SELECT json_build_object(1, 2) ->> $1, JSON_ARRAY(1), xmlelement(name a)'],
    ['BEGIN ISOLATION LEVEL SERIALIZABLE'],
    ['SHOW ALL'],
    ["SELECT similarity('a', 'b')"],
  ])('and this is not: %s', (text) => {
    expect(whole(text).opaque).toBe('');
  });
});

it.each([
  ['longer than is read', `SELECT '${'x'.repeat(200_000)}'`],
  ['nested too deeply for the grammar', `SELECT ${'('.repeat(60_000)}1`],
  ['nested too deeply for its tree', `SELECT 1${'+1'.repeat(60_000)}`],
])('a text that is %s is opaque, and the next is read', (_what, text) => {
  expect(whole(text)).toMatchObject({ kinds: 'other', opaque: expect.stringContaining('text') });
  expect(whole('SELECT 1').opaque).toBe('');
});

describe('names', () => {
  it('of WITH are no tables, but in its own query they are', () => {
    const text = 'WITH customers AS (SELECT * FROM customers) SELECT * FROM customers, orders';
    expect(whole(text).accesses).toEqual(['select public.customers', 'select public.orders']);
    const other = 'WITH orders AS (SELECT 1) SELECT * FROM orders';
    expect(whole(other).accesses).toEqual([]);
  });

  it('mean all that they may mean where the search path is not known', () => {
    const session = { ...names, searchPath: undefined };
    expect(whole('SELECT * FROM orders', session).accesses).toEqual([
      'select archive.orders',
      'select public.orders',
    ]);
  });

  it('of what is changed are told with what is done to it', () => {
    expect(whole('UPDATE archive.orders SET n = 1 FROM customers').accesses).toEqual([
      'select public.customers',
      'update archive.orders',
    ]);
    expect(whole('DROP TABLE orders, archive.orders').accesses).toEqual([
      'drop archive.orders',
      'drop public.orders',
    ]);
    expect(whole('CREATE VIEW v AS SELECT * FROM orders').accesses).toEqual([
      'create ?.v',
      'select public.orders',
    ]);
  });
});

describe('a missing WHERE', () => {
  const isMissing = (text: string) => analyze(text, names).some((each) => each.whereMissing);

  it.each([
    ['DELETE FROM orders'],
    ['UPDATE orders SET n = 1 WHERE true'],
    ['DELETE FROM orders WHERE 1 = 1'],
    ['DELETE FROM orders WHERE id = id'],
    ['DELETE FROM orders WHERE ARRAY[id] = ARRAY[id]'],
    ['DELETE FROM orders WHERE id = 1 OR true'],
    ['DELETE FROM orders WHERE id IS NOT NULL'],
    ['DELETE FROM orders WHERE $1'],
    ['DELETE FROM orders WHERE (SELECT true FROM customers WHERE id = 1)'],
    ['WITH d AS (DELETE FROM orders RETURNING 1) SELECT 1'],
    ['SELECT purge()'],
  ])('%s', (text) => {
    expect(isMissing(text)).toBe(true);
  });

  it.each([
    ['DELETE FROM orders WHERE id = 1'],
    ['DELETE FROM orders WHERE id = 1 AND true'],
    ['DELETE FROM orders WHERE deleted IS NULL'],
    ['DELETE FROM orders WHERE id IN (SELECT id FROM customers)'],
    ['DELETE FROM orders o WHERE EXISTS (SELECT FROM customers c WHERE c.id = o.customer)'],
  ])('not in %s', (text) => {
    expect(isMissing(text)).toBe(false);
  });
});

it('tells the rows that a query gives at most', () => {
  const limitOf = (text: string) => analyze(text, names)[0]?.rowLimit;
  expect(limitOf('SELECT * FROM orders LIMIT 10')).toBe(10);
  expect(limitOf('SELECT * FROM orders LIMIT 0')).toBe(0);
  expect(limitOf('SELECT * FROM orders LIMIT $1')).toBeUndefined();
  expect(limitOf('SELECT * FROM (SELECT * FROM orders LIMIT 5) x')).toBeUndefined();
});

it.each([
  ['SET ROLE admin', ['role']],
  ['SET SESSION AUTHORIZATION admin', ['session_authorization']],
  ['RESET ALL', ['*']],
  ['DISCARD ALL', ['*']],
  ['SET TRANSACTION READ WRITE', ['transaction_read_only', 'transaction snapshot']],
  ['BEGIN READ WRITE', ['transaction_read_only']],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY', ['transaction_isolation']],
  ['SET TRANSACTION READ ONLY', ['transaction snapshot']],
  ['SET default_transaction_read_only = off', ['default_transaction_read_only']],
])('%s changes settings', (text, settings) => {
  expect([...(analyze(text, names)[0]?.settings ?? [])]).toEqual(settings);
});
