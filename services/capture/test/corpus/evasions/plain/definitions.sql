--- a view | rows | insert select
SELECT * FROM trap
--- a view by TABLE | rows | insert select
TABLE trap
--- a view of a view | rows | insert select
SELECT count(*) FROM (SELECT DISTINCT id FROM trap) x
--- a view that orders | rows | insert select
SELECT * FROM ordered_trap
--- a view by COPY | rows | copy-to insert select
COPY (TABLE trap) TO STDOUT
--- a view in quotes | rows | insert select
SELECT * FROM "public" . "trap"
--- a view in WITH of its own name | rows | insert select
WITH trap AS (SELECT * FROM trap) SELECT * FROM trap
--- a view by its whole name where WITH has it | rows | insert select
WITH trap AS (SELECT 1) SELECT * FROM public.trap
--- a view that is named before WITH has it | rows | insert select
WITH a AS (SELECT * FROM trap), trap AS (SELECT 1) SELECT * FROM a
--- row security | rows | insert select set
SET ROLE plain_reader; SELECT * FROM secured
--- an operator | rows | insert select
SELECT 1 <%%> 2
--- an operator by its schema | rows | insert select
SELECT 1 OPERATOR(public.<%%>) 2
--- an operator before its operand | rows | insert select
SELECT @!! 1
--- an operator with ANY | rows | insert select
SELECT 1 !%% ANY (ARRAY[3])
--- an operator with a query | rows | insert select
SELECT 3 !%% ALL (SELECT id FROM things)
--- an operator that NOT leads to | rows | insert select
SELECT count(*) FROM things WHERE NOT (id %%% 7)
--- a cast | rows | insert select
SELECT 'red'::shade::colour
--- a cast by CAST | rows | insert select
SELECT CAST(shade AS public.colour) FROM shades
--- a domain | rows | insert select
SELECT 5::checked
--- a domain before a string | rows | insert select
SELECT checked '5'
--- a domain by its name as a function | rows | insert select opaque
SELECT checked(5)
--- a domain with the name of a function | rows | insert select
SELECT initcap('x')
--- a domain of a domain | rows | insert select
SELECT 5::checked_again
--- an array of a domain | rows | insert select
SELECT '{5,6}'::checked[]
--- an array of a domain by its inner name | rows | insert select
SELECT '{5,6}'::_checked
--- a composite of a domain | rows | insert select
SELECT '(1,2)'::pair
--- a row that becomes a composite | rows | insert select
SELECT ROW(1, 2)::pair
--- a composite of a composite | rows | insert select
SELECT '("(1,2)",a)'::pair_of_pairs
--- an array of a composite | rows | insert select
SELECT ARRAY['(1,2)']::pair[]
--- the row of a table | rows | insert select
SELECT '(1,2)'::holders
--- a range of a domain | rows | insert select
SELECT '[1,2]'::checked_range
--- a multirange of a domain | rows | insert select
SELECT '{[1,2]}'::checked_multirange
--- a range of a domain by its function | rows | insert select
SELECT checked_range(1, 2)
--- a record of JSON | rows | insert select
SELECT * FROM json_populate_record(NULL::holders, '{"value": 3}')
--- a record of JSON by the row of a table | rows | insert select
SELECT jsonb_populate_record(h, '{"value": 3}') FROM holders h
--- a record of JSON with types | rows | insert select
SELECT * FROM jsonb_to_record('{"a": 1}') AS x (a checked)
--- JSON_VALUE of a domain | rows | insert select
SELECT JSON_VALUE('1', '$' RETURNING checked)
--- JSON_TABLE of a domain | rows | insert select
SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a checked PATH '$'))
--- XMLTABLE of a domain | rows | insert select
SELECT * FROM XMLTABLE('/a' PASSING XMLPARSE(DOCUMENT '<a>1</a>') COLUMNS b checked PATH '.')
--- a domain that a function takes | rows | insert select
SELECT takes(4)
--- a domain that a function gives | rows | insert select
SELECT gives()
--- a domain in the rows of a function | rows | insert select
SELECT * FROM gives_rows()
--- a domain in a variable | rows | insert select
SELECT holds()
--- a domain in a variable by its column | rows | insert select
SELECT holds_column()
--- a domain in a variable by its table | rows | select opaque
SELECT holds_row()
--- INSTEAD OF | rows | delete select update
UPDATE redirected SET name = 'x' WHERE id = 5
--- a rule | rows | delete insert select
INSERT INTO ruled VALUES (1)
--- a trigger | rows | delete insert select
INSERT INTO triggered VALUES (1)
--- a trigger by COPY | rows | copy-from delete
COPY triggered FROM STDIN
--- the expression of an index, folded by the planner | rows | insert select
SELECT * FROM indexed
--- the condition of an index, folded by the planner | rows | insert select
SELECT id FROM partly_indexed WHERE id = 3
--- statistics of an expression, folded by the planner | rows | insert select
SELECT count(*) FROM measured WHERE id = 5 GROUP BY name
--- the index of a partition | rows | insert select opaque
SELECT * FROM split
--- the index of a table that inherits | rows | insert select
SELECT * FROM constrained WHERE id = 1
--- the index in EXPLAIN | rows | explain insert select
EXPLAIN SELECT name FROM indexed
--- a foreign table that runs a program | files | select opaque
SELECT * FROM program
--- a foreign partition that runs a program | files | insert select opaque
SELECT * FROM split WHERE name = 'x'
--- a foreign partition by its parent | files | select opaque
SELECT * FROM split_far
--- a foreign table by COPY | files | copy-to select opaque
COPY (SELECT line FROM program) TO STDOUT
--- a foreign table elsewhere, of a view that writes | far | select opaque
SELECT * FROM far_away
