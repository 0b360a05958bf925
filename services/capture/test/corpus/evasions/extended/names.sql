--- an operator whose function has the name of one of an extension | rows | insert select
SELECT 'a'::text *=* 1
--- a cast whose function has the name of one of an extension | rows | insert select
SELECT 'a' || ROW(1)::marking::text
--- a function that somebody made part of an extension | rows | insert select
SELECT joined(1)
--- an aggregate that somebody made part of an extension | rows | insert select
SELECT joined_sum(1)
