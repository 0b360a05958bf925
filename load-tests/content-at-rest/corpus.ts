/** One piece of content as capture would record it. */
export interface Piece {
  readonly kind: 'text' | 'output';
  readonly bytes: Buffer;
}

const SEED = 0x5e4d;
const ROWS_MOST = 24;
const FIRST_NAMES = ['Ada', 'Nadia', 'Liam', 'Keiko', 'Rosa', 'Sven', 'Tara', 'Omar', 'Elif'];
const LAST_NAMES = ['Lindgren', 'Almeida', 'Costa', 'Dahl', 'Okafor', 'Nakamura', 'Moreau'];
const STATES = ['open', 'paid', 'sent', 'returned'];

/** mulberry32: the same corpus in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Text and output of so many commands, as a job that works on a shop would cause them. */
export function makeCorpus(commands: number): readonly Piece[] {
  const next = numbers(SEED);
  const below = (limit: number) => Math.floor(next() * limit);
  const pick = (from: readonly string[]) => from[below(from.length)] ?? '';
  const row = () => [
    String(below(1_000_000)),
    `${pick(FIRST_NAMES)} ${pick(LAST_NAMES)}`,
    `${pick(FIRST_NAMES).toLowerCase()}${below(9_999)}@example.com`,
    pick(STATES),
    (below(200_000) / 100).toFixed(2),
    `2026-${1 + below(12)}-${1 + below(28)} 0${below(10)}:1${below(10)}:00+00`,
  ];
  const texts = [
    () => `SELECT * FROM orders WHERE id = ${below(1_000_000)}`,
    () => `SELECT id, name, email FROM customers WHERE email = '${row()[2] ?? ''}'`,
    () => `UPDATE orders SET state = '${pick(STATES)}' WHERE id = ${below(1_000_000)}`,
    () => `SELECT * FROM orders WHERE customer = ${below(80_000)} ORDER BY placed_at DESC LIMIT 20`,
  ];
  return Array.from({ length: commands }, () => {
    const text = texts[below(texts.length)]?.() ?? '';
    const rows = Array.from({ length: 1 + below(ROWS_MOST) }, () => dataRow(row()));
    return [
      { kind: 'text', bytes: Buffer.from(text) },
      { kind: 'output', bytes: Buffer.concat(rows) },
    ] satisfies Piece[];
  }).flat();
}

/** DataRow of the Postgres protocol, columns as text. */
function dataRow(columns: readonly string[]): Buffer {
  const cells = columns.map((column) => {
    const cell = Buffer.alloc(4 + column.length);
    cell.writeInt32BE(column.length);
    cell.write(column, 4, 'latin1');
    return cell;
  });
  const size = cells.reduce((sum, { length }) => sum + length, 6);
  const header = Buffer.alloc(7);
  header.write('D', 'latin1');
  header.writeInt32BE(size, 1);
  header.writeInt16BE(columns.length, 5);
  return Buffer.concat([header, ...cells]);
}
