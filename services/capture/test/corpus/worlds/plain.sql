-- Functions that hide what they do.
CREATE FUNCTION nested() RETURNS int LANGUAGE sql AS 'SELECT public.mark() + 0';
CREATE FUNCTION deeper() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN public.nested(); END';
CREATE FUNCTION deepest() RETURNS int LANGUAGE sql AS 'SELECT public.deeper()';
CREATE FUNCTION said_stable() RETURNS int LANGUAGE sql STABLE AS 'SELECT public.mark()';
CREATE FUNCTION said_immutable() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT public.mark()';
CREATE FUNCTION folded() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
  'BEGIN RETURN public.mark(); END';
CREATE FUNCTION folded(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
  'BEGIN RETURN $1 + 0 * public.mark(); END';
CREATE FUNCTION atomic_one() RETURNS int LANGUAGE sql
  BEGIN ATOMIC INSERT INTO journal (note) VALUES ('atomic') RETURNING id; END;
CREATE FUNCTION returning_one() RETURNS int LANGUAGE sql RETURN (SELECT mark());
CREATE FUNCTION defaulted(a int DEFAULT mark()) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION defaulted_too(b int, a int DEFAULT mark()) RETURNS int LANGUAGE plpgsql AS
  'BEGIN RETURN a + b; END';
CREATE FUNCTION named(a int, b int) RETURNS int LANGUAGE sql AS
  'INSERT INTO public.journal (note) VALUES (a::text) RETURNING id';
CREATE FUNCTION many(VARIADIC a int[]) RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE FUNCTION anything(a anyelement) RETURNS anyelement LANGUAGE sql AS
  $$ INSERT INTO public.journal (note) VALUES ('any') RETURNING a $$;
CREATE FUNCTION rowing() RETURNS SETOF int LANGUAGE sql AS
  'DELETE FROM public.things WHERE id = 5 RETURNING id';
CREATE FUNCTION tabular() RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS
  $$ BEGIN RETURN QUERY UPDATE public.things SET price = 0 RETURNING id, name; END $$;
CREATE FUNCTION built(what text) RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN EXECUTE what; RETURN 1; END $$;
CREATE FUNCTION built_query(what text) RETURNS SETOF int LANGUAGE plpgsql AS
  $$ BEGIN RETURN QUERY EXECUTE what; END $$;
CREATE FUNCTION built_loop(what text) RETURNS int LANGUAGE plpgsql AS
  $$ DECLARE r record; BEGIN FOR r IN EXECUTE what LOOP END LOOP; RETURN 1; END $$;
CREATE FUNCTION built_cursor(what text) RETURNS int LANGUAGE plpgsql AS
  $$ DECLARE c refcursor; n int; BEGIN OPEN c FOR EXECUTE what; FETCH c INTO n; RETURN n; END $$;
CREATE FUNCTION assigning() RETURNS int LANGUAGE plpgsql AS
  $$ DECLARE n int := public.mark(); BEGIN n := n + 1; RETURN n; END $$;
CREATE FUNCTION branching(on_it boolean) RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN IF on_it THEN PERFORM public.mark(); END IF; RETURN 1; END $$;
CREATE FUNCTION catching() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN PERFORM 1 / 0; RETURN 0; EXCEPTION WHEN OTHERS THEN RETURN public.mark(); END $$;
CREATE FUNCTION raising() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN RAISE NOTICE '%', public.mark(); RETURN 1; END $$;
CREATE FUNCTION asserting() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN ASSERT public.mark() > 0; RETURN 1; END $$;
CREATE FUNCTION indexing() RETURNS int LANGUAGE plpgsql AS
  $$ DECLARE a int[] := '{1}'; BEGIN a[public.mark()] := 2; RETURN 1; END $$;
CREATE FUNCTION looping() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN FOR i IN 1 .. public.mark() LOOP NULL; END LOOP; RETURN 1; END $$;
CREATE FUNCTION cursing() RETURNS int LANGUAGE plpgsql AS
  $$ DECLARE c CURSOR (a int) FOR SELECT public.mark() + a; n int;
  BEGIN OPEN c (1); FETCH c INTO n; RETURN n; END $$;
CREATE FUNCTION opened() RETURNS refcursor LANGUAGE plpgsql AS
  $$ DECLARE c refcursor := 'opened'; BEGIN OPEN c FOR SELECT public.mark(); RETURN c; END $$;
CREATE FUNCTION settled() RETURNS int LANGUAGE plpgsql SET search_path = pg_temp, public AS
  'BEGIN RETURN mark(); END';
CREATE FUNCTION internal_next(regclass) RETURNS bigint LANGUAGE internal AS 'nextval_oid';
CREATE FUNCTION notifying() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN NOTIFY news; RETURN 1; END $$;
CREATE FUNCTION defining() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN CREATE TABLE defined (); RETURN 1; END $$;
CREATE FUNCTION locking() RETURNS bigint LANGUAGE sql AS
  'SELECT id FROM public.things WHERE id = 1 FOR UPDATE';
CREATE FUNCTION copying() RETURNS int LANGUAGE sql AS
  'SELECT public.built_query(''SELECT 1'')';
CREATE PROCEDURE proceed() LANGUAGE sql AS 'DELETE FROM public.things WHERE id = 5';
CREATE PROCEDURE proceed_out(INOUT a int) LANGUAGE plpgsql AS
  'BEGIN DELETE FROM public.things WHERE id = 5; COMMIT; a := 1; END';
CREATE FUNCTION of_thing(t things) RETURNS int LANGUAGE sql AS
  'DELETE FROM public.things x WHERE x.id = t.id RETURNING id';
CREATE FUNCTION adding(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + public.mark()';
CREATE AGGREGATE adding_up(int) (SFUNC = adding, STYPE = int, INITCOND = '0');
CREATE FUNCTION finishing(a int) RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE AGGREGATE finishing_up(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0',
  FINALFUNC = finishing);
CREATE FUNCTION moving(a int, b int) RETURNS int LANGUAGE sql STRICT AS 'SELECT a + b';
CREATE FUNCTION moving_back(a int, b int) RETURNS int LANGUAGE sql STRICT AS
  'SELECT a - b + 0 * public.mark()';
CREATE AGGREGATE moving_sum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', MSFUNC = moving,
  MINVFUNC = moving_back, MSTYPE = int, MINITCOND = '0');
CREATE FUNCTION ordered_final(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
-- A name of Postgres itself, nearer to its arguments.
CREATE FUNCTION upper(varchar) RETURNS text LANGUAGE sql AS
  $$ SELECT 'x' || public.mark() $$;
CREATE FUNCTION length(things) RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE SCHEMA hidden;
CREATE FUNCTION hidden.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'x' || public.mark() $$;
CREATE FUNCTION hidden.now() RETURNS timestamptz LANGUAGE sql AS
  $$ INSERT INTO public.journal (note) VALUES ('now') RETURNING pg_catalog.now() $$;
CREATE VIEW hidden.things AS SELECT public.mark() AS id, 'a' AS name;
-- Operators.
CREATE FUNCTION operate(int, int) RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE OPERATOR <%%> (LEFTARG = int, RIGHTARG = int, FUNCTION = operate);
CREATE OPERATOR @!! (RIGHTARG = int, FUNCTION = folded);
CREATE FUNCTION innocent(int, int) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN $1 = $2; END';
CREATE FUNCTION guilty(int, int) RETURNS boolean LANGUAGE plpgsql AS
  'BEGIN RETURN public.mark() > $1 - $2; END';
CREATE OPERATOR !%% (LEFTARG = int, RIGHTARG = int, FUNCTION = guilty);
CREATE OPERATOR %%% (LEFTARG = int, RIGHTARG = int, FUNCTION = innocent, NEGATOR = !%%);
-- Types.
CREATE FUNCTION checks(int) RETURNS boolean LANGUAGE sql AS 'SELECT public.mark() > 0 OR $1 = 0';
CREATE DOMAIN checked AS int CHECK (checks(VALUE));
CREATE DOMAIN checked_again AS checked;
CREATE TYPE pair AS (a int, b checked);
CREATE TYPE pair_of_pairs AS (a pair, b text);
CREATE TYPE checked_range AS RANGE (SUBTYPE = checked);
CREATE TABLE holders (id int, value checked);
INSERT INTO holders VALUES (1, NULL);
CREATE DOMAIN initcap AS text CHECK (mark() > 0);
CREATE FUNCTION takes(a checked) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN a; END';
CREATE FUNCTION gives() RETURNS checked LANGUAGE plpgsql AS 'BEGIN RETURN 3; END';
CREATE FUNCTION gives_rows() RETURNS TABLE (a checked) LANGUAGE plpgsql AS
  'BEGIN a := 2; RETURN NEXT; END';
CREATE FUNCTION holds() RETURNS int LANGUAGE plpgsql AS
  'DECLARE v checked; BEGIN v := 5; RETURN v; END';
CREATE FUNCTION holds_column() RETURNS int LANGUAGE plpgsql AS
  'DECLARE v holders.value%TYPE; BEGIN v := 5; RETURN v; END';
CREATE FUNCTION holds_row() RETURNS int LANGUAGE plpgsql AS
  'DECLARE v holders%ROWTYPE; BEGIN v.value := 5; RETURN v.value; END';
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE TYPE shade AS ENUM ('red', 'dark');
CREATE FUNCTION to_colour(shade) RETURNS colour LANGUAGE sql AS
  $$ INSERT INTO public.journal (note) VALUES ('cast') RETURNING 'red'::public.colour $$;
CREATE CAST (shade AS colour) WITH FUNCTION to_colour(shade);
CREATE TABLE shades (shade shade);
INSERT INTO shades VALUES ('red');
-- Views, rules, policies, triggers.
CREATE VIEW trap AS SELECT mark() AS id, 'a' AS name;
CREATE VIEW trap_of_trap AS SELECT name FROM trap;
CREATE VIEW harmless AS SELECT id, name FROM things;
CREATE VIEW ordered_trap AS SELECT id FROM things ORDER BY said_stable();
CREATE TABLE secured (id int);
INSERT INTO secured VALUES (1);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
ALTER TABLE secured FORCE ROW LEVEL SECURITY;
CREATE POLICY marking ON secured USING (mark() > 0);
CREATE ROLE plain_reader;
GRANT SELECT ON secured, things TO plain_reader;
GRANT SELECT, INSERT ON journal TO plain_reader;
CREATE VIEW redirected AS SELECT id, name FROM things;
CREATE FUNCTION instead() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN DELETE FROM public.things WHERE id = OLD.id; RETURN OLD; END';
CREATE TRIGGER instead INSTEAD OF UPDATE ON redirected FOR EACH ROW EXECUTE FUNCTION instead();
CREATE TABLE ruled (id int);
CREATE RULE also AS ON INSERT TO ruled DO ALSO DELETE FROM things WHERE id = 5;
CREATE TABLE triggered (id int);
CREATE FUNCTION triggering() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN DELETE FROM public.things WHERE id = 5; RETURN NEW; END';
CREATE TRIGGER triggering BEFORE INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION triggering();
-- What the planner computes before anything runs.
CREATE TABLE defaults (id int DEFAULT folded(), name text);
CREATE TABLE indexed (id int, name text);
CREATE TABLE partly_indexed (id int, name text);
CREATE TABLE measured (id int, name text);
CREATE TABLE generated (id int, twice int GENERATED ALWAYS AS (folded(id)) STORED);
CREATE TABLE split (id int, name text) PARTITION BY LIST (id);
CREATE TABLE split_1 PARTITION OF split FOR VALUES IN (1);
CREATE TABLE constrained (id int, name text);
CREATE TABLE inherits_index () INHERITS (constrained);
CREATE INDEX ON indexed ((id + folded(1)));
CREATE INDEX ON partly_indexed (id) WHERE id > folded(2);
CREATE STATISTICS measuring ON (id + folded(3)), name FROM measured;
CREATE INDEX ON split_1 ((id + folded(4)));
CREATE INDEX ON inherits_index ((id + folded(5)));
TRUNCATE journal RESTART IDENTITY;
-- What others left behind.
CREATE EXTENSION dblink;
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION file_fdw;
CREATE EXTENSION hstore;
CREATE EXTENSION tablefunc;
CREATE EXTENSION xml2;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE program (line text) SERVER files
  OPTIONS (program 'echo 1 > {files}/written; echo line');
CREATE TABLE split_far PARTITION OF split FOR VALUES IN (2) PARTITION BY LIST (name);
CREATE FOREIGN TABLE split_foreign PARTITION OF split_far FOR VALUES IN ('x') SERVER files
  OPTIONS (program 'echo 1 > {files}/written_too; echo ''2	x''');
CREATE PUBLICATION everything FOR TABLE things;
CREATE MATERIALIZED VIEW kept AS SELECT id FROM things;
CREATE FUNCTION watching() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE SCHEMA hidden_copies;
CREATE SERVER loopback FOREIGN DATA WRAPPER postgres_fdw
  OPTIONS (host '127.0.0.1', port '{port}', dbname 'postgres');
CREATE USER MAPPING FOR CURRENT_USER SERVER loopback
  OPTIONS (user 'app', password 'backend-secret-0815');
CREATE FOREIGN TABLE far_away (id int) SERVER loopback OPTIONS (table_name 'far_trap');
CREATE TABLE copied (id int);
CREATE ROLE plain_owner;
CREATE TABLE owned (id int);
ALTER TABLE owned OWNER TO plain_owner;
-- One of these is what the other is where its bytes are read as LATIN1.
CREATE FUNCTION "fä"() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION "fÃ¤"() RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
