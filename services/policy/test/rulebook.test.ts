import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../src/statements/analyze.js';
import { PreparedStatements } from '../src/statements/prepared-statements.js';
import { indexCatalog } from '../src/statements/catalog-index.js';
import { grammarLoaded } from '../src/statements/grammar.js';
import { momentOf } from '../src/cedar/moment.js';
import { Rulebook } from '../src/cedar/rulebook.js';
import { asking } from './asking.js';

const table = {
  schema: 'public',
  name: 'orders',
  kind: 'table',
  queries: [],
  types: [],
  changes: [],
  oid: 0,
  columns: [],
  parents: [],
  columnTypes: [],
} as const;
const catalog = indexCatalog({
  relations: [
    table,
    { ...table, name: 'customers' },
    { ...table, schema: 'kept', name: 'year', parents: [{ schema: 'public', name: 'orders' }] },
    { ...table, schema: 'kept', name: 'month', parents: [{ schema: 'kept', name: 'year' }] },
  ],
  functions: [],
  operators: [],
  types: [],
  implicitCasts: [],
  plainTypes: [],
});
let copies = 0;

beforeAll(() => grammarLoaded);

function compile(text: string) {
  copies += 1;
  const compiled = Rulebook.compile([{ name: 'policies/test.cedar', text }], `test ${copies}`);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

function rulingOn(sql: string, book: Rulebook, who = asking) {
  const prepared = new PreparedStatements();
  const names = { catalog, searchPath: ['public'], temporary: new Set<string>(), prepared };
  const statements = analyze(sql, names);
  return book.command(who, statements, momentOf(who.openedAt, who.openedAt, 0));
}

const COMMANDS = 'action in [Action::"read", Action::"write"],';
const TAGGED = 'principal.hasTag("repository") && principal.getTag("repository") == "acme/shop"';
const PERMIT_ALL = '@id("rest") permit (principal, action, resource);\n';

describe('a command', () => {
  it('is denied where nothing permits it', () => {
    const book = compile('permit (principal, action == Action::"insert", resource);');
    expect(rulingOn('SELECT 1', book)).toEqual({
      effect: 'deny',
      rule: 'default-deny',
      reason: '',
    });
  });

  it('is ruled on by the table that one is a part of, but not by the schema of that', () => {
    const scope = 'principal, action == Action::"select", resource in';
    const forbids = compile(`${PERMIT_ALL}forbid (${scope} Table::"orders/shop/public/orders");`);
    expect(rulingOn('TABLE kept.month', forbids).effect).toBe('deny');
    expect(rulingOn('TABLE orders', forbids).effect).toBe('deny');
    expect(rulingOn('TABLE customers', forbids).effect).toBe('allow');
    const permits = compile(`permit (principal, action, resource == Database::"orders/shop");
      permit (${scope} Schema::"orders/shop/public");`);
    expect(rulingOn('TABLE orders', permits).effect).toBe('allow');
    expect(rulingOn('TABLE kept.month', permits).effect).toBe('deny');
  });

  it('is decided by the rule that forbids, with what its author says', () => {
    const forbid = '@id("no-drop") @reason("ask the owner") forbid (principal, action, resource)';
    const book = compile(`${PERMIT_ALL}${forbid} when { context has kinds &&
      context.kinds.contains("drop") };`);
    const expected = { effect: 'deny', rule: 'test/no-drop', reason: 'ask the owner' };
    expect(rulingOn('SELECT 1; DROP TABLE orders', book)).toEqual(expected);
    expect(rulingOn('SELECT 1', book).effect).toBe('allow');
  });

  it.each([
    ['the table that it reads', 'resource == Table::"orders/shop/public/customers"'],
    ['the schema of the table', 'resource in Schema::"orders/shop/public"'],
    ['the target', 'resource in Target::"orders"'],
  ])('is ruled on by %s', (_what, scope) => {
    const book = compile(`${PERMIT_ALL}forbid (principal, action == Action::"select", ${scope});`);
    const text = 'INSERT INTO orders SELECT * FROM customers';
    expect(rulingOn(text, book)).toMatchObject({ effect: 'deny', rule: 'test/policy1' });
  });

  it.each([
    ['principal == Identity::"ci:acme/shop", action, resource', ''],
    ['principal, action, resource', TAGGED],
    ['principal in Group::"deployers", action, resource', ''],
    ['principal, action, resource', 'context.source.isInRange(ip("10.0.0.0/8"))'],
    ['principal, action, resource', 'context.environment == "production"'],
    ['principal, action in [Action::"read"], resource', '!(context has rowLimit)'],
    ['principal, action, resource', 'context.reads.contains("public.orders")'],
  ])('is ruled on by who asks and how: %s %s', (scope, when) => {
    const condition = when === '' ? '' : `when { ${when} }`;
    const forbid = `forbid (${scope.replace('action,', COMMANDS)}) ${condition};`;
    const book = compile(`${PERMIT_ALL}${forbid}`);
    expect(rulingOn('SELECT * FROM orders', book).effect).toBe('deny');
  });

  it('is ruled on anew for other claims, where a rule looks at them', () => {
    const book = compile(`${PERMIT_ALL}forbid (principal, action, resource) when { ${TAGGED} };`);
    const claims = { repository: 'acme/blog' };
    const other = { ...asking, identity: { ...asking.identity, claims } };
    expect(rulingOn('SELECT 1', book).effect).toBe('deny');
    expect(rulingOn('SELECT 1', book, other).effect).toBe('allow');
  });

  it('is denied where a rule cannot be evaluated', () => {
    const book = compile(`${PERMIT_ALL}forbid (principal, action, resource)
      when { context.source.isLoopback() };`);
    expect(rulingOn('SELECT 1', book, { ...asking, source: 'nowhere' })).toMatchObject({
      effect: 'deny',
      rule: 'policy-error',
    });
  });
});

describe('what is held', () => {
  const hold = (terms: string, scope = 'principal, action, resource') =>
    `@approve("${terms}") permit (${scope});\n`;

  it('is so by all of the rules that permit it, the strictest in each thing', () => {
    const book = compile(
      `${PERMIT_ALL}@id("one") @reason("look first") ${hold('n=2 ttl=1h')}` +
        `@id("two") ${hold('ttl=5m', 'principal, action == Action::"delete", resource')}`,
    );
    const asks = [{ group: 'approvers', count: 2 }];
    expect(rulingOn('DELETE FROM orders', book)).toMatchObject({
      effect: 'hold',
      rule: 'test/one',
      reason: 'look first',
      approval: { asks, ttlSeconds: 300 },
    });
    expect(rulingOn('SELECT 1', book).approval).toMatchObject({ asks, ttlSeconds: 3600 });
  });

  it('is so for one thing of it, and denied for another', () => {
    const book = compile(
      PERMIT_ALL + hold('n=1', 'principal, action == Action::"insert", resource'),
    );
    const text = 'SELECT * FROM orders; INSERT INTO orders DEFAULT VALUES';
    expect(rulingOn(text, book).effect).toBe('hold');
    const forbid = 'forbid (principal, action == Action::"select", resource);';
    const both = hold('n=1') + forbid;
    expect(rulingOn(text, compile(both)).effect).toBe('deny');
  });
});

it('rules on opening a session', () => {
  const book = compile(`${PERMIT_ALL}forbid (principal, action == Action::"connect", resource)
    when { context.environment == "production" };`);
  expect(book.connect(asking).effect).toBe('deny');
  const staging = { ...asking, target: { ...asking.target, environment: 'staging' } };
  expect(book.connect(staging)).toMatchObject({ effect: 'allow', rule: 'test/rest', reason: '' });
});

describe('files that are not taken', () => {
  it.each([
    ['what is no policy', 'permit (principal,\n action;', 2, 'unexpected token'],
    [
      'an action that is not there',
      '\n\nforbid (principal, action == Action::"x", resource);',
      3,
      '',
    ],
    [
      'a fact that is not there',
      'forbid (principal, action, resource)\nwhen { context.x };',
      2,
      '',
    ],
    [
      'an annotation that nobody reads',
      '\n@aprove("x") permit (principal, action, resource);',
      2,
      '@id',
    ],
    [
      'a rule that is there twice',
      '@id("a") permit (principal, action, resource);\n'.repeat(2),
      1,
      '',
    ],
    ['terms that are none', '\n@approve("n=0")\npermit (principal, action, resource);', 2, 'n is'],
    ['settings that are none', '@session("a b") permit (principal, action, resource);', 1, 'a is'],
    [
      'a hold of what is forbidden',
      '@approve("") forbid (principal, action, resource);',
      1,
      '@app',
    ],
    ['a template', 'permit (principal == ?principal, action, resource);', undefined, 'template'],
  ])('%s', (_what, text, line, message) => {
    const compiled = Rulebook.compile([{ name: 'bad.cedar', text }], 'bad');
    const problems = 'problems' in compiled ? compiled.problems : [];
    expect(problems[0]).toMatchObject({ file: 'bad.cedar', line });
    expect(problems[0]?.message).toContain(message);
  });
});

describe('read-only.cedar', () => {
  const shipped = new URL('../../../deploy/policies/read-only.cedar', import.meta.url);
  let book: Rulebook;

  beforeAll(async () => {
    book = compile(await readFile(shipped, 'utf8'));
  });

  it.each([
    ['SELECT count(*), upper(name) FROM orders GROUP BY 2'],
    ['BEGIN READ ONLY; SELECT 1; COMMIT'],
    ['SET statement_timeout = 100'],
    ['SHOW server_version'],
    ['EXPLAIN SELECT * FROM orders'],
    ['EXPLAIN DELETE FROM orders'],
    ['COPY orders TO STDOUT'],
    [''],
  ])('lets through: %s', (text) => {
    expect(rulingOn(text, book).effect).toBe('allow');
  });

  it.each([
    ['DELETE FROM orders WHERE id = 1'],
    ['WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d'],
    ['EXPLAIN ANALYZE DELETE FROM orders'],
    ['SELECT 1; DROP TABLE orders'],
    ['SELECT * FROM orders FOR UPDATE'],
    ['SELECT * INTO copied FROM orders'],
    ["COPY orders TO PROGRAM 'cat'"],
    ["SELECT nextval('s')"],
    ['DO $$ begin end $$'],
    ['SELEC 1'],
    ['VACUUM'],
    ['GRANT SELECT ON orders TO PUBLIC'],
  ])('refuses: %s', (text) => {
    expect(rulingOn(text, book).effect).toBe('deny');
  });
});

describe('held-writes.cedar', () => {
  const shipped = new URL('../../../deploy/policies/held-writes.cedar', import.meta.url);
  let book: Rulebook;

  beforeAll(async () => {
    book = compile(await readFile(shipped, 'utf8'));
  });

  it.each([
    ['allow', 'SELECT * FROM orders'],
    ['allow', 'BEGIN; SET statement_timeout = 100; COMMIT'],
    ['allow', ''],
    ['hold', 'DELETE FROM orders WHERE id = 1'],
    ['hold', 'WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d'],
    ['hold', 'SELECT 1; DROP TABLE orders'],
    ['hold', "SELECT nextval('s')"],
    ['hold', 'DO $$ begin end $$'],
    ['hold', 'SELECT unknown_function()'],
    ['hold', 'SELEC 1'],
    ['hold', "COPY orders TO PROGRAM 'cat'"],
    ['hold', 'EXECUTE something'],
  ] as const)('%s: %s', (effect, text) => {
    expect(rulingOn(text, book).effect).toBe(effect);
  });

  it('lets sessions be opened', () => {
    expect(book.connect(asking).effect).toBe('allow');
  });
});

describe('guard-rails.cedar', () => {
  const shipped = new URL('../../../deploy/policies/guard-rails.cedar', import.meta.url);
  const staging = { ...asking, target: { ...asking.target, environment: 'staging' } };
  let book: Rulebook;

  beforeAll(async () => {
    book = compile(await readFile(shipped, 'utf8'));
  });

  it.each([
    ['allow', 'allow', 'SELECT * FROM orders'],
    ['allow', 'allow', 'BEGIN; UPDATE orders SET id = 2 WHERE id = 1; COMMIT'],
    ['allow', 'allow', 'INSERT INTO orders VALUES (1)'],
    ['deny', 'allow', 'CREATE INDEX ON orders (id)'],
    ['deny', 'allow', 'ALTER TABLE orders ADD COLUMN name text'],
    ['deny', 'allow', 'GRANT ALL ON orders TO PUBLIC'],
    ['deny', 'deny', 'DROP TABLE orders'],
    ['deny', 'deny', 'SELECT 1; TRUNCATE orders'],
    ['hold', 'hold', 'DELETE FROM orders'],
    ['hold', 'hold', 'UPDATE orders SET id = 1 WHERE true'],
    ['hold', 'hold', 'WITH d AS (DELETE FROM orders RETURNING *) SELECT * FROM d'],
    ['hold', 'hold', 'COPY orders TO STDOUT'],
    ['hold', 'hold', 'COPY (SELECT * FROM orders) TO STDOUT'],
    ['hold', 'hold', 'DO $$ begin end $$'],
    ['hold', 'hold', 'SELECT unknown_function()'],
    ['hold', 'hold', 'EXECUTE something'],
    ['deny', 'deny', 'SELEC 1'],
  ] as const)('%s in production, else %s: %s', (inProduction, elsewhere, text) => {
    expect(rulingOn(text, book).effect).toBe(inProduction);
    expect(rulingOn(text, book, staging).effect).toBe(elsewhere);
  });

  it('limits the rows of what reads, but not of what a person lets go', () => {
    const limit = { rows: 100_000, rule: expect.stringMatching(/limit-reads$/) as string };
    expect(rulingOn('SELECT * FROM orders', book).limit).toEqual(limit);
    expect(rulingOn('FETCH ALL FROM c', book).limit).toEqual(limit);
    expect(rulingOn('COPY (SELECT * FROM orders) TO STDOUT', book).limit).toBeUndefined();
  });
});

describe('@limit', () => {
  it('is the lowest of all rules that permit', () => {
    const book = compile(`@limit("10") permit (principal, action, resource);
      @id("few") @limit("3") permit (principal, action == Action::"select", resource)
        when { resource in Schema::"orders/shop/public" };`);
    expect(rulingOn('SELECT 1', book).limit?.rows).toBe(10);
    expect(rulingOn('SELECT * FROM orders', book).limit).toEqual({ rows: 3, rule: 'test/few' });
  });

  it.each([['0'], ['-1'], ['many'], ['1.5'], ['']])('is a number of rows, not %j', (text) => {
    const files = [{ name: 'a.cedar', text: `@limit("${text}") ${PERMIT_ALL.slice(12)}` }];
    const compiled = Rulebook.compile(files, `limit ${text}`);
    expect(compiled).toMatchObject({
      problems: [{ message: expect.stringContaining('number of rows') as string }],
    });
  });
});
