import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactCommand } from '../src/redact-command.js';
import { sqlParts } from '../src/sql-parts.js';
import { equalityTokens } from '../src/equality-tokens.js';
import { nullTokens, shapeTokens } from '../src/tokens.js';
import { type ValueType, valueTypes } from '../src/value-types.js';
import { texts } from './texts.js';

const types: ReadonlySet<ValueType> = new Set(valueTypes);
const plain = (sql: string) =>
  redactCommand(sql, { types }, (type) => `[${type}:00000000]`).text.replaceAll(':00000000', '');

describe('a command in SQL', () => {
  it.each([
    ["ALTER USER a PASSWORD 'x''y' NOLOGIN", "ALTER USER a PASSWORD '[password]' NOLOGIN"],
    ["CREATE ROLE a ENCRYPTED PASSWORD E'x\\'y'", "CREATE ROLE a ENCRYPTED PASSWORD E'[password]'"],
    ['ALTER ROLE a PASSWORD $q$pw$q$', 'ALTER ROLE a PASSWORD $q$[password]$q$'],
    ["CREATE USER a IDENTIFIED WITH p BY 'x'", "CREATE USER a IDENTIFIED WITH p BY '[password]'"],
    ['ALTER USER a IDENTIFIED BY tiger;', 'ALTER USER a IDENTIFIED BY "[password]";'],
    ["SET PASSWORD = 'x'", "SET PASSWORD = '[password]'"],
    [
      "UPDATE u SET api_secret = 'pw' WHERE id = 1",
      "UPDATE u SET api_secret = '[password]' WHERE id = 1",
    ],
    ["SELECT * FROM u WHERE email = 'a@b.co'", "SELECT * FROM u WHERE email = '[email]'"],
    [
      "SELECT 1 WHERE u.first_name ILIKE 'Ada%'",
      "SELECT 1 WHERE u.first_name ILIKE '[person-name]'",
    ],
    ['SELECT 1 WHERE card = 4111111111111111', "SELECT 1 WHERE card = '[card]'"],
    ['SELECT 1 /* by a@b.co */ -- and c@d.co', 'SELECT 1 /* by [email] */ -- and [email]'],
    ['SELECT 1 AS "a@b.co"', 'SELECT 1 AS "[email]"'],
    [
      "INSERT INTO u (id, password, first_name) VALUES (1, 'pw', 'Ada'), (2, lower('y'), 'Bo')",
      "INSERT INTO u (id, password, first_name) VALUES (1, '[password]', '[person-name]'), " +
        "(2, lower('y'), '[person-name]')",
    ],
    [
      `INSERT INTO d VALUES ('{"password":"it''s"}')`,
      `INSERT INTO d VALUES ('{"password":"[password]"}')`,
    ],
    ["DO $$ BEGIN PERFORM f('a@b.co'); END $$", "DO $$ BEGIN PERFORM f('[email]'); END $$"],
    ["ALTER USER a PASSWORD 'cut of", "ALTER USER a PASSWORD '[password]"],
  ])('%s', (sql, redacted) => {
    expect(plain(sql)).toBe(redacted);
  });

  it.each([
    'ALTER USER a PASSWORD NULL',
    "SELECT password FROM users WHERE id = $1 AND name = 'x'",
    "UPDATE u SET password = $1 WHERE password_policy = 'strict'",
    "SELECT '2024-05-01'::date, 4111111111111112, 1e10, 'git@github.com:a/b'",
  ])('has nothing in it: %s', (sql) => {
    expect(plain(sql)).toBe(sql);
  });

  it('counts by type, and keeps the shape inside its quotes', () => {
    const { text, counts } = redactCommand(
      "SELECT 'a@b.co', E'it\\'s q@b.co'",
      { types },
      shapeTokens,
    );
    expect(text).toBe("SELECT 'x@x.xx', E'it\\'s x@x.xx'");
    expect(counts).toEqual({ email: 2 });
  });

  it('has the same parts afterwards', () => {
    const kinds = (sql: string) => [...sqlParts(sql)].map(({ kind }) => kind).join(' ');
    const equality = equalityTokens(new Uint8Array(32));
    const literal = texts.chain((text) =>
      fc.constantFrom(
        `'${text.replaceAll("'", "''")}'`,
        `E'${text.replace(/['\\]/g, '\\$&')}'`,
        `"${text.replaceAll('"', '""')}"`,
        `$q$${text.replaceAll('$', '')}$q$`,
      ),
    );
    fc.assert(
      fc.property(
        fc.array(literal, { maxLength: 5 }),
        fc.constantFrom(equality, shapeTokens, nullTokens),
        (literals, tokens) => {
          const sql = `SELECT ${literals.join(' , ')} FROM t WHERE password = ${literals[0] ?? 1}`;
          expect(kinds(redactCommand(sql, { types }, tokens).text)).toBe(kinds(sql));
        },
      ),
      { numRuns: 300 },
    );
  });
});
