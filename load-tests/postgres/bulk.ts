import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { clientEnvironment } from './pgbench.js';
import type { Endpoint } from './pgbench.js';

/** One row or line; with 131,072 of them a GiB. */
const WIDTH = 8_192;
export const GIB_ROWS = 131_072;
const LINES_PER_WRITE = 16;

/** A connected client without TLS. */
export async function openClient(endpoint: Endpoint): Promise<pg.Client> {
  const { host, port, database, username: user, password } = endpoint;
  const client = new pg.Client({ host, port, database, user, password, ssl: false });
  await client.connect();
  return client;
}

/** Reads `rows` wide rows of one SELECT, keeping none. Throws when fewer arrive. */
export async function readRows(endpoint: Endpoint, rows: number): Promise<void> {
  const client = await openClient(endpoint);
  try {
    const wide = `repeat(md5(i::text), ${WIDTH / 32}) AS wide`;
    const text = `SELECT ${wide} FROM generate_series(1, ${rows}) i`;
    let bytes = 0;
    // With a listener for rows the client gathers none.
    const query = new pg.Query<{ wide: string }>(text);
    query.on('row', ({ wide }) => (bytes += wide.length));
    const ended = once(query, 'end');
    client.query(query);
    await ended;
    if (bytes !== rows * WIDTH) throw new Error(`read ${bytes} bytes of ${rows * WIDTH}`);
  } finally {
    await client.end();
  }
}

/** Sends as many lines by COPY FROM STDIN. Throws unless the server counts them all. */
export async function copyIn(endpoint: Endpoint, rows: number): Promise<void> {
  const statements = ['CREATE TEMP TABLE wide (line text)', 'COPY wide FROM STDIN'];
  const args = ['-X', '-v', 'ON_ERROR_STOP=1', ...statements.flatMap((each) => ['-c', each])];
  const running = promisify(execFile)('psql', args, { env: clientEnvironment(endpoint) });
  const { stdin } = running.child;
  if (stdin === null) throw new Error('psql has no stdin');
  // When psql ends early, it is psql that says why.
  const sending = pipeline(Readable.from(lines(rows)), stdin).catch(() => undefined);
  const [{ stdout }] = await Promise.all([running, sending]);
  if (!stdout.includes(`COPY ${rows}\n`)) throw new Error(`psql copied something else: ${stdout}`);
}

function* lines(rows: number): Generator<Buffer> {
  const block = Buffer.from(`${'0123456789abcde '.repeat(WIDTH / 16).slice(1)}\n`);
  const many = Buffer.concat(Array.from({ length: LINES_PER_WRITE }, () => block));
  for (let sent = 0; sent < rows; sent += LINES_PER_WRITE) yield many;
}
