--- INSERT | rows | insert select
INSERT INTO journal (note) VALUES ('a')
--- INSERT of a query | rows | insert select
INSERT INTO journal (note) SELECT name FROM things
--- INSERT that changes what is there | rows | insert select update
INSERT INTO things (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'b'
--- UPDATE | rows | update
UPDATE things SET name = 'changed' WHERE id = 1
--- UPDATE by a join | rows | update
UPDATE things t SET name = 'x' FROM journal j RIGHT JOIN things o ON true WHERE o.id = t.id
--- DELETE with USING | rows | delete
DELETE FROM things USING parts WHERE things.id = parts.thing
--- DELETE that goes on to others | rows | delete
DELETE FROM things WHERE id = 2
--- MERGE | rows | delete merge
MERGE INTO things t USING parts p ON p.thing = t.id WHEN NOT MATCHED BY SOURCE THEN DELETE
--- MERGE with all there is | rows | insert merge select update
MERGE INTO things t USING (SELECT 9 AS id UNION ALL SELECT 1) s ON s.id = t.id
WHEN MATCHED THEN UPDATE SET name = 'm' WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)
--- TRUNCATE | rows | truncate
TRUNCATE things CASCADE
--- COPY from the client | rows | copy-from
COPY things (id) FROM STDIN
--- a write in WITH | rows | delete select
WITH gone AS (DELETE FROM things RETURNING *) SELECT * FROM gone
--- a write in WITH that nobody names | rows | insert select
WITH a AS (SELECT 1), b AS (INSERT INTO journal (note) VALUES ('x')) SELECT * FROM a
--- a write in WITH of a write | rows | delete insert select
WITH a AS (DELETE FROM things RETURNING id)
INSERT INTO journal (note) SELECT id::text FROM a
--- a write in a recursive WITH | rows | insert select
WITH RECURSIVE a AS (INSERT INTO journal (note) VALUES ('x') RETURNING id),
  n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT * FROM a, n
--- a write in WITH under the name of a table | rows | delete select
WITH journal AS (DELETE FROM things RETURNING id) TABLE journal
--- EXPLAIN ANALYZE | rows | delete explain
EXPLAIN ANALYZE DELETE FROM things
--- EXPLAIN with options | rows | delete explain
EXPLAIN (COSTS off, ANALYZE true, TIMING off) DELETE FROM things
--- EXPLAIN with options in the old order | rows | delete explain
EXPLAIN ANALYZE VERBOSE DELETE FROM things
--- EXPLAIN that changes its mind | rows | delete explain
EXPLAIN (ANALYZE off, ANALYZE on) DELETE FROM things
--- EXPLAIN with a number | rows | delete explain
EXPLAIN (ANALYZE 1) DELETE FROM things
--- EXPLAIN with a quoted word | rows | delete explain
EXPLAIN ("analyze" 'TRUE') DELETE FROM things
--- EXPLAIN ANALYZE of a write in WITH | rows | delete explain select
EXPLAIN (ANALYZE, SERIALIZE text) WITH a AS (DELETE FROM things RETURNING 1) SELECT * FROM a
--- EXPLAIN ANALYZE of CREATE TABLE AS | relations | explain select opaque
EXPLAIN ANALYZE CREATE TABLE copied_too AS SELECT * FROM things
--- EXPLAIN ANALYZE of an EXECUTE | rows | delete execute explain prepare
PREPARE p AS DELETE FROM things;
-- then
EXPLAIN ANALYZE EXECUTE p
--- PREPARE and EXECUTE | rows | delete execute prepare
PREPARE p AS DELETE FROM things; EXECUTE p
--- PREPARE of a MERGE | rows | delete execute merge prepare select
PREPARE p (int) AS MERGE INTO things t USING (SELECT 1) x ON t.id = $1 WHEN MATCHED THEN DELETE;
-- then
EXECUTE p (5)
--- CREATE TABLE AS EXECUTE | rows | create execute insert prepare select
PREPARE p AS SELECT mark(); CREATE TABLE copied_too AS EXECUTE p
--- SELECT INTO | relations | create
SELECT * INTO copied_too FROM things
--- SELECT INTO a temporary table | relations | create
SELECT 1 AS id INTO TEMP copied_too
--- CREATE TABLE AS | relations | create select
CREATE TABLE copied_too AS TABLE things
--- CREATE TABLE AS VALUES | relations | create select
CREATE UNLOGGED TABLE copied_too AS VALUES (1)
--- COPY of a write | rows | copy-to delete
COPY (DELETE FROM things RETURNING id) TO STDOUT
--- COPY of a query with a write in WITH | rows | copy-to insert select
COPY (WITH a AS (INSERT INTO journal (note) VALUES ('x') RETURNING id) SELECT * FROM a) TO STDOUT
--- COPY to a program | files | copy-program select
COPY (SELECT 1) TO PROGRAM 'cat > {files}/by-program'
--- COPY from a program | rows | copy-program
COPY journal (note) FROM PROGRAM 'echo hello'
--- COPY to a file | files | copy-file
COPY things TO '{files}/by-copy'
--- COPY from a file | rows | copy-file
COPY journal (note) FROM '{files}/secret.txt'
--- COPY to a file in binary | files | copy-file select
COPY (TABLE things) TO '{files}/binary' WITH (FORMAT binary)
--- a cursor over a function that writes | rows | declare fetch insert select transaction
BEGIN; DECLARE c CURSOR FOR SELECT mark(); FETCH c; COMMIT
--- a cursor that outlives its transaction | rows | declare insert select
DECLARE c CURSOR WITH HOLD FOR SELECT mark()
--- a cursor that takes locks | locks | declare fetch lock select transaction
BEGIN; DECLARE c CURSOR FOR SELECT * FROM things FOR UPDATE; FETCH c
--- writing where a cursor stands | rows | declare delete fetch select transaction
BEGIN; DECLARE c CURSOR FOR SELECT * FROM things; FETCH c; DELETE FROM things
WHERE CURRENT OF c; COMMIT
--- SELECT FOR UPDATE | locks | lock select transaction
BEGIN; SELECT * FROM things FOR UPDATE
--- SELECT FOR KEY SHARE | locks | lock select transaction
BEGIN; SELECT * FROM things t FOR KEY SHARE OF t SKIP LOCKED
--- SELECT FOR UPDATE in a subquery | locks | lock select transaction
BEGIN; SELECT (SELECT id FROM things LIMIT 1 FOR NO KEY UPDATE)
--- LOCK | locks | lock transaction
BEGIN; LOCK TABLE things IN EXCLUSIVE MODE
--- LOCK without its words | locks | lock transaction
BEGIN; LOCK ruled
--- NOTIFY | notifications | notify
NOTIFY news, 'heard'
--- DO | rows | do opaque
DO $$ BEGIN DELETE FROM things; END $$
--- DO of a plain string | rows | do opaque
DO LANGUAGE plpgsql 'BEGIN PERFORM mark(); END'
--- DO of an escaped string | rows | do opaque
DO E'BEGIN \x44ELETE FROM things; END'
--- CALL | rows | call delete
CALL proceed()
--- CALL of one that commits | rows | call delete
CALL proceed_out(1)
--- REFRESH | relations | refresh select
REFRESH MATERIALIZED VIEW kept
--- VACUUM | planner numbers | vacuum
VACUUM things
--- VACUUM FULL | relations | vacuum
VACUUM FULL things
--- ANALYZE | planner numbers | analyze
ANALYZE things
--- CLUSTER | relations | cluster
CLUSTER things USING things_pkey
--- REINDEX | relations | reindex
REINDEX TABLE things
--- CHECKPOINT | wal | checkpoint
CHECKPOINT
--- CREATE TABLE | relations | create
CREATE TABLE copied_too ()
--- CREATE TEMP TABLE | relations | create
CREATE TEMP TABLE copied_too ()
--- CREATE VIEW | relations | create select
CREATE VIEW another AS SELECT 1
--- CREATE INDEX | relations | create
CREATE INDEX ON things (name)
--- CREATE SEQUENCE | sequences | create
CREATE SEQUENCE more
--- CREATE FUNCTION | functions | create
CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'
--- CREATE FUNCTION for the session | functions | create
CREATE FUNCTION pg_temp.more() RETURNS int LANGUAGE sql AS 'SELECT 1'
--- CREATE OR REPLACE of what is there | functions | create
CREATE OR REPLACE FUNCTION purge() RETURNS int LANGUAGE sql AS 'SELECT 1'
--- CREATE SCHEMA with what is in it | relations | create
CREATE SCHEMA more CREATE TABLE copied_too ()
--- CREATE TYPE | types | create
CREATE TYPE more AS ENUM ('a')
--- CREATE DOMAIN | types | create
CREATE DOMAIN more AS int
--- CREATE TRIGGER | triggers | create
CREATE TRIGGER more BEFORE DELETE ON things EXECUTE FUNCTION triggering()
--- CREATE RULE | rules | create
CREATE RULE more AS ON INSERT TO things DO INSTEAD NOTHING
--- CREATE POLICY | policies | create
CREATE POLICY more ON secured USING (true)
--- CREATE OPERATOR | operators | create
CREATE OPERATOR <=%=> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)
--- CREATE CAST | casts | create
CREATE CAST (colour AS int) WITH INOUT AS IMPLICIT
--- CREATE EXTENSION | extensions | create
CREATE EXTENSION citext
--- CREATE PUBLICATION | publications | create
CREATE PUBLICATION more FOR ALL TABLES
--- CREATE STATISTICS | statistics | create
CREATE STATISTICS more ON id, name FROM things
--- CREATE COLLATION | collations | create
CREATE COLLATION more FROM "C"
--- CREATE EVENT TRIGGER | event triggers | create
CREATE EVENT TRIGGER more ON ddl_command_start EXECUTE FUNCTION watching()
--- CREATE SERVER | servers | create
CREATE SERVER more FOREIGN DATA WRAPPER postgres_fdw
--- CREATE DATABASE | databases | create
CREATE DATABASE created_by_case
-- undo
DROP DATABASE created_by_case
--- CREATE ROLE | roles | create-role
CREATE ROLE created_by_case SUPERUSER
-- undo
DROP ROLE created_by_case
--- ALTER TABLE | columns | alter
ALTER TABLE things ADD COLUMN more int
--- ALTER TABLE that renames | relations | alter
ALTER TABLE things RENAME TO others
--- ALTER SEQUENCE | relations | alter
ALTER SEQUENCE tickets RESTART WITH 50
--- ALTER SYSTEM | settings of the server | alter-system
ALTER SYSTEM SET log_statement = 'none'
-- undo
ALTER SYSTEM RESET log_statement
--- ALTER ROLE | roles | alter-role
ALTER ROLE plain_reader SUPERUSER
-- undo
ALTER ROLE plain_reader NOSUPERUSER
--- ALTER ROLE SET | settings kept | alter-role
ALTER ROLE plain_reader SET search_path = hidden
-- undo
ALTER ROLE plain_reader RESET ALL
--- ALTER DATABASE SET | settings kept | alter
ALTER DATABASE guarded_plain SET work_mem = '1MB'
-- undo
ALTER DATABASE guarded_plain RESET ALL
--- ALTER DEFAULT PRIVILEGES | default privileges | grant
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC
--- ALTER OWNER | relations | alter
ALTER TABLE things OWNER TO plain_reader
--- ALTER a type | columns | alter
ALTER TABLE copied ALTER id TYPE bigint
--- REASSIGN OWNED | relations | alter
REASSIGN OWNED BY plain_owner TO plain_reader
--- GRANT | relations | grant
GRANT ALL ON things TO PUBLIC
--- GRANT of a role | members | grant
GRANT plain_reader TO pg_monitor
-- undo
REVOKE plain_reader FROM pg_monitor
--- REVOKE | relations | revoke
REVOKE ALL ON things FROM plain_reader
--- DROP TABLE | relations | drop
DROP TABLE things CASCADE
--- DROP FUNCTION | functions | drop
DROP FUNCTION nested()
--- DROP OWNED | relations | drop
DROP OWNED BY plain_reader
--- COMMENT | comments | comment
COMMENT ON TABLE things IS 'mine'
--- IMPORT FOREIGN SCHEMA | relations | create
IMPORT FOREIGN SCHEMA public LIMIT TO (far_journal) FROM SERVER loopback INTO hidden_copies
