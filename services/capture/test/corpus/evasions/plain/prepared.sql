--- a name that leads elsewhere when it runs | rows | execute insert prepare select set
PREPARE p AS SELECT id FROM things;
-- then
SET search_path = hidden, public;
-- then
EXECUTE p
--- a name that leads elsewhere, in one text | rows | execute insert prepare select set
PREPARE p AS SELECT id FROM things; SET search_path = hidden, public; EXECUTE p
--- a name that leads elsewhere in one transaction | rows | execute insert prepare select set transaction
PREPARE p AS SELECT id FROM things;
-- then
BEGIN; SET LOCAL search_path = hidden, public; EXECUTE p; COMMIT
--- a name that was run before, and leads elsewhere | rows | execute insert prepare select set
PREPARE p AS SELECT id FROM things; EXECUTE p;
-- then
SET search_path = hidden, public;
-- then
EXECUTE p
--- what is prepared in a transaction stays | rows | execute insert prepare select transaction
BEGIN; PREPARE p AS SELECT mark(); ROLLBACK;
-- then
EXECUTE p
--- prepared again after it was freed | rows | deallocate delete execute prepare select
PREPARE p AS SELECT 1; EXECUTE p; DEALLOCATE p; PREPARE p AS DELETE FROM things;
-- then
EXECUTE p
--- prepared again after a comment freed it | rows | deallocate delete execute prepare select
PREPARE p AS SELECT 1; EXECUTE p;
-- then
/* all */ DEALLOCATE /* of */ PREPARE ALL;
-- then
PREPARE p AS DELETE FROM things;
-- then
EXECUTE p
--- prepared again after DISCARD ALL | rows | delete discard execute insert prepare select
PREPARE p AS SELECT 1;
-- then
DISCARD ALL;
-- then
PREPARE p AS DELETE FROM things;
-- then
EXECUTE p
--- by a name in capitals, beside one in quotes | rows | delete execute prepare select
PREPARE "P" AS SELECT 1; PREPARE p AS DELETE FROM things; EXECUTE P
--- by a name with an escape | rows | execute insert prepare select
PREPARE p AS SELECT 1; PREPARE q AS SELECT mark(); EXECUTE U&"!0071" UESCAPE '!'
--- by a name that is cut | rows | execute insert prepare select opaque
PREPARE of_more_characters_than_a_name_of_postgres_can_have_so_it_is_cut_here_1 AS SELECT mark();
-- then
EXECUTE of_more_characters_than_a_name_of_postgres_can_have_so_it_is_cut_here_2
--- with EXPLAIN ANALYZE and a value | rows | delete execute explain prepare
PREPARE p (int) AS DELETE FROM things WHERE id = $1;
-- then
EXPLAIN (ANALYZE, COSTS off) EXECUTE p (5)
--- with EXPLAIN alone, which plans | rows | execute explain insert prepare select
PREPARE p AS SELECT folded();
-- then
EXPLAIN EXECUTE p
--- into a table that may be there | rows | create execute insert prepare select
PREPARE p AS SELECT mark() AS id;
-- then
CREATE TABLE IF NOT EXISTS copied_too AS EXECUTE p
--- with EXPLAIN ANALYZE of a table from it | rows | execute explain insert prepare select opaque
PREPARE p AS SELECT mark() AS id;
-- then
EXPLAIN ANALYZE CREATE TABLE copied_too AS EXECUTE p
--- prepared by DO | rows | do execute opaque
DO $$ BEGIN EXECUTE 'PREPARE p AS DELETE FROM public.things'; END $$;
-- then
EXECUTE p
--- prepared by dynamic SQL | rows | execute select opaque
SELECT built('PREPARE p AS SELECT public.mark()');
-- then
EXECUTE p
--- a known name, prepared again by dynamic SQL | rows | execute prepare select opaque
PREPARE p AS SELECT 1;
-- then
SELECT built('DEALLOCATE p'), built('PREPARE p AS SELECT public.mark()');
-- then
EXECUTE p
--- run by dynamic SQL | rows | do insert prepare select opaque
PREPARE p AS SELECT mark();
-- then
DO $$ BEGIN EXECUTE 'EXECUTE p'; END $$
--- a type of a parameter that checks | rows | execute insert prepare select
PREPARE p (checked) AS SELECT $1;
-- then
EXECUTE p (5)
--- a value of a type that checks | rows | execute insert prepare select
PREPARE p (int) AS SELECT $1;
-- then
EXECUTE p (5::checked)
--- a temporary view of the same name | rows | create execute insert prepare select
PREPARE p AS SELECT id FROM things; EXECUTE p;
-- then
CREATE TEMP VIEW things AS SELECT public.mark() AS id;
-- then
EXECUTE p
--- as another role, whom row security binds | rows | execute insert prepare select set
PREPARE p AS SELECT id FROM secured; EXECUTE p;
-- then
SET ROLE plain_reader;
-- then
EXECUTE p
--- by a plan for all values | rows | execute insert prepare select set
SET plan_cache_mode = force_generic_plan; PREPARE p (int) AS SELECT mark() + $1; EXECUTE p (1)
--- a write in WITH | rows | delete execute prepare select
PREPARE p AS WITH gone AS (DELETE FROM things RETURNING id) SELECT id FROM gone;
-- then
EXECUTE p
--- one of two | rows | execute insert prepare select
PREPARE a AS SELECT 1; PREPARE b AS SELECT mark(); EXECUTE a; EXECUTE b
