--- a type with a cast to json | rows | insert select
SELECT to_json(shade) FROM shades
--- a row with a cast to json in it | rows | insert select
SELECT row_to_json(s) FROM shades s
--- an aggregate of what has a cast to json | rows | insert select
SELECT jsonb_agg(shade) FROM shades
--- an object of what has a cast to json | rows | insert select
SELECT json_build_object('a', shade) FROM shades
--- JSON_ARRAY of what has a cast to json | rows | insert select
SELECT JSON_ARRAY(shade) FROM shades
