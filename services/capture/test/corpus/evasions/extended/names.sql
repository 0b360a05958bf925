--- an operator whose function has the name of one of an extension | rows | insert select
SELECT 'a'::text *=* 1
--- a cast whose function has the name of one of an extension | rows | insert select
SELECT 'a' || ROW(1)::marking::text
