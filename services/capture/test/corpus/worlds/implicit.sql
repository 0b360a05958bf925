-- Casts that the target uses where a text says nothing.
CREATE TYPE shade AS ENUM ('red');
CREATE FUNCTION as_int(shade) RETURNS int LANGUAGE sql AS
  $$ INSERT INTO public.journal (note) VALUES ('cast') RETURNING 1 $$;
CREATE CAST (shade AS int) WITH FUNCTION as_int(shade) AS IMPLICIT;
CREATE TABLE shades (shade shade);
INSERT INTO shades VALUES ('red');
CREATE FUNCTION adds(a int) RETURNS int LANGUAGE sql AS 'SELECT a + 1';
