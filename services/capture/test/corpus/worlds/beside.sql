-- What somebody put beside what Postgres brings.
CREATE FUNCTION pg_catalog.lower(varchar) RETURNS text LANGUAGE sql AS
  $$ SELECT 'x' || public.mark() $$;
CREATE FUNCTION pg_catalog.beside() RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE FUNCTION beside_operator(text, int) RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE OPERATOR pg_catalog.*-* (LEFTARG = text, RIGHTARG = int, FUNCTION = beside_operator);
CREATE VIEW information_schema.beside AS SELECT public.mark() AS id;
CREATE FUNCTION information_schema.beside() RETURNS int LANGUAGE sql AS 'SELECT public.mark()';
CREATE FUNCTION backwards() RETURNS text LANGUAGE sql SET standard_conforming_strings = off AS
  $$ SELECT '\'' || public.mark()::text --'
  $$;
CREATE DOMAIN pg_catalog.lower_case AS text CHECK (public.mark() > 0);
