import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { clientEnvironment } from '../postgres/pgbench.js';
import type { Endpoint } from '../postgres/pgbench.js';
import { openClient } from '../postgres/bulk.js';

/** A table of ten columns, three of which hold what is sensitive, and a note in each tenth row. */
export async function makePeople(target: Endpoint, rows: number): Promise<void> {
  const client = await openClient(target);
  try {
    await client.query(`
      CREATE TABLE people AS SELECT i AS id, 'Customer ' || i AS title,
        'user' || i || '@example.org' AS email, '+49 151 ' || (10000000 + i) AS phone,
        'Springfield' AS city, (i % 1000)::numeric / 7 AS amount,
        now() - i * interval '1 minute' AS created, i % 2 = 0 AS active,
        '4111 1111 1111 1111' AS card,
        CASE WHEN i % 10 = 0 THEN 'wrote from user' || i || '@example.net' ELSE 'no remarks' END
          AS note
      FROM generate_series(1, ${rows}) i`);
  } finally {
    await client.end();
  }
}

/** Rows a second that psql reads. */
export async function readPeople(endpoint: Endpoint, rows: number): Promise<number> {
  const startedAt = performance.now();
  const args = ['-X', '-A', '-t', '-o', '/dev/null', '-c', 'SELECT * FROM people'];
  const child = spawn('psql', args, {
    env: clientEnvironment(endpoint),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`psql ended with ${code}`);
  return (1000 * rows) / (performance.now() - startedAt);
}
