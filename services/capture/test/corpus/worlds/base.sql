-- What every world has: things to change, and functions that change them.
CREATE TABLE things (id int PRIMARY KEY, name text, price numeric, loid oid DEFAULT 4711);
INSERT INTO things (id, name, price) SELECT g, 'thing ' || g, g * 1.5 FROM generate_series(1, 5) g;
CREATE TABLE journal (id int GENERATED ALWAYS AS IDENTITY, note text);
CREATE TABLE parts (id int PRIMARY KEY, thing int REFERENCES things ON DELETE CASCADE);
INSERT INTO parts VALUES (1, 1), (2, 1), (3, 2);
CREATE SEQUENCE tickets;
SELECT lo_from_bytea(4711, 'a large object');
CREATE FUNCTION mark() RETURNS int LANGUAGE sql AS
  $$ INSERT INTO public.journal (note) VALUES ('mark') RETURNING id $$;
CREATE FUNCTION purge() RETURNS int LANGUAGE plpgsql AS
  $$ BEGIN DELETE FROM public.things WHERE id > 3; RETURN 1; END $$;
