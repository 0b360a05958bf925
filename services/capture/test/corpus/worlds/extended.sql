-- What somebody put beside what an extension brings, whose own functions only compute.
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE FUNCTION texticlike(text, int) RETURNS boolean LANGUAGE sql AS 'SELECT mark() > 0';
CREATE OPERATOR *=* (LEFTARG = text, RIGHTARG = int, FUNCTION = texticlike);
CREATE TYPE marking AS (a int);
CREATE FUNCTION hstore(marking) RETURNS text LANGUAGE sql AS 'SELECT mark()::text';
CREATE CAST (marking AS text) WITH FUNCTION hstore(marking);
-- Whoever owns an extension may make their own things part of it.
CREATE FUNCTION joined(int) RETURNS int STABLE LANGUAGE sql AS 'SELECT $1 + mark()';
ALTER EXTENSION citext ADD FUNCTION joined(int);
CREATE FUNCTION counted(int, int) RETURNS int LANGUAGE sql AS 'SELECT $2 + mark()';
CREATE AGGREGATE joined_sum(int) (SFUNC = counted, STYPE = int);
ALTER EXTENSION citext ADD AGGREGATE joined_sum(int);
