-- A shop, a CMS, a desk for tickets and a store of measurements, as people make them.
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION hstore;
-- Their operators are those of any statement.
CREATE EXTENSION intarray;
CREATE EXTENSION isn;
CREATE EXTENSION ltree;
CREATE EXTENSION btree_gist;
CREATE DOMAIN email AS citext CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE TYPE order_state AS ENUM ('new', 'paid', 'sent', 'cancelled');
CREATE TYPE money_amount AS (amount numeric, currency text);
CREATE TYPE price_range AS RANGE (SUBTYPE = numeric);
CREATE SCHEMA shop;
CREATE TABLE shop.customers (id bigserial PRIMARY KEY, email email NOT NULL UNIQUE, name text,
  created_at timestamptz NOT NULL DEFAULT '2026-01-01', preferences jsonb NOT NULL DEFAULT '{}',
  attributes hstore);
CREATE TABLE shop.categories (id serial PRIMARY KEY, parent_id int REFERENCES shop.categories,
  name text NOT NULL, slug text GENERATED ALWAYS AS (lower(replace(name, ' ', '-'))) STORED);
CREATE TABLE shop.products (id serial PRIMARY KEY, category_id int REFERENCES shop.categories,
  sku text UNIQUE, name text, price numeric(10, 2), tags text[] DEFAULT '{}', stock int DEFAULT 0,
  prices price_range, data jsonb DEFAULT '{}', search tsvector);
CREATE TABLE shop.orders (id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers ON DELETE CASCADE,
  state order_state NOT NULL DEFAULT 'new', total money_amount, placed_at timestamptz,
  updated_at timestamptz);
CREATE TABLE shop.order_items (order_id bigint REFERENCES shop.orders ON DELETE CASCADE,
  product_id int REFERENCES shop.products, quantity int CHECK (quantity > 0), price numeric,
  PRIMARY KEY (order_id, product_id));
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE TRIGGER search BEFORE INSERT OR UPDATE ON shop.products FOR EACH ROW EXECUTE FUNCTION
  tsvector_update_trigger(search, 'pg_catalog.english', name);
CREATE FUNCTION shop.order_total(bigint) RETURNS numeric LANGUAGE sql STABLE AS
  'SELECT sum(quantity * price) FROM shop.order_items WHERE order_id = $1';
CREATE FUNCTION shop.discount(price numeric, percent numeric DEFAULT 10) RETURNS numeric
  LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN round(price * (100 - percent) / 100, 2); END $$;
CREATE FUNCTION shop.best(n int) RETURNS TABLE (id int, sold bigint) LANGUAGE plpgsql STABLE AS $$
  DECLARE c record; BEGIN RETURN QUERY SELECT i.product_id, sum(i.quantity) FROM shop.order_items i
  GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT n; END $$;
CREATE INDEX ON shop.customers (lower(name));
CREATE INDEX ON shop.products USING gin (name gin_trgm_ops);
CREATE VIEW shop.open_orders AS SELECT o.*, c.name FROM shop.orders o
  JOIN shop.customers c ON c.id = o.customer_id WHERE o.state IN ('new', 'paid');
CREATE MATERIALIZED VIEW shop.sales AS SELECT p.id, p.name, coalesce(sum(i.quantity), 0) AS sold
  FROM shop.products p LEFT JOIN shop.order_items i ON i.product_id = p.id GROUP BY p.id;
INSERT INTO shop.customers (email, name, preferences, attributes) SELECT format('c%s@shop.test', g),
  'Customer ' || g, jsonb_build_object('lang', 'en', 'n', g), 'a=>1' FROM generate_series(1, 8) g;
INSERT INTO shop.categories (name, parent_id) VALUES ('All', NULL), ('Books', 1), ('Old Books', 2);
INSERT INTO shop.products (category_id, sku, name, price, tags, stock, prices, data)
  SELECT 1 + g % 3, 'sku-' || g, 'Product ' || g, g * 10, ARRAY['t' || g % 2, 'all'], g,
  price_range(g, g + 5), jsonb_build_object('weight', g, 'parts', jsonb_build_array(g, g + 1))
  FROM generate_series(1, 9) g;
INSERT INTO shop.orders (customer_id, state, total, placed_at) SELECT g,
  (ARRAY['new', 'paid', 'sent'])[1 + g % 3]::order_state, ROW(g * 5, 'EUR')::money_amount,
  timestamptz '2026-02-01' + g * interval '1 day' FROM generate_series(1, 8) g;
INSERT INTO shop.order_items SELECT g, 1 + g % 9, g, g * 2 FROM generate_series(1, 8) g;
REFRESH MATERIALIZED VIEW shop.sales;
CREATE TABLE authors (id serial PRIMARY KEY, login citext UNIQUE, bio xml);
CREATE TABLE articles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), author_id int
  REFERENCES authors, title text, body text, published daterange, position point,
  state text DEFAULT 'draft', views int DEFAULT 0, created_at timestamp DEFAULT '2026-01-01',
  updated_at timestamp);
CREATE TABLE tags (id serial PRIMARY KEY, name text UNIQUE);
CREATE TABLE taggings (article_id uuid REFERENCES articles, tag_id int REFERENCES tags,
  PRIMARY KEY (article_id, tag_id));
CREATE TABLE audit (id bigint GENERATED ALWAYS AS IDENTITY, row jsonb);
CREATE FUNCTION audits() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO public.audit (row) VALUES (to_jsonb(NEW)); RETURN NULL; END $$;
CREATE TRIGGER audits AFTER INSERT ON tags FOR EACH ROW EXECUTE FUNCTION audits();
INSERT INTO authors (login, bio) VALUES ('ann', '<p>hi</p>'), ('Bob', NULL);
INSERT INTO articles (id, author_id, title, body, published, position)
  SELECT ('00000000-0000-4000-8000-00000000000' || g)::uuid, 1 + g % 2, 'Title ' || g,
  repeat('word ' || g || ' ', 5), daterange('2026-01-01', date '2026-01-01' + g), point(g, g)
  FROM generate_series(1, 6) g;
INSERT INTO tags (name) VALUES ('a'), ('b');
INSERT INTO taggings SELECT id, 1 FROM articles;
CREATE TABLE tickets (id serial PRIMARY KEY, tenant int NOT NULL DEFAULT 1, title text,
  assignee citext, opened timestamptz DEFAULT '2026-03-01', closed timestamptz,
  history jsonb DEFAULT '[]', ip inet DEFAULT '10.0.0.1');
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION tenant() RETURNS int LANGUAGE sql STABLE AS
  $$ SELECT coalesce(nullif(current_setting('app.tenant', true), ''), '1')::int $$;
CREATE POLICY tenants ON tickets USING (tenant = tenant()) WITH CHECK (tenant = tenant());
INSERT INTO tickets (title, assignee) SELECT 'Ticket ' || g, 'ann' FROM generate_series(1, 5) g;
CREATE TABLE samples (device int, at timestamptz, value double precision, labels jsonb)
  PARTITION BY RANGE (at);
CREATE TABLE samples_2026_01 PARTITION OF samples
  FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE samples_2026_02 PARTITION OF samples
  FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE INDEX ON samples (device, at DESC);
INSERT INTO samples SELECT g % 3, timestamptz '2026-01-15' + g * interval '1 hour', g * 0.5,
  '{"host": "a"}' FROM generate_series(1, 40) g;
CREATE AGGREGATE product(double precision) (SFUNC = float8mul, STYPE = double precision);
CREATE FUNCTION bucket(timestamptz, interval) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
  $$ SELECT date_bin($2, $1, timestamptz '2020-01-01') $$;
CREATE PROCEDURE archive(before timestamptz) LANGUAGE sql AS
  'DELETE FROM samples WHERE at < before';
