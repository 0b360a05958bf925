-- How values of a type compare.
CREATE TYPE weight AS (grams int);
CREATE FUNCTION weigh(weight, weight) RETURNS int LANGUAGE sql IMMUTABLE AS
  'SELECT $1.grams - $2.grams + 0 * public.mark()';
CREATE FUNCTION lighter(weight, weight) RETURNS boolean LANGUAGE sql IMMUTABLE AS
  'SELECT $1.grams < $2.grams';
CREATE FUNCTION same(weight, weight) RETURNS boolean LANGUAGE sql IMMUTABLE AS
  'SELECT $1.grams = $2.grams OR public.mark() < 0';
CREATE FUNCTION hashed(weight) RETURNS int LANGUAGE sql IMMUTABLE AS
  'SELECT $1.grams + 0 * public.mark()';
CREATE OPERATOR <# (LEFTARG = weight, RIGHTARG = weight, FUNCTION = lighter);
CREATE OPERATOR =# (LEFTARG = weight, RIGHTARG = weight, FUNCTION = same, HASHES, MERGES,
  COMMUTATOR = =#);
CREATE OPERATOR CLASS weights DEFAULT FOR TYPE weight USING btree AS OPERATOR 1 <#,
  OPERATOR 3 =#, FUNCTION 1 weigh(weight, weight);
CREATE OPERATOR CLASS hashed_weights DEFAULT FOR TYPE weight USING hash AS OPERATOR 1 =#,
  FUNCTION 1 hashed(weight);
CREATE TABLE weights (weight weight);
INSERT INTO weights VALUES (ROW(1)), (ROW(2)), (ROW(1));
