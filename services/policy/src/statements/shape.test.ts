import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { grammarLoaded, isPlace, isTree, parse } from './grammar.js';
import { shapeOf, withoutLiterals } from './shape.js';

beforeAll(() => grammarLoaded);

const piece = fc.constantFrom(
  ...`select insert into update t set delete from where a b = < + - -- /* */ ' '' " "" $ $$ $x$ $1
  E' U&' x' \\ \\' 1 2.5 .5 1e5 0x1f 1_0 limit fetch first rows only ( ) , ; and or not null * ::
  int :: text array [ ] 'x' "y" with as ( select 1 ) é , a.b count(*) order by 1 --'\n \n`.split(
    ' ',
  ),
);
const text = fc
  .tuple(
    fc.constantFrom('select ', 'delete from t where ', 'select 1 limit ', ''),
    fc.array(piece, { maxLength: 14 }),
  )
  .chain(([start, pieces]) =>
    fc.constantFrom(' ', '').map((between) => start + pieces.join(between)),
  );

describe('a shape', () => {
  it.each([
    ["select * from t where a = 1 and b = 'x'", "select * from t where a = 0 and b = ''"],
    ['SELECT 1.5, .5, 1e10, 0x1f, 1_000', 'SELECT 0,  0, 0, 0, 0'],
    ["select 'it''s', E'a\\'b', x'ff', b'01'", "select '', E'', x'', b''"],
    ['select $$a$$, $t$ $$ $t$, $1', "select '', '', $1"],
    ['select "a 1", t1.c2, a$1 from t1', 'select "a 1", t1.c2, a$1 from t1'],
    ['select 1 -- one\n+ 2 /* two /* three */ */ + 3', 'select 0 \n+ 0   + 0'],
    ['select * from t limit 10 offset 20', 'select * from t limit 10 offset 0'],
    ['select 1 limit ( 5 )', 'select 0 limit ( 5 )'],
    ['select 1 ;  ', 'select 0 ;  '],
    ["select 'a'\n'b'", "select ''\n''"],
  ])('of %s', (text, shape) => {
    expect(shapeOf(text)).toBe(shape);
  });

  it.each([
    ['more than one statement', 'select 1; select 2'],
    ['a statement whose facts are in literals', "copy t to '/tmp/x'"],
    ['a DO block', 'do $$ begin end $$'],
    ['a string that does not end', "select 'a"],
    ['an escape that is named later', "select U&'!0041' uescape '!'"],
    ['a string by rules that go on', "select E'a'\n'\\'"],
    ['a number with more behind it', 'select 1a'],
    ['a comment that does not end', 'select 1 /* '],
    ['nothing', ' -- nothing'],
  ])('is not there for %s', (_what, text) => {
    const shape = shapeOf(text);
    if (shape !== undefined) expect(parse(shape)).toHaveProperty('syntaxError');
  });

  it('has the tree of its text, but for the literals', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const shape = shapeOf(sql);
        const whole = parse(sql);
        if (shape === undefined || 'syntaxError' in whole) return;
        expect(bare(parse(shape)), shape).toEqual(bare(whole));
      }),
      { numRuns: 20_000 },
    );
  });
});

/** Statements with a secret at `?`, as a literal of any kind. */
const TELLING = [
  "ALTER USER ann PASSWORD '?'",
  "CREATE ROLE ann LOGIN ENCRYPTED PASSWORD E'\\x41?'",
  'DO $$ BEGIN PERFORM "?"; END $$',
  "DO $x$ BEGIN EXECUTE 'alter user a password ''?'''; END $x$",
  "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '?' $$ SET work_mem = '?'",
  "CREATE FUNCTION f() RETURNS text BEGIN ATOMIC SELECT '?'; SELECT N'?'; END",
  "CREATE USER MAPPING FOR a SERVER s OPTIONS (password '?')",
  "COPY t FROM PROGRAM 'curl -H ?'",
  'SET app.token = ?',
  'SET LOCAL app.token TO ?, ?',
  'SET SESSION "app.token" = "?"',
  "SET app.token = 'a', ?",
  'SET app.token = -5, ?',
  'ALTER ROLE ann IN DATABASE shop SET app.token = ?',
  'ALTER SYSTEM SET app.token TO ?',
  'ALTER FUNCTION f() SET a = b SET app.token = ?',
  'SELECT 1 /* ? /* ? */ */ -- ?',
  "INSERT INTO t VALUES ('?', B'1', '?' '?')".replace(" '?')", "\n'?')"),
  "EXPLAIN SELECT '?' LIMIT 10",
  "PREPARE p AS SELECT $1, '?'",
  "EXECUTE p('?')",
  "NOTIFY channel, '?'",
  "COMMENT ON TABLE t IS '?'",
  "SECURITY LABEL ON TABLE t IS '?'",
];

describe('a statement for the record', () => {
  it.each(TELLING)('has no literal of %s', (text) => {
    const secret = 'hunter2planted';
    const whole = text.replaceAll('?', secret);
    expect(parse(whole)).not.toHaveProperty('syntaxError');
    const shape = withoutLiterals(whole);
    expect(shape).not.toBe('');
    expect(shape).not.toContain(secret);
  });

  it.each([
    ['SELECT * FROM t WHERE a = 10 LIMIT 10', 'SELECT * FROM t WHERE a = 0 LIMIT 0'],
    ['UPDATE t SET a = b, c = 5', 'UPDATE t SET a = b, c = 0'],
    [
      'CREATE FUNCTION f() RETURNS int SET a = b AS $$ x $$',
      "CREATE FUNCTION f() RETURNS int SET a = '' AS ''",
    ],
    [
      'ALTER TABLE t ALTER c SET DEFAULT now(), SET SCHEMA s',
      'ALTER TABLE t ALTER c SET DEFAULT now(), SET SCHEMA s',
    ],
    [' -- why\n SHOW a', 'SHOW a'],
  ])('of %s is %s', (text, shape) => {
    expect(withoutLiterals(text)).toBe(shape);
  });

  it('has no literal of any text that is read', () => {
    fc.assert(
      fc.property(text, (sql) => {
        const whole = sql.replaceAll(' 1 ', " 'planted' ").replaceAll(' é ', ' $é$planted$é$ ');
        // A name is none.
        if (sql.includes('"') || 'syntaxError' in parse(whole)) return;
        expect(withoutLiterals(whole) ?? '').not.toContain('planted');
      }),
      { numRuns: 5_000 },
    );
  });
});

/** Without places and the values of constants, but with the number after LIMIT. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (!isTree(value)) return value;
  if ('A_Const' in value) return 'constant';
  const fields = Object.entries(value).filter(([name]) => !isPlace(name));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, name === 'limitCount' ? counted(field) : bare(field)]),
  );
}

function counted(limit: unknown): unknown {
  const constant = isTree(limit) ? limit['A_Const'] : undefined;
  return isTree(constant) && 'ival' in constant ? constant['ival'] : bare(limit);
}
