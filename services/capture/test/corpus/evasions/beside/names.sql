--- a function beside one of Postgres | rows | insert select
SELECT lower('A'::varchar)
--- a function beside one of Postgres, by its schema | rows | insert select
SELECT pg_catalog.lower('A'::varchar)
--- a function in the schema of Postgres | rows | insert select
SELECT beside()
--- a function in the schema of Postgres, by its schema | rows | insert select
SELECT pg_catalog.beside()
--- a function in information_schema | rows | insert select
SELECT information_schema.beside()
--- a view in information_schema | rows | insert select
SELECT * FROM information_schema.beside
--- an operator in the schema of Postgres | rows | insert select
SELECT 'a'::text *-* 1
--- an operator in the schema of Postgres, by its schema | rows | insert select
SELECT 'a'::text OPERATOR(pg_catalog.*-*) 1
--- a domain in the schema of Postgres | rows | insert select
SELECT 'x'::lower_case
--- a function that reads its strings by other rules | rows | select opaque
SELECT backwards()
