import { beforeAll, describe, expect, it } from 'vitest';
import {
  grammarLoaded,
  indexCatalog,
  Rulebook,
  SessionRuler,
  StatementText,
} from '../src/index.js';
import type { CatalogFunction, Decision, RulingSources } from '../src/index.js';
import { asking } from './asking.js';

beforeAll(() => grammarLoaded);

const relation = (schema: string, name: string) => ({
  ...{ schema, name, kind: 'table' as const, queries: [], types: [], changes: [] },
  ...{ oid: 0, columns: [], columnTypes: [], parents: [] },
});
const called = (name: string, body: string, language = 'sql'): CatalogFunction => ({
  ...{ schema: 'public', name, language, body, isTrusted: false, queries: [], types: [] },
});
const contents = {
  relations: [relation('public', 'orders'), relation('secret', 'orders'), relation('public', 'a')],
  functions: [
    called('hides', "BEGIN EXECUTE 'PREPARE p AS SELECT 1'; END", 'plpgsql'),
    called('prepares', 'PREPARE p AS DELETE FROM public.orders'),
    called('runs', 'EXECUTE p'),
  ],
  operators: [],
  types: [],
  implicitCasts: [],
  plainTypes: [],
};
const permitAll = rulebookOf('permit (principal, action, resource);');

function rulebookOf(text: string): Rulebook {
  const compiled = Rulebook.compile([{ name: 'p.cedar', text }], text);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return compiled;
}

type Sources = { -readonly [Key in keyof RulingSources]: RulingSources[Key] };

function sourcesOf(rulebook: Rulebook | undefined): Sources {
  return {
    rulebook,
    catalog: indexCatalog(contents),
    searchPath: ['public'],
    isCatalogOld: false,
    catalogChanged: () => undefined,
    now: () => asking.openedAt,
  };
}

/** What a client sends: SQL, or `name: SQL` for a Parse and `=name: SQL` for its execution. */
function send(ruler: SessionRuler, sent: string): Decision {
  const [, runs, name, parsed] = /^(=?)([\w-]+): (.*)$/su.exec(sent) ?? [];
  if (name === undefined) return ruler.rule(() => [new StatementText(sent)]);
  const does = runs === '=' ? 'execute' : 'prepare';
  const read = [parsed === undefined ? undefined : new StatementText(parsed)];
  return ruler.rule(() => read, { does, names: [name] });
}

function told({ does = [] }: Decision): string {
  if (does.some(({ opaque }) => opaque.size > 0)) return 'opaque';
  const accesses = does.flatMap((each) => each.accesses);
  const names = accesses.map(({ action, schema, name }) => `${action} ${schema ?? '?'}.${name}`);
  return [...new Set(names)].sort().join(', ');
}

const READS = 'select public.orders';
const PREPARE = 'PREPARE p AS SELECT * FROM orders';
const DELETE = 'DELETE FROM orders';
const BOTH = 'delete public.orders, select public.orders';

describe('EXECUTE', () => {
  it.each<[string, string, ...string[]]>([
    ['what it names', READS, PREPARE, 'EXECUTE p'],
    ['and its arguments', `select public.a, ${READS}`, PREPARE, 'EXECUTE p((SELECT 1 FROM a))'],
    ['in EXPLAIN ANALYZE', READS, PREPARE, 'EXPLAIN (ANALYZE) EXECUTE p'],
    ['in EXPLAIN', 'delete public.orders', `PREPARE p AS ${DELETE}`, 'EXPLAIN EXECUTE p'],
    ['in CREATE TABLE AS', `create ?.c, ${READS}`, PREPARE, 'CREATE TABLE c AS EXECUTE p'],
    ['within one text', READS, `${PREPARE}; EXECUTE p`],
    ['of a Parse', READS, 'p: SELECT * FROM orders', 'EXECUTE p'],
    ['of a Parse of another name', 'opaque', 'P: SELECT * FROM orders', 'EXECUTE P'],
    ['of a Parse, quoted', READS, 'P: SELECT * FROM orders', 'EXECUTE "P"'],
    ['all that it was', BOTH, PREPARE, 'DEALLOCATE p', `PREPARE p AS ${DELETE}`, 'EXECUTE p'],
    ['what it was, still', BOTH, PREPARE, `DEALLOCATE ALL; PREPARE p AS ${DELETE}`, 'EXECUTE p'],
    ['by SQL and by a Parse', BOTH, PREPARE, `p: ${DELETE}`, 'EXECUTE p'],
    ['of an EXECUTE', READS, PREPARE, 'q: EXECUTE p', 'EXECUTE q'],
    ['of itself', 'opaque', 'p: EXECUTE p', 'EXECUTE p'],
    ['of itself, after another', READS, PREPARE, 'p: EXECUTE p', 'EXECUTE p'],
    ['of what is not known', 'opaque', PREPARE, 'EXECUTE q'],
    ['after what could not be seen', 'opaque', PREPARE, 'SELECT hides()', 'EXECUTE p'],
    ['after a DO', 'opaque', PREPARE, 'DO $$ begin end $$', 'EXECUTE p'],
    ['after a DO in its text', 'opaque', `${PREPARE}; DO ''; EXECUTE p`],
    ['after what cannot be read', 'opaque', PREPARE, 'SELEC 1', 'EXECUTE p'],
    ['after a definition prepared it', 'opaque', PREPARE, 'SELECT prepares()', 'EXECUTE p'],
    ['in a definition', 'opaque', PREPARE, 'SELECT runs()'],
    ['of a name that may be cut', 'opaque', `PREPARE ${'p'.repeat(63)} AS SELECT 1`, 'EXECUTE p'],
    ['after such a name', 'opaque', PREPARE, `${'p'.repeat(63)}: SELECT 1`, 'EXECUTE p'],
    ['after a name of other letters', 'opaque', PREPARE, 'PREPARE é AS SELECT 1', 'EXECUTE p'],
    [
      'by a path of its own',
      `${READS}, select secret.orders`,
      ...[PREPARE, 'SET search_path = secret', 'EXECUTE p'],
    ],
    [
      'of what was read by another path',
      `${READS}, select secret.orders`,
      ...['SET search_path = secret', PREPARE, 'EXECUTE p'],
    ],
    [
      'with a temporary table before another',
      `select pg_temp.orders, ${READS}`,
      ...[PREPARE, 'CREATE TEMP TABLE orders (id int)', 'EXECUTE p'],
    ],
    [
      'of too many',
      'opaque',
      ...[1, 2, 3, 4, 5].map((n) => `PREPARE p AS SELECT ${n}`),
      'EXECUTE p',
    ],
    ['of a long text', 'opaque', `PREPARE p AS SELECT '${'x'.repeat(40_000)}'`, 'EXECUTE p'],
  ])('tells %s', (_what, expected, ...sent) => {
    const ruler = new SessionRuler(asking, sourcesOf(permitAll));
    expect(sent.map((each) => told(send(ruler, each))).at(-1)).toBe(expected);
    // Nor is what was ruled before of any use where something came between.
    send(ruler, 'PREPARE p AS DELETE FROM a');
    expect(told(send(ruler, 'EXECUTE p'))).toMatch(/delete public\.a|opaque/);
  });

  it('tells what a name means by both ways, where SQL has given it too', () => {
    const ruler = new SessionRuler(asking, sourcesOf(permitAll));
    const run = '=p: SELECT * FROM orders';
    send(ruler, 'p: SELECT * FROM orders');
    expect(told(send(ruler, run))).toBe(READS);
    send(ruler, `/* freed */ DEALLOCATE p; PREPARE p AS ${DELETE}`);
    expect(told(send(ruler, run))).toBe(BOTH);
  });

  it('is not seen through where there were no policies when it was prepared', () => {
    const sources = sourcesOf(undefined);
    const ruler = new SessionRuler(asking, sources);
    send(ruler, PREPARE);
    sources.rulebook = permitAll;
    send(ruler, PREPARE);
    expect(told(send(ruler, 'EXECUTE p'))).toBe('opaque');
  });

  it('is not seen through after what was ruled by an old catalog', () => {
    const sources = sourcesOf(permitAll);
    const ruler = new SessionRuler(asking, sources);
    send(ruler, PREPARE);
    sources.isCatalogOld = true;
    send(ruler, 'SELECT * FROM orders');
    sources.isCatalogOld = false;
    expect(told(send(ruler, 'EXECUTE p'))).toBe('opaque');
  });

  it('is ruled by what it does, by the policies and the catalog of then', () => {
    const sources = sourcesOf(permitAll);
    const ruler = new SessionRuler(asking, sources);
    send(ruler, PREPARE);
    sources.rulebook = rulebookOf(
      `permit (principal, action, resource);
       @mask("types=email") permit (principal, action == Action::"select", resource);
       forbid (principal, action == Action::"select", resource)
         when { resource == Table::"orders/shop/secret/orders" };`,
    );
    expect(send(ruler, 'EXECUTE p')).toMatchObject({ effect: 'allow', mask: { columns: [] } });
    sources.searchPath = ['secret'];
    sources.catalog = indexCatalog(contents);
    expect(send(ruler, 'EXECUTE p')).toMatchObject({ effect: 'deny' });
  });

  it('is held with the texts that it may run', () => {
    const held = rulebookOf(
      `permit (principal, action, resource);
       @approve("") permit (principal, action in [Action::"delete", Action::"execute"], resource);`,
    );
    const ruler = new SessionRuler(asking, sourcesOf(held));
    const prepare = `PREPARE p (int) AS DELETE FROM orders WHERE id = $1`;
    expect(send(ruler, prepare).effect).toBe('hold');
    const { effect, hold } = send(ruler, 'EXECUTE p(5)');
    expect(effect).toBe('hold');
    expect(hold).toMatchObject({ executes: [prepare], summary: { writes: ['public.orders'] } });
    expect(send(ruler, 'EXECUTE q(5)').hold?.executes).toEqual([undefined]);
  });

  it('knows nothing of what was denied, and no name after too many', () => {
    const sources = sourcesOf(
      rulebookOf(`permit (principal, action, resource);
        forbid (principal, action == Action::"delete", resource);`),
    );
    const ruler = new SessionRuler(asking, sources);
    send(ruler, `PREPARE p AS ${DELETE}`);
    expect(told(send(ruler, 'EXECUTE p'))).toBe('opaque');
    const other = new SessionRuler(asking, sources);
    send(other, 'q: SELECT 1');
    send(other, PREPARE);
    for (let n = 0; n < 998; n += 1) send(other, `name_${n}: SELECT 1`);
    expect(told(send(other, 'EXECUTE p'))).toBe(READS);
    send(other, 'one_more: SELECT 1');
    expect(told(send(other, 'EXECUTE p'))).toBe('opaque');
    expect(told(send(other, '=q: SELECT 1'))).toBe('');
    expect(other.mayBePrepared('q')).toBe(true);
    send(other, 'PREPARE one_more_by_sql AS SELECT 1');
    expect(told(send(other, '=q: SELECT 1'))).toBe('opaque');
  });
});
