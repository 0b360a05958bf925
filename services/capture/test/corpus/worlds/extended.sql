-- What somebody put beside what an extension brings, whose own functions only compute.
CREATE EXTENSION citext;
CREATE FUNCTION citext_eq(text, int) RETURNS boolean LANGUAGE sql AS 'SELECT mark() > 0';
CREATE OPERATOR *=* (LEFTARG = text, RIGHTARG = int, FUNCTION = citext_eq);
CREATE TYPE marking AS (a int);
CREATE FUNCTION citext(marking) RETURNS text LANGUAGE sql AS 'SELECT mark()::text';
CREATE CAST (marking AS text) WITH FUNCTION citext(marking);
