--- plainly | rows | delete
DELETE FROM things
--- in small letters | rows | delete
delete from things
--- in mixed letters | rows | delete
dElEtE fRoM tHiNgS wHeRe tRuE
--- behind a comment | rows | delete
/* SELECT */ DELETE FROM things
--- comments for spaces | rows | delete
DELETE/**/FROM/**/things/**/WHERE/**/id/**/=/**/1
--- nested comments | rows | delete
/* /* */ SELECT 1; */ DELETE FROM things
--- comments to the end of the line | rows | delete
-- SELECT 1
DELETE -- SELECT
FROM -- journal
things
--- quoted names | rows | delete
DELETE FROM "public"."things"
--- escaped names | rows | delete
DELETE FROM U&"\0074hings"
--- escaped names of their own escape | rows | delete
DELETE FROM U&"!0074hings" UESCAPE '!'
--- the schema and the database | rows | delete
DELETE FROM ONLY public.things AS journal
--- tabs, form feeds and returns | rows | delete
	
DELETE	FROM		things
--- after empty statements | rows | delete
;;; DELETE FROM things ;;
--- after one that reads | rows | delete select
SELECT 1; DELETE FROM things
--- between two that read | rows | delete select
SELECT 1; DELETE FROM things; SELECT 2
--- after a string that looks like a comment | rows | delete select
SELECT '/*'; DELETE FROM things; SELECT '*/'
--- after a dollar string | rows | delete select
SELECT $a$ ; $$ ' $a$; DELETE FROM things
--- after a string with escapes | rows | delete select
SELECT E'\'; SELECT 1; --'; DELETE FROM things
--- after a backslash that escapes nothing | rows | delete select
SELECT '\'; DELETE FROM things; SELECT '\'
--- after doubled quotes | rows | delete select
SELECT ''''; DELETE FROM things --'
--- after a quoted name with a quote | rows | delete select
SELECT 1 AS """;"; DELETE FROM things --"
--- after a continued string | rows | delete select
SELECT 'a'
'; b'; DELETE FROM things
--- after a national string | rows | delete select
SELECT N'x'; DELETE FROM things
--- after a bit string | rows | delete select
SELECT B'01', X'0f'; DELETE FROM things
--- after an escaped string of its own escape | rows | delete select
SELECT U&'!0027' UESCAPE '!'; DELETE FROM things
--- after dollar tags within dollar tags | rows | delete select
SELECT $x$ $y$ $x$; DELETE FROM things; SELECT $y$ $y$
--- after an operator like a comment | rows | delete select
SELECT 5 OPERATOR(pg_catalog.-) -1; DELETE FROM things
--- in a transaction | rows | delete transaction
BEGIN; DELETE FROM things; COMMIT
--- in a savepoint | rows | delete transaction
BEGIN; SAVEPOINT a; DELETE FROM things; RELEASE a; COMMIT
--- where the transaction only reads at first | rows | delete set transaction
BEGIN READ ONLY; SET TRANSACTION READ WRITE; DELETE FROM things; COMMIT
--- a text that no version reads, after one that writes | rows | other opaque
DELETE FROM things;
-- then
SELEC 1
