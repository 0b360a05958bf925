--- another path to a view of the same name | rows | insert select set
SET search_path = hidden, public; SELECT * FROM things
--- another path, in the next text | rows | insert select set
SET search_path = hidden, public;
-- then
SELECT * FROM things
--- another path to a function of Postgres | rows | insert select set
SET search_path = hidden, pg_catalog, public; SELECT lower('A'::text)
--- another path to now | rows | insert select set
SET search_path TO hidden, pg_catalog, public;
-- then
SELECT now()
--- another path for one transaction | rows | insert select set transaction
BEGIN; SET LOCAL search_path = hidden, public; SELECT * FROM things; COMMIT
--- another path by SET SCHEMA | rows | insert select set
SET SCHEMA 'hidden'; SELECT * FROM things
--- another path by a setting in quotes | rows | insert select set
SET "Search_Path" TO 'hidden'; TABLE things
--- another path by set_config | rows | insert select opaque
SELECT set_config('search_path', 'hidden', false);
-- then
TABLE things
--- another path within WITH | rows | insert select opaque
WITH a AS (SELECT set_config('search_path', 'hidden', false)) SELECT * FROM a;
-- then
TABLE things
--- COMMIT PREPARED of what another session did | rows | two-phase
COMMIT PREPARED 'left {database}'
--- ROLLBACK PREPARED of what another session did | prepared transactions | two-phase
ROLLBACK PREPARED 'left {database}'
--- PREPARE TRANSACTION | prepared transactions | transaction two-phase
BEGIN; PREPARE TRANSACTION 'of case'
-- undo
ROLLBACK PREPARED 'of case'
--- where the session only reads | rows | delete set
SET default_transaction_read_only = on; SET transaction_read_only = off; DELETE FROM things
--- where the characteristics of the session change | rows | delete set
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; DELETE FROM things
--- as another role | rows | insert select set
SET ROLE plain_reader; SELECT mark()
--- as another user | rows | insert select set
SET SESSION AUTHORIZATION plain_reader; SELECT mark()
--- after RESET ALL | rows | delete insert reset select
RESET ALL; DELETE FROM things
--- after DISCARD ALL | rows | delete discard insert select
DISCARD ALL;
-- then
DELETE FROM things
--- by strings of other rules | rows | select set opaque
SET standard_conforming_strings = off;
-- then
SELECT '\''; DELETE FROM things; --'
--- by strings of other rules, in one text for those who read on | rows | delete set opaque
SET standard_conforming_strings TO 'off';
-- then
DELETE FROM things WHERE name <> '\\'
--- in another encoding | rows | delete set opaque
SET client_encoding = 'SJIS'; DELETE FROM things
--- in another encoding by SET NAMES | rows | delete set opaque
SET NAMES 'GBK'; DELETE FROM things
--- in LATIN1, by a name that reads otherwise | rows | select set opaque
SET client_encoding = 'LATIN1';
-- then
SELECT "fä"()
--- a temporary table that hides one | relations | create delete
CREATE TEMP TABLE things (id int); DELETE FROM things
--- a temporary view that hides a table | rows | create insert select
CREATE TEMP VIEW things AS SELECT public.mark() AS id; SELECT * FROM things
--- a function of the session by its schema | rows | create select opaque
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
-- then
SELECT pg_temp.f()
