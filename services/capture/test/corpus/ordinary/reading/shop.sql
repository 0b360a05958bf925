SELECT * FROM shop.customers ORDER BY id

SELECT id, email, name FROM shop.customers WHERE email = 'c1@shop.test'

-- with: c2@shop.test
SELECT id, name FROM shop.customers WHERE email = $1

SELECT c.name, count(o.id) AS orders FROM shop.customers c LEFT JOIN shop.orders o ON o.customer_id = c.id GROUP BY c.id ORDER BY c.id

SELECT state, count(*) FROM shop.orders GROUP BY state ORDER BY state

SELECT (total).amount, (total).currency FROM shop.orders ORDER BY id

SELECT sum((o.total).amount) FILTER (WHERE o.state = 'paid') FROM shop.orders o

SELECT o.id, shop.order_total(o.id) FROM shop.orders o ORDER BY 1

SELECT id, shop.discount(price), shop.discount(price, percent => 25) FROM shop.products ORDER BY id

SELECT * FROM shop.best(3)

SELECT p.name, b.sold FROM shop.best(5) b JOIN shop.products p USING (id) ORDER BY 2, 1

SELECT * FROM shop.open_orders ORDER BY id

SELECT * FROM shop.sales WHERE sold > 0 ORDER BY sold DESC, id LIMIT 5

WITH RECURSIVE tree AS (SELECT id, name, 0 AS depth FROM shop.categories WHERE parent_id IS NULL UNION ALL SELECT c.id, c.name, t.depth + 1 FROM shop.categories c JOIN tree t ON c.parent_id = t.id) SELECT repeat('  ', depth) || name FROM tree ORDER BY id

WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM shop.categories WHERE id = 3 UNION SELECT c.id, c.parent_id FROM shop.categories c, up WHERE c.id = up.parent_id) SEARCH DEPTH FIRST BY id SET o SELECT id FROM up ORDER BY o

SELECT name FROM shop.products WHERE 't1' = ANY (tags) ORDER BY id

SELECT name FROM shop.products WHERE tags @> ARRAY['all', 't0'] ORDER BY id

SELECT unnest(tags) AS tag, count(*) FROM shop.products GROUP BY 1 ORDER BY 1

SELECT name, array_to_string(tags, ', '), array_length(tags, 1), cardinality(tags) FROM shop.products ORDER BY id

SELECT * FROM shop.products WHERE prices @> 7::numeric ORDER BY id

SELECT price_range(1, 5), lower(prices), upper(prices), prices && '[3,4)' FROM shop.products ORDER BY id

SELECT data ->> 'weight', data -> 'parts' -> 0, data #>> '{parts,1}' FROM shop.products ORDER BY id

SELECT id FROM shop.products WHERE data @> '{"weight": 3}'

SELECT id FROM shop.products WHERE data @? '$.parts[*] ? (@ > 8)' ORDER BY id

SELECT p.id, e.* FROM shop.products p, jsonb_each_text(p.data) e ORDER BY 1, 2

SELECT p.id, x.value FROM shop.products p CROSS JOIN LATERAL jsonb_array_elements(p.data -> 'parts') WITH ORDINALITY AS x (value, n) ORDER BY 1, n

SELECT jsonb_path_query_array(data, '$.parts[*]') FROM shop.products ORDER BY id

SELECT jsonb_pretty(data), jsonb_typeof(data), data ? 'weight' FROM shop.products WHERE id = 1

SELECT j.* FROM shop.products, JSON_TABLE(data, '$' COLUMNS (weight int PATH '$.weight', NESTED '$.parts[*]' COLUMNS (part int PATH '$'))) j ORDER BY 1, 2

SELECT JSON_VALUE(data, '$.weight' RETURNING int), JSON_QUERY(data, '$.parts'), JSON_EXISTS(data, '$.none') FROM shop.products ORDER BY id

SELECT id, price, rank() OVER (ORDER BY price DESC), lag(price) OVER w, first_value(name) OVER w FROM shop.products WINDOW w AS (PARTITION BY category_id ORDER BY id) ORDER BY id

SELECT category_id, sum(price), grouping(category_id) FROM shop.products GROUP BY ROLLUP (category_id) ORDER BY 1 NULLS LAST

SELECT category_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY price), mode() WITHIN GROUP (ORDER BY stock) FROM shop.products GROUP BY 1 ORDER BY 1

SELECT DISTINCT ON (category_id) category_id, name FROM shop.products ORDER BY category_id, price DESC

SELECT name FROM shop.products WHERE name ILIKE '%product%' AND name NOT LIKE '%9' ORDER BY name COLLATE "C"

SELECT name FROM shop.products WHERE name % 'Product 3' ORDER BY similarity(name, 'Product 3') DESC, id LIMIT 2

SELECT name, name <-> 'Product' FROM shop.products ORDER BY name <-> 'Product 1', id

SELECT ts_rank(search, q), ts_headline('english', name, q) FROM shop.products, to_tsquery('english', 'product') q WHERE search @@ q ORDER BY id

SELECT id FROM shop.products WHERE search @@ plainto_tsquery('product') ORDER BY id LIMIT 3 OFFSET 1

SELECT attributes -> 'a', attributes ? 'b', hstore_to_json(attributes) FROM shop.customers ORDER BY id

SELECT each(attributes) FROM shop.customers ORDER BY id

SELECT o.id FROM shop.orders o WHERE EXISTS (SELECT 1 FROM shop.order_items i WHERE i.order_id = o.id AND i.quantity > 3) ORDER BY 1

SELECT id FROM shop.orders WHERE id NOT IN (SELECT order_id FROM shop.order_items WHERE quantity < 3) ORDER BY 1

SELECT id FROM shop.orders WHERE (customer_id, state) IN ((1, 'paid'), (2, 'sent')) ORDER BY id

SELECT id, CASE state WHEN 'new' THEN 1 WHEN 'paid' THEN 2 ELSE 3 END, state::text, state > 'new' FROM shop.orders ORDER BY id

SELECT date_trunc('month', placed_at), extract(dow FROM placed_at), to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM shop.orders ORDER BY id

SELECT placed_at::date, placed_at + interval '1 day', age(placed_at, '2026-01-01') FROM shop.orders ORDER BY id

SELECT d::date, count(o.id) FROM generate_series(timestamptz '2026-02-01', '2026-02-10', '1 day') d LEFT JOIN shop.orders o ON o.placed_at::date = d::date GROUP BY 1 ORDER BY 1

SELECT * FROM shop.orders WHERE placed_at BETWEEN '2026-02-02' AND '2026-02-04' ORDER BY id FETCH FIRST 2 ROWS WITH TIES

SELECT * FROM shop.orders TABLESAMPLE BERNOULLI (100) REPEATABLE (1) ORDER BY id

SELECT * FROM shop.orders TABLESAMPLE SYSTEM (100) ORDER BY id

(SELECT id FROM shop.orders ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM shop.orders ORDER BY id DESC LIMIT 1)

SELECT id FROM shop.orders INTERSECT SELECT order_id FROM shop.order_items EXCEPT SELECT 1 ORDER BY 1

SELECT coalesce(name, 'none'), nullif(name, ''), greatest(1, 2), least(3, 4) FROM shop.customers ORDER BY id

SELECT o FROM shop.orders o ORDER BY o.id

SELECT row_to_json(o), to_jsonb(o) - 'updated_at' FROM shop.orders o ORDER BY id

SELECT json_agg(json_build_object('id', i.product_id, 'n', i.quantity) ORDER BY i.product_id) FROM shop.order_items i

SELECT string_agg(DISTINCT name, ',' ORDER BY name), array_agg(id ORDER BY id), bool_and(stock > 0), bit_or(stock) FROM shop.products

SELECT concat_ws(' ', name, sku), format('%s-%I-%L', id, name, sku), md5(name), encode(sha256(name::bytea), 'hex') FROM shop.products ORDER BY id

SELECT regexp_replace(name, '\d+', 'n'), regexp_match(name, '(\d)'), split_part(sku, '-', 2), substring(name FROM 2 FOR 3), position('o' IN name), trim(BOTH 'P' FROM name), overlay(name PLACING 'x' FROM 1) FROM shop.products ORDER BY id

SELECT round(price / 3, 2), ceil(price), mod(id, 2), power(id, 2), sqrt(id), width_bucket(price, 0, 100, 5) FROM shop.products ORDER BY id

TABLE shop.categories

VALUES (1, 'a'), (2, 'b')

SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (id, name) JOIN shop.categories c USING (id) ORDER BY 1

BEGIN READ ONLY; SELECT count(*) FROM shop.orders; COMMIT

BEGIN; DECLARE c CURSOR FOR SELECT id FROM shop.orders ORDER BY id; FETCH 3 FROM c; MOVE 2 IN c; FETCH NEXT FROM c; CLOSE c; COMMIT

COPY (SELECT id, name FROM shop.products ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)

COPY shop.categories TO STDOUT

EXPLAIN (COSTS off) SELECT * FROM shop.orders WHERE id = 1

EXPLAIN (COSTS off, FORMAT json) SELECT * FROM shop.open_orders

EXPLAIN (COSTS off) UPDATE shop.orders SET state = 'sent' WHERE id = 1

EXPLAIN (COSTS off) INSERT INTO shop.customers (email) VALUES ('a@b.test')

EXPLAIN (COSTS off) DELETE FROM shop.customers WHERE id = 1

-- with: 3,new
SELECT * FROM shop.orders WHERE customer_id = $1 AND state = $2::order_state

SELECT 'c9@shop.test'::email, '(5,EUR)'::money_amount, '[1,2)'::price_range, 'new'::order_state
