--- one in SQL | rows | insert select
SELECT mark()
--- one in PL/pgSQL | rows | delete select
SELECT purge()
--- one that calls one that does | rows | insert select
SELECT nested()
--- four deep | rows | insert select
SELECT deepest()
--- said to be STABLE | rows | insert select
SELECT said_stable()
--- said to be IMMUTABLE | rows | insert select
SELECT said_immutable()
--- with a parsed body | rows | insert select
SELECT atomic_one()
--- with a RETURN | rows | insert select
SELECT returning_one()
--- by the default of an argument | rows | insert select
SELECT defaulted()
--- by the default of an argument in PL/pgSQL | rows | insert select
SELECT defaulted_too(1)
--- by the default of an argument, others named | rows | insert select
SELECT defaulted_too(b => 2)
--- by named arguments | rows | insert select
SELECT named(b => 1, a => 2)
--- by named arguments of the old form | rows | insert select
SELECT named(b := 1, a := 2)
--- variadic | rows | insert select
SELECT many(1, 2, 3)
--- variadic by an array | rows | insert select
SELECT many(VARIADIC ARRAY[1, 2])
--- polymorphic | rows | insert select
SELECT anything('a'::text)
--- giving rows | rows | delete select
SELECT * FROM rowing()
--- giving rows in the select list | rows | delete select
SELECT rowing()
--- giving a table | rows | select update
SELECT b FROM tabular() AS t (a, b)
--- ROWS FROM | rows | delete select
SELECT * FROM ROWS FROM (generate_series(1, 3), rowing()) WITH ORDINALITY
--- LATERAL | rows | delete select
SELECT * FROM things t, LATERAL of_thing(t) x
--- LATERAL by a JOIN | rows | insert select
SELECT * FROM things LEFT JOIN LATERAL (SELECT mark() WHERE id > 0) x ON true
--- a text that it runs | rows | select opaque
SELECT built('delete from things')
--- a query that it runs | rows | select opaque
SELECT built_query('delete from things returning id')
--- a loop over a text | rows | select opaque
SELECT built_loop('delete from things returning id')
--- a cursor over a text | rows | select opaque
SELECT built_cursor('select mark()')
--- in a declaration | rows | insert select
SELECT assigning()
--- in a branch | rows | insert select
SELECT branching(true)
--- in a handler of errors | rows | insert select
SELECT catching()
--- in RAISE | rows | insert select
SELECT raising()
--- in ASSERT | rows | insert select
SELECT asserting()
--- in a subscript | rows | insert select
SELECT indexing()
--- in the bound of a loop | rows | insert select
SELECT looping()
--- in the query of a cursor | rows | insert select
SELECT cursing()
--- by a cursor that it gives | rows | fetch insert select transaction
BEGIN; SELECT opened(); FETCH ALL IN opened; COMMIT
--- with a setting of its own | rows | insert select
SELECT settled()
--- a name for a function of Postgres | sequences | select opaque
SELECT internal_next('tickets')
--- that notifies | notifications | notify select
SELECT notifying()
--- that defines | relations | create select
SELECT defining()
--- that locks | locks | lock select transaction
BEGIN; SELECT locking()
--- of a row | rows | delete select
SELECT of_thing(t) FROM things t
--- of a row, written as a column | rows | delete select
SELECT t.of_thing FROM things t
--- of a row, written as a field | rows | delete select
SELECT (t).of_thing FROM things t
--- of a row, after its whole name | rows | delete select
SELECT public.things.of_thing FROM public.things
--- of a value, written as a field | rows | insert select
SELECT (1).folded
--- an aggregate | rows | insert select
SELECT adding_up(id) FROM things
--- the end of an aggregate | rows | insert select
SELECT finishing_up(id) FROM things
--- an aggregate over a window | rows | insert select
SELECT adding_up(id) OVER (ORDER BY id) FROM things
--- an aggregate that takes back | rows | insert select
SELECT moving_sum(id) OVER (ORDER BY id ROWS 1 PRECEDING) FROM things
--- within an aggregate | rows | insert select
SELECT sum(mark()) FROM things
--- in FILTER | rows | insert select
SELECT count(*) FILTER (WHERE mark() > 0) FROM things
--- in the order of an aggregate | rows | insert select
SELECT string_agg(name, ',' ORDER BY mark()) FROM things
--- in the direct argument of an ordered set | rows | insert select
SELECT percentile_disc(least(0.5, mark())) WITHIN GROUP (ORDER BY id) FROM things
--- in WHERE | rows | insert select
SELECT 1 FROM things WHERE mark() > 0
--- in ON | rows | insert select
SELECT 1 FROM things a JOIN things b ON a.id = b.id AND mark() > 0
--- in GROUP BY | rows | insert select
SELECT 1 FROM things GROUP BY mark()
--- in HAVING | rows | insert select
SELECT 1 FROM things HAVING mark() > 0
--- in ORDER BY | rows | insert select
SELECT 1 ORDER BY mark()
--- in LIMIT | rows | insert select
SELECT 1 LIMIT mark()
--- in OFFSET | rows | insert select
SELECT 1 OFFSET mark()
--- in FETCH FIRST | rows | insert select
SELECT 1 FETCH FIRST (mark()) ROWS ONLY
--- in DISTINCT ON | rows | insert select
SELECT DISTINCT ON (mark()) id FROM things
--- in a window | rows | insert select
SELECT count(*) OVER w FROM things WINDOW w AS (PARTITION BY mark())
--- in the frame of a window | rows | insert select
SELECT count(*) OVER (ROWS BETWEEN mark() PRECEDING AND CURRENT ROW) FROM things
--- in CASE | rows | insert select
SELECT CASE WHEN id = 1 THEN mark() ELSE 0 END FROM things
--- in COALESCE | rows | insert select
SELECT coalesce(NULL, mark())
--- in GREATEST | rows | insert select
SELECT greatest(1, mark())
--- in NULLIF | rows | insert select
SELECT nullif(mark(), 1)
--- in IN | rows | insert select
SELECT 1 IN (2, mark())
--- in BETWEEN | rows | insert select
SELECT 1 BETWEEN 0 AND mark()
--- in ANY | rows | insert select
SELECT 1 = ANY (ARRAY[mark()])
--- in ARRAY of a query | rows | insert select
SELECT ARRAY(SELECT mark())
--- in EXISTS | rows | insert select
SELECT 1 WHERE EXISTS (SELECT FROM (SELECT mark() AS m OFFSET 0) x WHERE m > 0)
--- in a subscript | rows | insert select
SELECT (ARRAY[1, 2])[mark()]
--- in a row | rows | insert select
SELECT (ROW(mark(), 2)).*
--- in VALUES | rows | insert select
VALUES (1), (mark())
--- in UNION | rows | insert select
SELECT 1 UNION SELECT mark()
--- in EXCEPT, nested | rows | insert select
(SELECT 1 EXCEPT (SELECT 2 INTERSECT SELECT mark())) LIMIT 1
--- in WITH | rows | insert select
WITH a AS MATERIALIZED (SELECT mark()) SELECT * FROM a
--- in WITH under the name of a view that is harmless | rows | insert select
WITH harmless AS (SELECT mark() AS m) SELECT * FROM harmless
--- in a recursive query | rows | insert select
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + mark() FROM n WHERE i < 2) TABLE n
--- in JSON_TABLE | rows | insert select
SELECT * FROM JSON_TABLE(('[' || mark() || ']')::jsonb, '$[*]' COLUMNS (a int PATH '$'))
--- in what JSON_TABLE falls back to | rows | insert select
SELECT * FROM JSON_TABLE('[{}]', '$[*]' COLUMNS (a int PATH '$.a' DEFAULT mark() ON EMPTY))
--- in JSON_VALUE | rows | insert select
SELECT JSON_VALUE('{"a": 1}'::jsonb, '$.a ? (@ > $x)' PASSING mark() AS x)
--- in JSON_OBJECT | rows | insert select
SELECT JSON_OBJECT('a' VALUE mark())
--- in JSON_ARRAYAGG | rows | insert select
SELECT JSON_ARRAYAGG(mark() ORDER BY 1 RETURNING jsonb) FROM things
--- in JSON_ARRAY of a query | rows | insert select
SELECT JSON_ARRAY(SELECT mark())
--- in XMLTABLE | rows | insert select
SELECT * FROM XMLTABLE('/a' PASSING (XMLELEMENT(NAME a, mark())) COLUMNS b text PATH '.')
--- in the default of XMLTABLE | rows | insert select
SELECT * FROM XMLTABLE('/a' PASSING XMLPARSE(DOCUMENT '<a/>') COLUMNS b int PATH 'b' DEFAULT mark())
--- in XMLELEMENT | rows | insert select
SELECT XMLELEMENT(NAME a, XMLATTRIBUTES(mark() AS b))
--- in AT TIME ZONE | rows | insert select
SELECT now() AT TIME ZONE make_interval(hours => mark())
--- in EXTRACT | rows | insert select
SELECT EXTRACT(day FROM now() + make_interval(days => mark()))
--- in OVERLAY | rows | insert select
SELECT OVERLAY('abc' PLACING 'x' FROM mark())
--- with COLLATE | rows | insert select
SELECT mark()::text COLLATE "C"
--- in GROUPING SETS | rows | insert select
SELECT count(*) FROM things GROUP BY GROUPING SETS ((mark()), ())
--- in the arguments of EXECUTE | rows | execute insert prepare select
PREPARE p (int) AS SELECT $1; EXECUTE p (mark())
--- by a name in quotes | rows | insert select
SELECT "public"."mark"()
--- by an escaped name | rows | insert select
SELECT U&"\006dark"()
--- by a name in capitals | rows | insert select
SELECT MARK()
--- with spaces and comments | rows | insert select
SELECT public . /* a */ mark -- b
(
)
--- by the name of one of Postgres | rows | insert select
SELECT upper('a'::varchar)
--- by the name of one of Postgres, of a row | rows | insert select
SELECT length(t) FROM things t
--- in EXPLAIN ANALYZE | rows | explain insert select
EXPLAIN ANALYZE SELECT mark()
--- in EXPLAIN, folded by the planner | rows | explain insert select
EXPLAIN SELECT folded()
--- in EXPLAIN, estimated by the planner | rows | explain insert select
EXPLAIN SELECT * FROM things WHERE id > folded(3)
--- in EXPLAIN of a write | rows | explain insert select
EXPLAIN DELETE FROM things WHERE id = folded(9)
--- in EXPLAIN of what a row gets by default | rows | explain insert select
EXPLAIN INSERT INTO defaults (name) VALUES ('x')
--- in PREPARE, folded at EXECUTE | rows | execute insert prepare select
PREPARE p AS SELECT folded(); EXECUTE p
--- in SELECT of nothing | rows | insert select
SELECT FROM things WHERE mark() IS NULL
--- in a sample | rows | insert select
SELECT * FROM things TABLESAMPLE bernoulli (folded(99)) REPEATABLE (1)
