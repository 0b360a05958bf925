/** What somebody made, not Postgres itself; in `pg_depend` it says on what an expression rests. */
const OWN = '>= 16384';
const restsOnOwn = (catalog: string, object: string) => `EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${object}
  AND d.refobjid ${OWN} AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass,
    'pg_type'::regclass))`;

const arrayOf = (query: string) => `coalesce((SELECT json_agg(q) FROM (${query}) AS d), '[]')`;
const named = (schema: string, name: string) =>
  `json_build_object('schema', ${schema}, 'name', ${name})`;

/** What the planner computes of a table, and what reading it runs. */
const QUERIES = arrayOf(`
  SELECT pg_get_viewdef(c.oid) AS q WHERE c.relkind = 'v'
  UNION ALL
  SELECT 'SELECT ' || pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p
  WHERE p.polrelid = c.oid AND p.polqual IS NOT NULL
  UNION ALL
  SELECT 'SELECT ' || e FROM pg_index i, unnest(ARRAY[pg_get_expr(i.indexprs, i.indrelid),
    pg_get_expr(i.indpred, i.indrelid)]) AS e
  WHERE i.indrelid = c.oid AND e IS NOT NULL AND ${restsOnOwn('pg_class', 'i.indexrelid')}
  UNION ALL
  SELECT 'SELECT ' || substring(pg_get_statisticsobjdef(s.oid) FROM ' ON (.*) FROM ')
  FROM pg_statistic_ext s
  WHERE s.stxrelid = c.oid AND ${restsOnOwn('pg_statistic_ext', 's.oid')}
  UNION ALL
  SELECT 'SELECT ' || pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k
  WHERE k.conrelid = c.oid AND k.contype = 'c' AND ${restsOnOwn('pg_constraint', 'k.oid')}
  UNION ALL
  SELECT 'SELECT ' || pg_get_expr(t.partexprs, t.partrelid) FROM pg_partitioned_table t
  WHERE t.partrelid = c.oid AND t.partexprs IS NOT NULL`);

const change = (on: string, query: string, isPlanned: boolean) =>
  `json_build_object('on', ${on}, 'query', ${query}, 'isPlanned', ${isPlanned}) AS q`;
const WRITES = `'["insert", "update"]'::json`;

/** What runs where the rows of a table are changed. */
const CHANGES = arrayOf(`
  SELECT ${change(
    `array_remove(ARRAY[CASE WHEN t.tgtype & 4 > 0 THEN 'insert' END,
      CASE WHEN t.tgtype & 8 > 0 THEN 'delete' END, CASE WHEN t.tgtype & 16 > 0 THEN 'update' END,
      CASE WHEN t.tgtype & 32 > 0 THEN 'truncate' END], NULL)`,
    `concat('SELECT ', t.tgfoid::regproc, '()', ' WHERE ' ||
      substring(pg_get_triggerdef(t.oid) FROM ' WHEN (\\(.*\\)) EXECUTE '))`,
    false,
  )}
  FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'
  UNION ALL
  SELECT ${change(
    `ARRAY[CASE r.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' ELSE 'delete' END]`,
    'pg_get_ruledef(r.oid)',
    true,
  )}
  FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.ev_type <> '1' AND r.ev_enabled <> 'D'
  UNION ALL
  SELECT ${change(WRITES, `'SELECT ' || pg_get_expr(a.adbin, a.adrelid)`, true)}
  FROM pg_attrdef a WHERE a.adrelid = c.oid AND ${restsOnOwn('pg_attrdef', 'a.oid')}
  UNION ALL
  SELECT ${change(WRITES, `'SELECT ' || pg_get_expr(p.polwithcheck, p.polrelid)`, true)}
  FROM pg_policy p WHERE p.polrelid = c.oid AND p.polwithcheck IS NOT NULL
  UNION ALL
  SELECT ${change(
    `'["delete"]'::json`,
    `CASE k.confdeltype WHEN 'c' THEN 'DELETE FROM ' ||
    k.conrelid::regclass ELSE format('UPDATE %s SET %I = NULL', k.conrelid::regclass, a.attname)
    END || ' WHERE ctid IS NULL'`,
    false,
  )}
  FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd')
  UNION ALL
  SELECT ${change(
    `'["update"]'::json`,
    `format('UPDATE %s SET %I = NULL WHERE ctid IS NULL',
    k.conrelid::regclass, a.attname)`,
    false,
  )}
  FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
  WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confupdtype IN ('c', 'n', 'd')
  UNION ALL
  SELECT ${change(`'["refresh"]'::json`, 'pg_get_viewdef(c.oid)', false)} WHERE c.relkind = 'm'`);

const RELATIONS = `
  SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'oid', c.oid::bigint,
    'columns', coalesce((
      SELECT json_agg(CASE WHEN NOT a.attisdropped THEN a.attname END ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0), '[]'),
    'columnTypes', coalesce((
      SELECT json_agg(coalesce(nullif(t.typbasetype, 0), a.atttypid)::bigint ORDER BY a.attnum)
      FROM pg_attribute a LEFT JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = c.oid AND a.attnum > 0), '[]'),
    'queries', CASE WHEN c.oid ${OWN} THEN ${QUERIES} ELSE '[]' END,
    'types', CASE WHEN c.oid ${OWN} THEN ${arrayOf(`
      SELECT DISTINCT t.typname AS q FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND t.oid ${OWN}`)} ELSE '[]' END,
    'changes', CASE WHEN c.oid ${OWN} THEN ${CHANGES} ELSE '[]' END,
    'parents', ${arrayOf(`
      SELECT ${named('pn.nspname', 'p.relname')} AS q FROM pg_inherits i
      JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
      WHERE i.inhrelid = c.oid`)})), '[]')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_(toast|temp)'`;

const FUNCTIONS = `
  SELECT coalesce(json_agg(json_build_object(
    'schema', n.nspname, 'name', p.proname, 'language', l.lanname, 'kind', p.prokind,
    'volatile', p.provolatile = 'v', 'extension', e.extname, 'settings', p.proconfig,
    'source', CASE WHEN l.lanname IN ('sql', 'internal') THEN nullif(p.prosrc, '') END,
    'definition', CASE WHEN l.lanname IN ('sql', 'plpgsql') AND p.prokind IN ('f', 'p')
      THEN pg_get_functiondef(p.oid) END,
    'defaults', pg_get_expr(p.proargdefaults, 0),
    'types', ${arrayOf(`
      SELECT DISTINCT t.typname AS q FROM pg_type t WHERE t.oid ${OWN} AND t.oid
        = ANY (coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype)`)},
    'support', (
      SELECT json_agg(f.oid::regproc::text) FROM pg_aggregate a, unnest(ARRAY[a.aggtransfn,
        a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn,
        a.aggminvtransfn, a.aggmfinalfn]::oid[]) AS f(oid)
      WHERE a.aggfnoid = p.oid AND f.oid <> 0))), '[]')
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_language l ON l.oid = p.prolang
  LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
  LEFT JOIN pg_extension e ON e.oid = d.refobjid
  WHERE (n.nspname <> 'pg_catalog' OR p.oid ${OWN}) AND n.nspname !~ '^pg_temp'`;

/**
 * The planner may put an operator's commutator or negator in its place; and comparing, sorting and
 * hashing, which texts say by = and <, call what the classes of operators are made of. What of
 * Postgres itself takes internal values only serves an index.
 */
const OPERATORS = `
  SELECT coalesce(json_agg(json_build_object('name', u.name,
    'function', ${named('fn.nspname', 'f.proname')})), '[]')
  FROM (
    SELECT DISTINCT o.oprname AS name, p.oprcode AS code FROM pg_operator o
    JOIN pg_operator p ON p.oid IN (o.oid, o.oprcom, o.oprnegate) WHERE p.oid ${OWN}
    UNION
    SELECT '=', m.amproc FROM pg_amproc m JOIN pg_proc p ON p.oid = m.amproc
    WHERE m.oid ${OWN} AND (p.oid ${OWN} OR NOT 'internal'::regtype = ANY (p.proargtypes))
    UNION
    SELECT '=', p.oprcode FROM pg_amop m JOIN pg_operator p ON p.oid = m.amopopr
    JOIN pg_am a ON a.oid = m.amopmethod AND a.amname IN ('btree', 'hash')
    WHERE m.oid ${OWN}) AS u
  JOIN pg_proc f ON f.oid = u.code
  JOIN pg_namespace fn ON fn.oid = f.pronamespace`;

/** To JSON values are cast by whatever cast there is, with no word in the text. */
const CASTS = `
  SELECT coalesce(json_agg(json_build_object(
    'types', json_build_array(s.typname, t.typname),
    'implicit', c.castcontext <> 'e' OR t.typname IN ('json', 'jsonb'),
    'function', ${named('fn.nspname', 'f.proname')})), '[]')
  FROM pg_cast c
  JOIN pg_type s ON s.oid = c.castsource
  JOIN pg_type t ON t.oid = c.casttarget
  JOIN pg_proc f ON f.oid = c.castfunc
  JOIN pg_namespace fn ON fn.oid = f.pronamespace
  WHERE c.oid ${OWN}`;

/** Of which types others are made: domains, arrays, composites, ranges and their ranges. */
const PARTS = `
  SELECT t.typbasetype WHERE t.typbasetype <> 0
  UNION ALL SELECT t.typelem WHERE t.typelem <> 0
  UNION ALL SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0
  UNION ALL SELECT r.rngsubtype FROM pg_range r
    WHERE t.oid IN (r.rngtypid, (to_jsonb(r) ->> 'rngmultitypid')::oid)`;

const TYPES = `
  SELECT coalesce(json_agg(json_build_object(
    'oid', t.oid::bigint, 'name', t.typname, 'queries', ${arrayOf(`
      SELECT 'SELECT ' || pg_get_expr(k.conbin, 0) AS q FROM pg_constraint k
      WHERE k.contypid = t.oid AND k.conbin IS NOT NULL
      UNION ALL
      SELECT 'SELECT ' || pg_get_expr(t.typdefaultbin, 0) WHERE t.typdefaultbin IS NOT NULL
        AND ${restsOnOwn('pg_type', 't.oid')}
      UNION ALL
      SELECT concat('SELECT ', r.rngcanonical, '()') FROM pg_range r
      WHERE r.rngtypid = t.oid AND r.rngcanonical <> 0`)},
    'types', ${arrayOf(`
      SELECT DISTINCT p.typname AS q FROM pg_type p WHERE p.oid ${OWN} AND p.oid IN (${PARTS})`)}
    )), '[]')
  FROM pg_type t WHERE t.oid ${OWN}`;

/**
 * What the catalog of a target says that rulings rest on: where its user's names lead first, then
 * its schemas, then all of it as one JSON text. Names that are printed carry their schema, since
 * the search path is empty then. For Postgres 11 and later.
 */
export const CATALOG_QUERY = `
SET default_transaction_read_only = on;
SELECT array_to_json(current_schemas(false))::text;
SELECT json_agg(nspname)::text FROM pg_namespace;
SET search_path = '';
SELECT json_build_object('relations', (${RELATIONS}), 'functions', (${FUNCTIONS}),
  'operators', (${OPERATORS}), 'casts', (${CASTS}), 'types', (${TYPES}))::text`;
