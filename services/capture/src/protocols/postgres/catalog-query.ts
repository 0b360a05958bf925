/**
 * What the catalog of a target says that rulings rest on: where its user's names lead first, then
 * all of it as one JSON text. Names that are printed carry their schema, since the search path is
 * empty then. For Postgres 11 and later.
 */
export const CATALOG_QUERY = `
SET default_transaction_read_only = on;
SELECT array_to_json(current_schemas(false))::text;
SET search_path = '';
SELECT json_build_object(
  'relations', (
    SELECT coalesce(json_agg(json_build_object(
      'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
      'queries', CASE WHEN n.nspname IN ('pg_catalog', 'information_schema') THEN '[]' ELSE (
        SELECT coalesce(json_agg(q), '[]') FROM (
          SELECT pg_get_viewdef(c.oid) AS q WHERE c.relkind IN ('v', 'm')
          UNION ALL
          SELECT 'SELECT ' || pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p
          WHERE p.polrelid = c.oid AND p.polqual IS NOT NULL
        ) AS d) END)), '[]')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_(toast|temp)'),
  'functions', (
    SELECT coalesce(json_agg(json_build_object(
      'schema', n.nspname, 'name', p.proname, 'language', l.lanname, 'kind', p.prokind,
      'volatile', p.provolatile = 'v', 'extension', e.extname,
      'source', CASE WHEN l.lanname = 'sql' THEN nullif(p.prosrc, '') END,
      'definition', CASE WHEN l.lanname IN ('sql', 'plpgsql') AND p.prokind IN ('f', 'p')
        THEN pg_get_functiondef(p.oid) END,
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
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_temp'),
  'operators', (
    SELECT coalesce(json_agg(json_build_object('name', o.oprname,
      'function', json_build_object('schema', fn.nspname, 'name', f.proname))), '[]')
    FROM pg_operator o
    JOIN pg_namespace n ON n.oid = o.oprnamespace
    JOIN pg_proc f ON f.oid = o.oprcode
    JOIN pg_namespace fn ON fn.oid = f.pronamespace
    WHERE n.nspname <> 'pg_catalog'),
  'casts', (
    SELECT coalesce(json_agg(json_build_object(
      'types', json_build_array(s.typname, t.typname), 'implicit', c.castcontext <> 'e',
      'function', json_build_object('schema', fn.nspname, 'name', f.proname))), '[]')
    FROM pg_cast c
    JOIN pg_type s ON s.oid = c.castsource
    JOIN pg_type t ON t.oid = c.casttarget
    JOIN pg_proc f ON f.oid = c.castfunc
    JOIN pg_namespace fn ON fn.oid = f.pronamespace
    WHERE c.oid >= 16384),
  'domains', (
    SELECT coalesce(json_agg(json_build_object('name', t.typname,
      'query', 'SELECT ' || pg_get_expr(k.conbin, 0))), '[]')
    FROM pg_constraint k
    JOIN pg_type t ON t.oid = k.contypid
    JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE k.conbin IS NOT NULL AND n.nspname <> 'information_schema'))::text`;
