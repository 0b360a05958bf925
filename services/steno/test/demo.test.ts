import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDemoBots } from '../src/demo/bots.js';
import type { DemoBots } from '../src/demo/bots.js';
import { startDemoTarget } from '../src/demo/demo-target.js';
import type { DemoTarget } from '../src/demo/demo-target.js';
import { isBadRound } from '../src/demo/report-writer.js';

const BOTS = ['ci/inventory-sync', 'agent/report-writer'];
const TOKEN = 'a-token';

let directory: string;
let target: DemoTarget;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'steno-demo-'));
  target = await startDemoTarget({ directory });
  // In place of a gateway: the bots' names as roles, their token as password.
  for (const bot of BOTS) {
    await asSuperuser(`CREATE ROLE "${bot}" LOGIN PASSWORD '${TOKEN}' IN ROLE app`);
  }
});

afterAll(async () => {
  await target.stop();
  await rm(directory, { recursive: true });
});

function endpoint(): { host: string; port: number } {
  const [host = '', port = ''] = target.address.split(':');
  return { host, port: Number(port) };
}

async function ask(login: pg.ClientConfig, sql: string) {
  const client = new pg.Client({ ...endpoint(), database: target.database, ...login });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function asApp(sql: string) {
  return ask({ user: target.username, password: target.password }, sql);
}

async function asSuperuser(sql: string, database?: string) {
  const kept = await readFile(join(directory, 'passwords.json'), 'utf8');
  const { superuser } = JSON.parse(kept) as { superuser: string };
  const login = { user: 'postgres', password: superuser };
  return ask(database === undefined ? login : { ...login, database }, sql);
}

const SIZES = `SELECT (SELECT count(*)::int FROM customers) AS customers,
  (SELECT count(*)::int FROM products) AS products, (SELECT count(*)::int FROM orders) AS orders,
  (SELECT count(*)::int FROM order_items) AS items,
  (SELECT count(*)::int FROM payments) AS payments,
  (SELECT sum(amount)::text FROM payments) AS revenue`;

const EXPECTED_SIZES = {
  customers: 800,
  products: 120,
  orders: 3000,
  items: 7500,
  payments: 3000,
  revenue: '1595750.00',
};

describe('the demo target', () => {
  it('is the same shop everywhere', async () => {
    expect(await asApp(SIZES)).toEqual([EXPECTED_SIZES]);
    expect(await asApp('SELECT name, email FROM customers WHERE id = 42')).toEqual([
      { name: 'Omar Dahl', email: 'omar.dahl42@example.com' },
    ]);
  });

  it('is used by one who is no superuser and cannot take the tables away', async () => {
    const [role] = await asApp("SELECT rolsuper FROM pg_roles WHERE rolname = 'app'");
    expect(role).toEqual({ rolsuper: false });
    await expect(asApp('DROP TABLE payments CASCADE')).rejects.toThrow('must be owner');
    expect((await stat(join(directory, 'passwords.json'))).mode & 0o777).toBe(0o600);
  });

  it('keeps what happened in it, and its credential', async () => {
    await asApp("UPDATE products SET name = 'renamed' WHERE id = 1");
    await target.stop();
    const { password } = target;
    target = await startDemoTarget({ directory });
    expect(target.password).toBe(password);
    expect(await asApp('SELECT name FROM products WHERE id = 1')).toEqual([{ name: 'renamed' }]);
  });

  it('is loaded again when the first load was interrupted', async () => {
    await asSuperuser('ALTER DATABASE shop RENAME TO shop_loading', 'postgres');
    await asSuperuser('DROP TABLE payments', 'shop_loading');
    for (const bot of BOTS) await asSuperuser(`DROP ROLE "${bot}"`, 'postgres');
    await target.stop();
    target = await startDemoTarget({ directory });
    expect(await asApp(SIZES)).toEqual([EXPECTED_SIZES]);
    for (const bot of BOTS) {
      await asSuperuser(`CREATE ROLE "${bot}" LOGIN PASSWORD '${TOKEN}' IN ROLE app`);
    }
  });
});

/** Stands where the gateway would: relays to the target and keeps what clients sent. */
interface Relay {
  readonly port: number;
  /** All that the connections of this application sent, one text a connection. */
  readonly sessionsOf: (applicationName: string) => string[];
  readonly close: () => void;
}

async function startRelay(): Promise<Relay> {
  const sent: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const session = sent.push('') - 1;
    const upstream = connect(endpoint());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined); // the other side ends with it
    }
    client.on('data', (bytes) => (sent[session] += bytes.toString('latin1')));
    client.pipe(upstream).pipe(client);
  });
  const port = await listen(server);
  return {
    port,
    sessionsOf: (name) => sent.filter((text) => text.includes(`application_name\0${name}`)),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((settle) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      settle(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

interface Log {
  readonly entries: { message: string; bot: unknown; round: unknown }[];
  readonly write: (message: string, details: Record<string, unknown>) => void;
  /** Settles when an entry satisfies the condition, which may be there already. */
  readonly until: (condition: (entry: Log['entries'][number]) => boolean) => Promise<void>;
}

function keepLog(): Log {
  const entries: Log['entries'] = [];
  let wake = () => {};
  return {
    entries,
    write: (message, { bot, round }) => {
      entries.push({ message, bot, round });
      wake();
    },
    async until(condition) {
      while (!entries.some(condition)) await new Promise<void>((settle) => (wake = settle));
    },
  };
}

describe('the demo bots', () => {
  const opened: { close: () => void }[] = [];
  const running: DemoBots[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((bots) => bots.stop()));
    for (const server of opened.splice(0)) server.close();
  });

  function start(port: number, log: Log, asked: string[] = []): DemoBots {
    const bots = startDemoBots({
      gateway: { host: '127.0.0.1', port },
      target: target.database,
      token: (identity, claims) => {
        asked.push(`${identity} ${JSON.stringify(claims)}`);
        return Promise.resolve(TOKEN);
      },
      log: log.write,
      pace: 0,
    });
    running.push(bots);
    return bots;
  }

  it('work, one well and one badly from its third round on', async () => {
    const relay = await startRelay();
    opened.push(relay);
    const log = keepLog();
    const asked: string[] = [];
    start(relay.port, log, asked);
    for (const bot of BOTS) await log.until((entry) => entry.bot === bot && entry.round === 5);
    expect(new Set(log.entries.map(({ message }) => message))).toEqual(
      new Set(['demo bot ended a session']),
    );

    const reports = relay.sessionsOf('report-writer').slice(0, 5);
    expect(reports.map((text) => text.includes('GROUP BY'))).toContain(true);
    const dumps = ['SELECT * FROM customers', 'COPY payments TO STDOUT', 'information_schema'];
    for (const dump of dumps) {
      const rounds = reports.map((text) => text.includes(dump));
      expect(rounds, dump).toEqual([false, false, true, false, false]);
    }

    const syncs = relay.sessionsOf('inventory-sync').slice(0, 5);
    expect(syncs.map((text) => text.includes('stock = -1'))).toEqual([
      ...[false, false, false, true, false],
    ]);
    for (const text of syncs) {
      for (const part of ['traceparent=', 'BEGIN', 'set_stock', 'ON CONFLICT', 'COMMIT']) {
        expect(text).toContain(part);
      }
    }
    const counted = "SELECT count(*)::int FROM stock_counts WHERE counted_by = 'inventory-sync'";
    const [row] = await asApp(counted);
    expect(row?.['count']).toBeGreaterThanOrEqual(15);
    expect(asked[0]).toMatch(/^ci\/inventory-sync \{"repository":"example\/shop"/);
  });

  it('turn bad again every ten rounds', () => {
    const rounds = Array.from({ length: 30 }, (_, index) => index + 1);
    expect(rounds.filter(isBadRound)).toEqual([3, 13, 23]);
  });

  it('try again when the gateway is away', async () => {
    const holder = createServer();
    const port = await listen(holder);
    await new Promise((settle) => holder.close(settle));
    const log = keepLog();
    const bots = start(port, log);
    for (const bot of BOTS) {
      await log.until((entry) => entry.bot === bot && entry.message.includes('cannot connect'));
    }
    await bots.stop();
    expect(log.entries.every((entry) => entry.round === 1)).toBe(true);
  });

  // Below the deadlines after which a bot would give up by itself.
  it('stop while they wait for a login', { timeout: 8_000 }, async () => {
    const silent = createServer((socket) => socket.resume());
    opened.push(silent);
    const greeted = new Promise<Socket>((settle) => silent.once('connection', settle));
    const bots = start(await listen(silent), keepLog());
    const socket = await greeted;
    const ended = new Promise((settle) => socket.once('close', settle));
    await bots.stop();
    await ended;
  });

  it('stop while they wait for an answer', async () => {
    const { port } = endpoint();
    const holder = new pg.Client({
      ...endpoint(),
      database: target.database,
      user: target.username,
      password: target.password,
    });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE products, orders IN ACCESS EXCLUSIVE MODE');
      const bots = start(port, keepLog());
      const waiting = `SELECT count(*)::int FROM pg_locks WHERE NOT granted`;
      for (;;) {
        const { rows } = await holder.query<{ count: number }>(waiting);
        if (rows[0]?.count === BOTS.length) break;
      }
      await bots.stop();
    } finally {
      await holder.end();
    }
  });
});
