import { beforeAll, expect, it, vi } from 'vitest';
import {
  grammarLoaded,
  indexCatalog,
  Rulebook,
  ruleOnSession,
  SessionRuler,
  StatementText,
} from '../src/index.js';
import type { RulingSources } from '../src/index.js';
import { asking } from './asking.js';

const relation = (schema: string) =>
  ({
    schema,
    name: 'orders',
    kind: 'table',
    queries: [],
    types: [],
    changes: [],
    oid: 0,
    columns: [],
    parents: [],
    columnTypes: [],
  }) as const;
const contents = {
  functions: [],
  operators: [],
  types: [],
  implicitCasts: [],
  plainTypes: [20000],
};
const catalog = indexCatalog({ ...contents, relations: [relation('public'), relation('secret')] });

const SECRET = `permit (principal, action, resource);
@id("secret") @reason("not this one") forbid (principal, action == Action::"select",
  resource in Schema::"orders/shop/secret");`;

let changes = 0;
const sources: RulingSources = {
  rulebook: undefined,
  catalog,
  searchPath: ['public'],
  isCatalogOld: false,
  catalogChanged: () => {
    changes += 1;
  },
  now: () => asking.openedAt,
};

beforeAll(() => grammarLoaded);

function compile(text: string, digest: string): Rulebook {
  const compiled = Rulebook.compile([{ name: 'p.cedar', text }], digest);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

const rulerOf = (rulebook?: Rulebook) => new SessionRuler(asking, { ...sources, rulebook });
const texts =
  (...all: readonly (string | undefined)[]) =>
  () =>
    all.map((text) => (text === undefined ? undefined : new StatementText(text)));
const effectOf = (ruler: SessionRuler, ...all: (string | undefined)[]) =>
  ruler.rule(texts(...all)).effect;

it('allows everything while there is no policy, and asks for neither text nor catalog', () => {
  const unasked: RulingSources = {
    ...sources,
    get catalog(): never {
      throw new Error('the catalog was asked for');
    },
  };
  const decision = new SessionRuler(asking, unasked).rule(() => {
    throw new Error('the text was asked for');
  });
  expect(new SessionRuler(asking, unasked).seesTypes([20_001])).toBe(true);
  expect(decision).toMatchObject({ effect: 'allow', rule: 'no-policy', policyVersion: '' });
  expect(ruleOnSession(undefined, asking)).toEqual({ ...decision, settings: new Map() });
});

it('names the rule, the version and the reason', () => {
  const ruler = rulerOf(compile(SECRET, '0123456789abcdef'));
  expect(ruler.rule(texts('SELECT * FROM secret.orders'))).toMatchObject({
    effect: 'deny',
    rule: 'p/secret',
    policyVersion: '0123456789ab',
    reason: 'not this one',
  });
});

it('tells what a command would do, by one list for all that are ruled on alike', () => {
  const ruler = rulerOf(compile(SECRET, 'what it does'));
  const doesOf = (text: string) => ruler.rule(texts(text)).does;
  const does = doesOf("SELECT * FROM orders WHERE note = 'a' LIMIT 10");
  expect(does).toMatchObject([
    { kind: 'select', shape: "SELECT * FROM orders WHERE note = '' LIMIT 0" },
  ]);
  expect(doesOf("SELECT * FROM orders WHERE note = 'b' LIMIT 10")).toBe(does);
  const both = doesOf(
    "SELECT 'é'; /* one */ ALTER ROLE ann PASSWORD 'hunter2' ; DO $$ begin end $$",
  );
  expect(both?.map(({ shape }) => shape)).toEqual([
    "SELECT ''",
    "ALTER ROLE ann PASSWORD ''",
    "DO ''",
  ]);
  expect(doesOf('hunter2')).toMatchObject([{ kind: 'other', shape: '' }]);
});

it('rules on all texts that a command may run', () => {
  const ruler = rulerOf(compile(SECRET, 'all texts'));
  expect(effectOf(ruler, 'SELECT 1', 'SELECT * FROM orders')).toBe('allow');
  expect(effectOf(ruler, 'SELECT 1', 'SELECT * FROM secret.orders')).toBe('deny');
});

it('rules once on texts that differ in their literals, and anew on others', () => {
  const rulebook = compile(SECRET, 'shapes');
  const asked = vi.spyOn(rulebook, 'command');
  const ruler = rulerOf(rulebook);
  for (const id of [1, 2, 3]) effectOf(ruler, `SELECT * FROM orders WHERE id = ${id} -- ${id}`);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(effectOf(ruler, "SELECT * FROM secret.orders WHERE id = 'SELECT 1'")).toBe('deny');
  effectOf(ruler, 'SELECT * FROM orders LIMIT 1');
  effectOf(ruler, 'SELECT * FROM orders LIMIT 2');
  expect(asked).toHaveBeenCalledTimes(4);
});

it('takes a text that it cannot have for opaque', () => {
  const text = 'permit (principal, action in Action::"read", resource) when { !context.opaque };';
  const ruler = rulerOf(compile(text, 'opaque'));
  expect(effectOf(ruler, 'SELECT 1')).toBe('allow');
  expect(effectOf(ruler, undefined)).toBe('deny');
});

it.each([
  ['SET search_path = secret'],
  ['RESET ALL'],
  ['SET ROLE admin'],
  ["SELECT set_config('search_path', 'secret', false)"],
])('does not trust a name after %s', (change) => {
  const ruler = rulerOf(compile(SECRET, `after ${change}`));
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('allow');
  expect(effectOf(ruler, `${change}; SELECT * FROM orders`)).toBe('deny');
  expect(effectOf(ruler, change)).toBe('allow');
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('deny');
});

it('says when the catalog may have changed, each time', () => {
  const ruler = rulerOf(compile(SECRET, 'changes'));
  changes = 0;
  effectOf(ruler, 'SELECT 1');
  expect(changes).toBe(0);
  effectOf(ruler, 'CREATE TABLE t (a int)');
  effectOf(ruler, 'CREATE TABLE t (a int)');
  effectOf(ruler, "DO $$ begin execute 'create table u ()'; end $$");
  expect(changes).toBe(3);
});

it('knows the temporary relations that the session made, beside what has their name', () => {
  const text = `permit (principal, action, resource);
    @id("opaque") forbid (principal, action in Action::"read", resource) when { context.opaque };
    @id("public") forbid (principal, action == Action::"select",
      resource in Schema::"orders/shop/public");`;
  const ruler = rulerOf(compile(text, 'temporary'));
  expect(effectOf(ruler, 'SELECT * FROM mine')).toBe('deny');
  expect(effectOf(ruler, 'CREATE TEMP TABLE mine AS SELECT 1')).toBe('allow');
  expect(effectOf(ruler, 'SELECT * FROM mine')).toBe('allow');
  expect(effectOf(ruler, 'SELECT * FROM pg_temp.mine')).toBe('allow');
  expect(effectOf(ruler, 'CREATE TEMP TABLE orders (a int); SELECT * FROM orders')).toBe('deny');
});

it('goes on trusting names after a function of Postgres that only writes', () => {
  const ruler = rulerOf(compile(SECRET, 'sequences'));
  expect(effectOf(ruler, "SELECT nextval('s')")).toBe('allow');
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('allow');
  expect(effectOf(ruler, 'SELECT unknown_function()')).toBe('allow');
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('deny');
});

it('takes names for opaque until what the session has defined was read', () => {
  const text = `permit (principal, action, resource);
    forbid (principal, action in Action::"read", resource) when { context.opaque };`;
  const old = { ...sources, isCatalogOld: false, rulebook: compile(text, 'old') };
  const ruler = new SessionRuler(asking, old);
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('allow');
  old.isCatalogOld = true;
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('deny');
  expect(effectOf(ruler, 'SELECT 1')).toBe('allow');
});

it('goes by what replaced the policies or the catalog', () => {
  const replaced = { ...sources, catalog, rulebook: compile(SECRET, 'first') };
  const ruler = new SessionRuler(asking, replaced);
  expect(effectOf(ruler, 'SELECT * FROM orders')).toBe('allow');
  replaced.catalog = indexCatalog({ ...contents, relations: [relation('secret')] });
  expect(effectOf(ruler, 'SELECT * FROM secret.orders')).toBe('deny');
  replaced.rulebook = compile('permit (principal, action, resource);', 'second');
  expect(effectOf(ruler, 'SELECT * FROM secret.orders')).toBe('allow');
});

it.each([
  ['SET search_path = other', true],
  ["SET DateStyle = 'SQL, DMY'", true],
  ["SELECT set_config('timezone', 'UTC', false)", true],
  ["SET application_name = 'job'", false],
  ['BEGIN READ ONLY', false],
])('knows whether a text may mean something else from then on: %s', (text, expected) => {
  const held = '@approve("") permit (principal, action == Action::"delete", resource);';
  const all = 'permit (principal, action, resource);';
  const ruler = rulerOf(compile(held + all, `meaning ${text}`));
  const asked = () => ruler.rule(texts('DELETE FROM orders')).hold?.hasOwnMeaning;
  expect(asked()).toBe(false);
  ruler.rule(texts(text));
  expect(asked()).toBe(expected);
});

it('says what a held command would do, and follows what it may change when it is released', () => {
  const ruler = rulerOf(compile('@approve("") permit (principal, action, resource);', 'held'));
  changes = 0;
  const { effect, hold } = ruler.rule(texts('DELETE FROM orders; CREATE TABLE t (a int)'));
  expect({ effect, terms: hold?.terms.asks }).toEqual({
    effect: 'hold',
    terms: [{ group: 'approvers', count: 1 }],
  });
  expect(hold?.hasOwnMeaning).toBe(false);
  expect(hold?.summary).toEqual({
    statements: 2,
    kinds: ['delete', 'create'],
    reads: [],
    writes: ['public.orders', '?.t'],
    calls: [],
    opaqueParts: [],
    whereMissing: true,
  });
  expect(changes).toBe(1);
  hold?.released();
  expect(changes).toBe(2);
});

it('opens no session that would have to wait', () => {
  const decision = ruleOnSession(
    compile('@approve("") permit (principal, action, resource);', 'w'),
    asking,
  );
  expect(decision).toMatchObject({
    effect: 'deny',
    reason: expect.stringContaining('wait') as string,
  });
});

it('keeps the settings that the session was opened with', () => {
  const text = '@session("default_transaction_read_only=on") permit (principal, action, resource);';
  const rulebook = compile(text, 'settings');
  const opened = ruleOnSession(rulebook, asking);
  expect([...opened.settings]).toEqual([['default_transaction_read_only', 'on']]);
  const ruler = new SessionRuler(asking, { ...sources, rulebook }, opened);
  const kept = [
    'SET default_transaction_read_only = off',
    'set session "default_transaction_read_only" to default',
    'SET LOCAL transaction_read_only = off',
    'BEGIN READ WRITE',
    'START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ WRITE',
    'SET TRANSACTION READ WRITE',
    'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
    'RESET transaction_read_only',
    "SELECT set_config('default_transaction_read_only', 'off', false)",
    'SELECT 1; BEGIN READ WRITE; SELECT 2',
    'DO $$ begin end $$',
  ];
  for (const each of kept) {
    expect([each, ruler.rule(texts(each))]).toMatchObject([each, { rule: 'session-settings' }]);
  }
  const free = ['BEGIN', 'BEGIN READ ONLY', 'SET work_mem = 1', 'RESET ALL', 'DISCARD ALL'];
  for (const each of free) expect([each, effectOf(ruler, each)]).toEqual([each, 'allow']);
});

it('opens no session with settings that rules disagree on', () => {
  const rule = (value: string) =>
    `@session("work_mem=${value}") permit (principal, action, resource);`;
  expect(ruleOnSession(compile(`${rule('1')}${rule('2')}`, 'disagree'), asking).effect).toBe(
    'deny',
  );
  expect(ruleOnSession(compile(`${rule('1')}${rule('1')}`, 'agree'), asking).effect).toBe('allow');
});

it('knows of which types values run nothing', () => {
  const ruler = rulerOf(compile(SECRET, 'types'));
  expect(ruler.seesTypes([23, 20_000])).toBe(true);
  expect(ruler.seesTypes([23, 20_001])).toBe(false);
});
