-- The demo's database: a small shop. The same rows on every machine; nothing in it is real.
-- Loaded once, by the superuser, in one transaction; the role app exists and uses it.

CREATE TABLE customers (
  id          int PRIMARY KEY,
  name        text NOT NULL,
  email       text NOT NULL UNIQUE,
  phone       text NOT NULL,
  country     char(2) NOT NULL,
  newsletter  boolean NOT NULL,
  created_at  timestamptz NOT NULL
);

CREATE TABLE products (
  id        int PRIMARY KEY,
  sku       text NOT NULL UNIQUE,
  name      text NOT NULL,
  category  text NOT NULL,
  price     numeric(8, 2) NOT NULL CHECK (price > 0),
  stock     int NOT NULL CHECK (stock >= 0)
);

CREATE TABLE orders (
  id           int PRIMARY KEY,
  customer_id  int NOT NULL REFERENCES customers,
  status       text NOT NULL CHECK (status IN ('paid', 'shipped', 'delivered', 'returned')),
  placed_at    timestamptz NOT NULL
);

CREATE TABLE order_items (
  order_id    int NOT NULL REFERENCES orders,
  product_id  int NOT NULL REFERENCES products,
  quantity    int NOT NULL CHECK (quantity > 0),
  unit_price  numeric(8, 2) NOT NULL,
  PRIMARY KEY (order_id, product_id)
);

CREATE TABLE payments (
  id          int PRIMARY KEY,
  order_id    int NOT NULL REFERENCES orders,
  card_brand  text NOT NULL,
  card_last4  char(4) NOT NULL,
  card_holder text NOT NULL,
  amount      numeric(10, 2) NOT NULL,
  paid_at     timestamptz NOT NULL
);

-- What the warehouse counted last.
CREATE TABLE stock_counts (
  product_id  int PRIMARY KEY REFERENCES products,
  quantity    int NOT NULL,
  counted_by  text NOT NULL,
  counted_at  timestamptz NOT NULL DEFAULT now()
);

INSERT INTO customers
SELECT
  n,
  given || ' ' || family,
  lower(given) || '.' || lower(family) || n || '@example.com',
  '+1-555-' || lpad((n * 7919 % 10000)::text, 4, '0'),
  (ARRAY['DE', 'FR', 'GB', 'NL', 'SE', 'US'])[1 + n * 13 % 6],
  n % 3 <> 0,
  timestamptz '2024-01-01 08:00Z' + n * interval '17 hours 23 minutes'
FROM generate_series(1, 800) AS n,
  LATERAL (SELECT
    (ARRAY['Ada', 'Bruno', 'Carla', 'Dmitri', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas',
      'Keiko', 'Liam', 'Mira', 'Nadia', 'Omar', 'Petra', 'Quentin', 'Rosa', 'Sven', 'Tara'
    ])[1 + n * 7 % 20] AS given,
    (ARRAY['Almeida', 'Berg', 'Costa', 'Dahl', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ivanov',
      'Jansen', 'Kowalski', 'Lindgren', 'Moreau', 'Nakamura', 'Okafor', 'Park', 'Rossi'
    ])[1 + n * 11 % 17] AS family
  ) AS person;

INSERT INTO products
SELECT
  n,
  upper(left(category, 3)) || '-' || lpad(n::text, 4, '0'),
  (ARRAY['Alpine', 'Coastal', 'Everyday', 'Foldable', 'Heritage', 'Nordic', 'Pocket', 'Studio'
    ])[1 + n * 5 % 8] || ' ' || thing,
  category,
  9.90 + n * 37 % 190,
  20 + n * 53 % 180
FROM generate_series(1, 120) AS n,
  LATERAL (SELECT
    (ARRAY['bags', 'kitchen', 'lighting', 'outdoor', 'textiles'])[1 + n % 5] AS category,
    (ARRAY['backpack', 'kettle', 'lamp', 'tent', 'blanket'])[1 + n % 5] AS thing
  ) AS kind;

INSERT INTO orders
SELECT
  n,
  1 + n * 389 % 800,
  CASE
    WHEN n > 2950 THEN 'paid'
    WHEN n > 2850 THEN 'shipped'
    WHEN n % 37 = 0 THEN 'returned'
    ELSE 'delivered'
  END,
  timestamptz '2025-06-01 06:00Z' + n * interval '2 hours 41 minutes'
FROM generate_series(1, 3000) AS n;

INSERT INTO order_items
SELECT o.id, p.id, 1 + (o.id + line) % 3, p.price
FROM orders AS o
CROSS JOIN generate_series(0, 3) AS line
JOIN products AS p ON p.id = 1 + (o.id * 17 + line * 31) % 120
WHERE line <= o.id % 4;

INSERT INTO payments
SELECT
  o.id,
  o.id,
  (ARRAY['visa', 'mastercard', 'amex'])[1 + o.id % 3],
  lpad((o.customer_id * 6367 % 10000)::text, 4, '0'),
  c.name,
  (SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = o.id),
  o.placed_at + interval '3 minutes'
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id;

INSERT INTO stock_counts SELECT id, stock, 'opening balance', '2026-05-01 05:00Z' FROM products;

CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE INDEX orders_by_time ON orders (placed_at);

GRANT USAGE, CREATE ON SCHEMA public TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app;
