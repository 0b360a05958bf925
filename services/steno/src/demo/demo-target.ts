import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres, PostgresExit } from '@steno/embedded-postgres';
import pg from 'pg';

/** From src/demo and dist/demo alike. */
const SHOP_SQL = fileURLToPath(new URL('../../src/demo/shop.sql', import.meta.url));

const SUPERUSER = 'postgres';
const APP = 'app';
const DATABASE = 'shop';
/** The database under this name is being filled; it gets its own name when it is whole. */
const DATABASE_IN_THE_MAKING = 'shop_loading';
const CONNECT_DEADLINE_MS = 10_000;
const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

export interface DemoTarget {
  /** `host:port` of the demo's Postgres server. */
  readonly address: string;
  readonly database: string;
  /** The credential that the gateway injects; not a superuser. */
  readonly username: string;
  readonly password: string;
  /** Settles when the server has ended, asked or not; never rejects. */
  readonly exited: Promise<PostgresExit>;
  stop(): Promise<void>;
}

interface Passwords {
  readonly superuser: string;
  readonly app: string;
}

/**
 * Starts the demo's target, a Postgres server with a small shop in it. All it needs lies in the
 * directory; the shop is loaded at the first start. Throws PostgresError.
 */
export async function startDemoTarget(options: {
  readonly directory: string;
  readonly port?: number;
}): Promise<DemoTarget> {
  await mkdir(options.directory, { recursive: true, mode: PRIVATE_DIRECTORY });
  const passwords = await keptPasswords(join(options.directory, 'passwords.json'));
  const server = await startPostgres({
    directory: options.directory,
    port: options.port,
    superuser: SUPERUSER,
    password: passwords.superuser,
  });
  try {
    await ensureShop(server, passwords.app);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address: `${server.host}:${server.port}`,
    database: DATABASE,
    username: APP,
    password: passwords.app,
    exited: server.exited,
    stop: () => server.stop(),
  };
}

async function keptPasswords(file: string): Promise<Passwords> {
  const kept = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept !== undefined) return JSON.parse(kept) as Passwords;
  const made = { superuser: randomPassword(), app: randomPassword() };
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, JSON.stringify(made), { mode: PRIVATE_FILE });
  await rename(`${file}.new`, file);
  return made;
}

function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

async function ensureShop(server: EmbeddedPostgres, appPassword: string): Promise<void> {
  await withClient(server, 'postgres', async (client) => {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 1) return;
    await client.query(`DROP DATABASE IF EXISTS ${DATABASE_IN_THE_MAKING}`);
    await client.query(`DROP ROLE IF EXISTS ${APP}`);
    const secret = client.escapeLiteral(appPassword);
    await client.query(`CREATE ROLE ${APP} LOGIN PASSWORD ${secret}`);
    await client.query(`CREATE DATABASE ${DATABASE_IN_THE_MAKING}`);
    const shop = await readFile(SHOP_SQL, 'utf8');
    await withClient(server, DATABASE_IN_THE_MAKING, (loader) => loader.query(shop));
    await client.query(`ALTER DATABASE ${DATABASE_IN_THE_MAKING} RENAME TO ${DATABASE}`);
  });
}

async function withClient(
  server: EmbeddedPostgres,
  database: string,
  use: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({
    host: server.host,
    port: server.port,
    database,
    user: server.username,
    password: server.password,
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
  });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
