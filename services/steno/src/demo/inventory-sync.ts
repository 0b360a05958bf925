import { randomBytes } from 'node:crypto';
import type { BotSession } from './bot-session.js';
import type { Bot } from './bot.js';

const PRODUCTS = 120;
const PRODUCTS_A_ROUND = 3;
const REORDER_BELOW = 25;
const REORDER_QUANTITY = 60;
/** Now and then it sends a count which the shop refuses. */
const ROUNDS_BETWEEN_MISTAKES = 4;

const STOCK_OF = 'SELECT sku, name, stock FROM products WHERE id = $1';
const SET_STOCK = 'UPDATE products SET stock = $2 WHERE id = $1 RETURNING sku, stock';
const KEEP_COUNT = `INSERT INTO stock_counts (product_id, quantity, counted_by)
VALUES ($1, $2, 'inventory-sync')
ON CONFLICT (product_id) DO UPDATE
SET quantity = excluded.quantity, counted_by = excluded.counted_by, counted_at = now()`;

/** A job of the build system that brings the shop's stock in line with the warehouse. Behaves. */
export const inventorySync: Bot = {
  identity: 'ci/inventory-sync',
  applicationName: 'inventory-sync/2.4.1',
  claims: (round) => ({
    repository: 'example/shop',
    workflow: 'inventory-sync',
    ref: 'refs/heads/main',
    run_id: String(7_300_000_000 + round),
    run_attempt: '1',
    environment: 'production',
  }),
  restMs: 5_000,
  async run(session, round) {
    const trace = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
    await session.ask(
      `SELECT count(*) AS low FROM products WHERE stock < ${REORDER_BELOW} ` +
        `/*application='inventory-sync',traceparent='${trace}'*/`,
    );
    for (let turn = 0; turn < PRODUCTS_A_ROUND; turn += 1) {
      await syncProduct(session, 1 + (((round * PRODUCTS_A_ROUND + turn) * 7) % PRODUCTS));
    }
    if (round % ROUNDS_BETWEEN_MISTAKES === 0) {
      await session.attempt(`UPDATE products SET stock = -1 WHERE id = ${1 + (round % PRODUCTS)}`);
    }
    await session.ask(
      'SELECT category, sum(stock) AS pieces FROM products GROUP BY category ORDER BY category',
    );
  },
};

async function syncProduct(session: BotSession, product: number): Promise<void> {
  const [found] = await session.askPrepared('stock_of', STOCK_OF, [product]);
  const stock = Number(found?.['stock'] ?? 0);
  const sold = 1 + (product % 4);
  const counted = stock < REORDER_BELOW ? stock + REORDER_QUANTITY : stock - sold;
  await session.ask('BEGIN');
  await session.askPrepared('set_stock', SET_STOCK, [product, counted]);
  await session.askPrepared('keep_count', KEEP_COUNT, [product, counted]);
  await session.ask('COMMIT');
}
