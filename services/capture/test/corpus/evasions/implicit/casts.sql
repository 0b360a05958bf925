--- an implicit cast by an operator | rows | insert select
SELECT shade + 1 FROM shades
--- an implicit cast by a comparison | rows | insert select
SELECT 1 FROM shades WHERE shade = 1
--- an implicit cast by a function | rows | insert select
SELECT adds(shade) FROM shades
--- an implicit cast in a subscript | rows | insert select
SELECT (ARRAY[7])[shade] FROM shades
--- an implicit cast by LIMIT | rows | insert select
SELECT 1 LIMIT (SELECT shade::shade FROM shades) + 0
--- an implicit cast by a function of Postgres | rows | insert select
SELECT abs(shade) FROM shades
--- an implicit cast in the argument of several | rows | insert select
SELECT make_date(2020, shade, 1) FROM shades
