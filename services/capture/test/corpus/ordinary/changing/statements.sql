--- 1. INSERT INTO shop.customers | insert select
INSERT INTO shop.customers (email, name) VALUES ('new@shop.test', 'New')
--- 2. INSERT INTO shop.customers | insert select
INSERT INTO shop.customers (email) VALUES ('x@shop.test') RETURNING id
--- 3. INSERT INTO shop.orders | insert select
INSERT INTO shop.orders (customer_id, total) VALUES (1, ROW(5, 'EUR')) RETURNING *
--- 4. INSERT INTO shop.order_items SELECT 1, id, 1, pric | insert select
INSERT INTO shop.order_items SELECT 1, id, 1, price FROM shop.products WHERE id = 9
--- 5. INSERT INTO shop.products | insert select update
INSERT INTO shop.products (sku, name) VALUES ('sku-1', 'x') ON CONFLICT (sku) DO UPDATE SET name = excluded.name
--- 6. INSERT INTO tags | insert select
INSERT INTO tags (name) VALUES ('a') ON CONFLICT DO NOTHING
--- 7. INSERT INTO tags | insert select
INSERT INTO tags (name) VALUES ('a') ON CONFLICT ON CONSTRAINT tags_name_key DO NOTHING
--- 8. INSERT INTO tags | insert select
INSERT INTO tags (name) VALUES ('c'), ('d')
--- 9. INSERT INTO shop.customers | insert select
INSERT INTO shop.customers (email, name) SELECT 'i' || g || '@shop.test', 'I' FROM generate_series(1, 3) g
--- 10. INSERT INTO samples VALUES | insert select
INSERT INTO samples VALUES (1, '2026-02-03', 1.5, '{}')
--- 11. INSERT INTO tickets DEFAULT VALUES | insert
INSERT INTO tickets DEFAULT VALUES
--- 12. INSERT INTO tickets | insert select
INSERT INTO tickets (title) VALUES ('new') RETURNING "tickets"."id"
--- 13. INSERT INTO "public"."articles" | insert select
INSERT INTO "public"."articles" ("id","author_id","title") VALUES ('10000000-0000-4000-8000-000000000001',1,'t') RETURNING "public"."articles"."id"
--- 14. WITH n AS | insert select
WITH n AS (SELECT 'z' AS name) INSERT INTO tags (name) SELECT name FROM n
--- 15. UPDATE shop.orders SET state = 'paid' WHERE id = 1 | update
UPDATE shop.orders SET state = 'paid' WHERE id = 1
--- 16. UPDATE shop.orders SET state = 'sent', updated_at | update
UPDATE shop.orders SET state = 'sent', updated_at = now() WHERE id = 2 RETURNING *
--- 17. UPDATE shop.products SET stock = stock - 1 WHERE i | update
UPDATE shop.products SET stock = stock - 1 WHERE id = 1 AND stock > 0
--- 18. UPDATE shop.products SET data = jsonb_set | update
UPDATE shop.products SET data = jsonb_set(data, '{weight}', '5'), tags = array_append(tags, 'x') WHERE id = 2
--- 19. UPDATE shop.products p SET price = p.price * 1.1 F | update
UPDATE shop.products p SET price = p.price * 1.1 FROM shop.categories c WHERE c.id = p.category_id AND c.name = 'Books'
--- 20. UPDATE shop.customers SET preferences = preference | update
UPDATE shop.customers SET preferences = preferences || '{"a": 1}' WHERE id = 1
--- 21. UPDATE shop.customers SET name = | select update
UPDATE shop.customers SET name = (SELECT max(name) FROM shop.customers) WHERE id = 1
--- 22. UPDATE shop.products SET | select update
UPDATE shop.products SET (stock, price) = (SELECT 1, 2) WHERE id = 1
--- 23. UPDATE articles SET views = views + 1 WHERE id = ' | update
UPDATE articles SET views = views + 1 WHERE id = '00000000-0000-4000-8000-000000000001'
--- 24. UPDATE "articles" SET "title" = 'x', "updated_at" | update
UPDATE "articles" SET "title" = 'x', "updated_at" = '2026-01-01' WHERE "articles"."id" = '00000000-0000-4000-8000-000000000002'
--- 25. WITH old AS | select update
WITH old AS (SELECT id FROM tickets WHERE id < 3 ORDER BY id) UPDATE tickets SET closed = now() FROM old WHERE tickets.id = old.id
--- 26. UPDATE tickets SET title = 'a' WHERE id = 1 | update
UPDATE tickets SET title = 'a' WHERE id = 1
--- 27. UPDATE samples SET value = 0 WHERE device = 1 AND | update
UPDATE samples SET value = 0 WHERE device = 1 AND at < '2026-01-16'
--- 28. DELETE FROM shop.order_items WHERE order_id = 1 | delete
DELETE FROM shop.order_items WHERE order_id = 1
--- 29. DELETE FROM shop.orders WHERE id = 8 | delete
DELETE FROM shop.orders WHERE id = 8
--- 30. DELETE FROM shop.customers WHERE id = 7 | delete
DELETE FROM shop.customers WHERE id = 7
--- 31. DELETE FROM taggings USING tags WHERE tags.id = ta | delete
DELETE FROM taggings USING tags WHERE tags.id = taggings.tag_id AND tags.name = 'a'
--- 32. DELETE FROM audit WHERE id IN | delete select
DELETE FROM audit WHERE id IN (SELECT id FROM audit LIMIT 5)
--- 33. DELETE FROM samples WHERE at < '2026-01-16' RETURN | delete
DELETE FROM samples WHERE at < '2026-01-16' RETURNING device
--- 34. WITH moved AS | delete insert select
WITH moved AS (DELETE FROM samples WHERE device = 2 RETURNING *) INSERT INTO samples SELECT * FROM moved
--- 35. MERGE INTO shop.products p USING | merge select update
MERGE INTO shop.products p USING (VALUES ('sku-1', 5)) v (sku, n) ON p.sku = v.sku WHEN MATCHED THEN UPDATE SET stock = v.n
--- 36. MERGE INTO tags t USING | insert merge select
MERGE INTO tags t USING (VALUES ('q')) v (name) ON t.name = v.name WHEN NOT MATCHED THEN INSERT (name) VALUES (v.name)
--- 37. TRUNCATE samples | truncate
TRUNCATE samples
--- 38. TRUNCATE TABLE audit RESTART IDENTITY | truncate
TRUNCATE TABLE audit RESTART IDENTITY
--- 39. SELECT * FROM shop.orders WHERE id = 1 FOR UPDATE | lock select
SELECT * FROM shop.orders WHERE id = 1 FOR UPDATE
--- 40. SELECT id FROM tickets WHERE closed IS NULL ORDER | lock select
SELECT id FROM tickets WHERE closed IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
--- 41. UPDATE tickets SET assignee = 'bob' WHERE id = | lock select update
UPDATE tickets SET assignee = 'bob' WHERE id = (SELECT id FROM tickets ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
--- 42. LOCK TABLE shop.orders IN SHARE ROW EXCLUSIVE MODE | lock
LOCK TABLE shop.orders IN SHARE ROW EXCLUSIVE MODE
--- 43. REFRESH MATERIALIZED VIEW shop.sales | refresh select
REFRESH MATERIALIZED VIEW shop.sales
--- 44. NOTIFY jobs, 'one' | notify
NOTIFY jobs, 'one'
--- 45. CREATE TABLE shop.coupons | create
CREATE TABLE shop.coupons (id serial PRIMARY KEY, code text UNIQUE, percent int CHECK (percent > 0))
--- 46. CREATE TABLE IF NOT EXISTS notes | create
CREATE TABLE IF NOT EXISTS notes (id bigint GENERATED BY DEFAULT AS IDENTITY, ticket int REFERENCES tickets)
--- 47. CREATE TABLE samples_2026_03 PARTITION OF samples | create
CREATE TABLE samples_2026_03 PARTITION OF samples FOR VALUES FROM ('2026-03-01') TO ('2026-04-01')
--- 48. CREATE TEMP TABLE staging | create
CREATE TEMP TABLE staging (LIKE tags INCLUDING ALL)
--- 49. CREATE TABLE daily AS SELECT at::date AS day, coun | create select
CREATE TABLE daily AS SELECT at::date AS day, count(*) FROM samples GROUP BY 1
--- 50. CREATE VIEW recent AS SELECT * FROM tickets WHERE | create select
CREATE VIEW recent AS SELECT * FROM tickets WHERE opened > now() - interval '1 day'
--- 51. CREATE MATERIALIZED VIEW per_device AS SELECT devi | create select
CREATE MATERIALIZED VIEW per_device AS SELECT device, avg(value) FROM samples GROUP BY device
--- 52. CREATE INDEX index_articles_on_title ON articles U | create
CREATE INDEX index_articles_on_title ON articles USING btree (title)
--- 53. CREATE UNIQUE INDEX ON tickets | create
CREATE UNIQUE INDEX ON tickets (lower(title)) WHERE closed IS NULL
--- 54. CREATE INDEX ON shop.products USING gin | create
CREATE INDEX ON shop.products USING gin (data jsonb_path_ops)
--- 55. CREATE SEQUENCE invoice_numbers START 1000 | create
CREATE SEQUENCE invoice_numbers START 1000
--- 56. CREATE TYPE priority AS ENUM | create
CREATE TYPE priority AS ENUM ('low', 'high')
--- 57. CREATE SCHEMA reporting | create
CREATE SCHEMA reporting
--- 58. CREATE EXTENSION IF NOT EXISTS pgcrypto | create
CREATE EXTENSION IF NOT EXISTS pgcrypto
--- 59. CREATE OR REPLACE FUNCTION one | create
CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'
--- 60. CREATE TRIGGER touch_too BEFORE UPDATE ON articles | create
CREATE TRIGGER touch_too BEFORE UPDATE ON articles FOR EACH ROW EXECUTE FUNCTION shop.touch()
--- 61. CREATE POLICY readers ON tickets FOR SELECT USING | create
CREATE POLICY readers ON tickets FOR SELECT USING (assignee = current_user)
--- 62. ALTER TABLE tickets ADD COLUMN priority int DEFAUL | alter
ALTER TABLE tickets ADD COLUMN priority int DEFAULT 0 NOT NULL
--- 63. ALTER TABLE articles ALTER COLUMN title SET NOT NU | alter
ALTER TABLE articles ALTER COLUMN title SET NOT NULL
--- 64. ALTER TABLE tickets RENAME COLUMN title TO subject | alter
ALTER TABLE tickets RENAME COLUMN title TO subject
--- 65. ALTER TABLE shop.orders ADD CONSTRAINT positive CH | alter
ALTER TABLE shop.orders ADD CONSTRAINT positive CHECK (id > 0) NOT VALID
--- 66. ALTER TABLE tags DISABLE TRIGGER audits | alter
ALTER TABLE tags DISABLE TRIGGER audits
--- 67. ALTER TYPE order_state ADD VALUE IF NOT EXISTS 're | alter
ALTER TYPE order_state ADD VALUE IF NOT EXISTS 'returned'
--- 68. ALTER SEQUENCE shop.orders_id_seq RESTART WITH 100 | alter
ALTER SEQUENCE shop.orders_id_seq RESTART WITH 100
--- 69. DROP TABLE audit CASCADE | drop
DROP TABLE audit CASCADE
--- 70. DROP INDEX IF EXISTS articles_title_idx | drop
DROP INDEX IF EXISTS articles_title_idx
--- 71. DROP VIEW shop.open_orders | drop
DROP VIEW shop.open_orders
--- 72. DROP TYPE IF EXISTS nothing | drop
DROP TYPE IF EXISTS nothing
--- 73. COMMENT ON TABLE tickets IS 'what people ask' | comment
COMMENT ON TABLE tickets IS 'what people ask'
--- 74. GRANT SELECT ON ALL TABLES IN SCHEMA shop TO PUBLI | grant
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO PUBLIC
--- 75. REVOKE ALL ON shop.orders FROM PUBLIC | revoke
REVOKE ALL ON shop.orders FROM PUBLIC
--- 76. ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELE | grant
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO PUBLIC
--- 77. CREATE ROLE reporter NOLOGIN | create-role
CREATE ROLE reporter NOLOGIN
--- 78. ANALYZE shop.orders | analyze
ANALYZE shop.orders
--- 79. REINDEX TABLE tags | reindex
REINDEX TABLE tags
--- 80. CALL archive | call delete
CALL archive('2026-01-16')
--- 81. CREATE TEMP TABLE t AS SELECT 1 AS id; INSERT INTO | create insert select
CREATE TEMP TABLE t AS SELECT 1 AS id; INSERT INTO t VALUES (2)
