-- A cast that every function of JSON uses, though no text asks for it.
CREATE TYPE shade AS ENUM ('red');
CREATE FUNCTION as_json(shade) RETURNS json LANGUAGE sql AS
  $$ INSERT INTO public.journal (note) VALUES ('json') RETURNING '1'::json $$;
CREATE CAST (shade AS json) WITH FUNCTION as_json(shade);
CREATE TABLE shades (shade shade);
INSERT INTO shades VALUES ('red');
