--- VALUES
VALUES ((SELECT secret FROM people))
--- VALUES beside a table
SELECT v.a FROM people p, LATERAL (VALUES (p.secret)) v(a)
--- the second of two statements
SELECT 1; SELECT upper(secret) AS x FROM people
--- one after two that give other columns
SELECT 1 AS secret; SELECT 2; SELECT s || '' FROM renamed
--- a function in FROM
SELECT f FROM people, upper(secret) f
--- a function in FROM, LATERAL
SELECT f FROM people, LATERAL upper(password) f
--- an array taken apart
SELECT f FROM people, unnest(ARRAY[password, secret]) f
--- several functions in FROM
SELECT t.x FROM ROWS FROM (unnest((SELECT array_agg(secret) FROM people))) t(x)
--- a row taken apart as JSON
SELECT value FROM people p, json_each_text(row_to_json(p)) WHERE key = 'secret'
--- a path into JSON
SELECT x FROM people p, jsonb_path_query(to_jsonb(p), '$.secret') x
--- a record out of JSON
SELECT r.* FROM people, json_to_record(json_build_object('x', secret)) AS r(x text)
--- XMLTABLE
SELECT x FROM people, XMLTABLE('/a' PASSING xmlelement(name a, secret) COLUMNS x text PATH 'text()')
--- JSON_TABLE
SELECT x FROM people, JSON_TABLE(jsonb_build_object('a', password), '$' COLUMNS (x text PATH '$.a'))
--- what a failed cast would say
SELECT message FROM people, pg_input_error_info(password, 'int4')
--- beside a star that nobody can count
SELECT *, upper(secret) AS z FROM people JOIN others USING (id)
--- a join with names of its own
SELECT j.b || '' FROM (people p JOIN others o ON p.id = o.id) AS j(a, b)
--- a join with names of its own for columns of both
SELECT j.* FROM (SELECT secret AS s FROM people) p NATURAL JOIN (SELECT 1) o, upper(p.s) AS j
--- a query that names what stands before it
SELECT y FROM (SELECT secret AS zz FROM people) p, LATERAL (SELECT p.zz || '' AS y) q
--- the other half of a UNION in a query within
SELECT (SELECT '' UNION ALL SELECT secret FROM people OFFSET 1) AS z
--- a WITH in a query within
SELECT (WITH w(a) AS (SELECT secret FROM people) SELECT a || '' FROM w) AS z
--- from one column to the next in rounds
WITH RECURSIVE t(a, b, n) AS (SELECT '', secret, 0 FROM people
  UNION ALL SELECT b, '', n + 1 FROM t WHERE n < 1) SELECT a FROM t
--- RETURNING of MERGE
MERGE INTO others o USING (SELECT upper(secret) b FROM people) k ON o.id = 1
  WHEN MATCHED THEN UPDATE SET x = x RETURNING k.b
--- RETURNING of DELETE
DELETE FROM others USING (SELECT upper(secret) b FROM people) k WHERE id = 1 RETURNING k.b
--- RETURNING of UPDATE
UPDATE others SET x = x FROM (SELECT upper(secret) b FROM people) k RETURNING k.b
--- RETURNING of INSERT
INSERT INTO others VALUES (7, '') RETURNING (SELECT secret || '' FROM people) AS r
--- a cursor
BEGIN; DECLARE c CURSOR FOR SELECT upper(secret) AS x FROM people
-- then
FETCH 1 FROM c
--- a cursor over a view
BEGIN; DECLARE c CURSOR FOR SELECT s FROM renamed
-- then
FETCH 1 FROM c
--- a view
SELECT s FROM renamed
--- a materialized view
SELECT s FROM kept
--- a view of a function in FROM
SELECT f FROM taken
--- JSON with keys of its own
SELECT json_build_object('a', password) FROM people
--- JSON in JSON with keys of its own
SELECT jsonb_build_object('a', jsonb_build_object('b', password)) FROM people
--- JSON of rows with names of their own
SELECT json_agg(k) FROM (SELECT password AS a FROM people) k
--- JSON with the keys of another column
SELECT jsonb_object_agg(id, password) FROM people
--- what the planner keeps
SELECT histogram_bounds FROM pg_stats WHERE attname = 'secret'
--- what the planner keeps, as a text
SELECT v || '' FROM (SELECT histogram_bounds::text AS v FROM pg_stats) q WHERE v ~ 'secret'
--- what the planner keeps, where it keeps it
SELECT stavalues1 FROM pg_statistic
--- words of a text
SELECT to_tsvector('simple', secret) FROM people
--- a partition
SELECT note FROM notes_of_one
--- what is made of a partition
SELECT upper(note) AS x FROM notes_of_one
--- a table that inherits the column
SELECT s FROM (SELECT word AS s FROM heirs) q
--- what a function reads
SELECT reveal(1)
--- what a function in PL/pgSQL reads
SELECT x || '' FROM (SELECT unlock(id) AS x FROM others) q
--- what a function of a row reads
SELECT o.word_of FROM others o
--- what a function in FROM reads
SELECT r FROM reveal(1) r
--- a view of what a function reads
SELECT r FROM revealed
