import type { Bot } from './bot.js';

/** The third round is the first bad one, then every tenth after it. */
const FIRST_BAD_ROUND = 3;
const ROUNDS_BETWEEN_BAD_ONES = 10;

const REPORTS: readonly (readonly string[])[] = [
  [
    `SELECT date_trunc('month', placed_at)::date AS month, count(*) AS orders,
  sum(amount) AS revenue
FROM orders JOIN payments ON payments.order_id = orders.id
GROUP BY month ORDER BY month DESC LIMIT 12`,
    `SELECT category, sum(quantity) AS sold, sum(quantity * unit_price) AS revenue
FROM order_items JOIN products ON products.id = order_items.product_id
GROUP BY category ORDER BY revenue DESC`,
  ],
  [
    `SELECT sku, name, sum(quantity) AS sold
FROM order_items JOIN products ON products.id = order_items.product_id
GROUP BY sku, name ORDER BY sold DESC LIMIT 10`,
    'SELECT status, count(*) FROM orders GROUP BY status ORDER BY status',
  ],
  [
    `SELECT country, count(DISTINCT customers.id) AS customers, round(avg(amount), 2) AS basket
FROM customers
JOIN orders ON orders.customer_id = customers.id
JOIN payments ON payments.order_id = orders.id
GROUP BY country ORDER BY basket DESC`,
    `SELECT count(*) FILTER (WHERE status = 'returned') * 100.0 / count(*) AS returned_percent
FROM orders`,
  ],
];

/** What no report needs. */
const DUMP: readonly string[] = [
  `SELECT table_name FROM information_schema.tables
WHERE table_schema = 'public' ORDER BY table_name`,
  `SELECT column_name, data_type FROM information_schema.columns
WHERE table_name = 'customers' ORDER BY ordinal_position`,
  'SELECT count(*) FROM customers',
  'SELECT * FROM customers',
  `SELECT column_name, data_type FROM information_schema.columns
WHERE table_name = 'payments' ORDER BY ordinal_position`,
  'COPY payments TO STDOUT',
  'SELECT card_holder, card_brand, card_last4, amount FROM payments ORDER BY amount DESC LIMIT 200',
  'SELECT usename, passwd FROM pg_shadow',
];

export function isBadRound(round: number): boolean {
  return round % ROUNDS_BETWEEN_BAD_ONES === FIRST_BAD_ROUND;
}

/** An agent that writes reports from aggregates, and one day helps itself to the tables. */
export const reportWriter: Bot = {
  identity: 'agent/report-writer',
  applicationName: 'report-writer',
  claims: (round) => ({
    agent: 'report-writer',
    on_behalf_of: 'analytics@example.com',
    conversation_id: `report-${String(round).padStart(5, '0')}`,
  }),
  restMs: 8_000,
  async run(session, round) {
    await session.ask("SET statement_timeout = '30s'");
    for (const report of REPORTS[round % REPORTS.length] ?? []) await session.ask(report);
    if (!isBadRound(round)) return;
    // A refusal does not stop it: it tries the next thing.
    for (const statement of DUMP) await session.attempt(statement);
  },
};
