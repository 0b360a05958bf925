import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rig, startTarget, targetAt } from './rig.js';
import type { Login, TestTarget } from './rig.js';

const SCRIPT = new URL('transparency.sql', import.meta.url);
const PSQL_MISSING = 'psql is not installed: its output through the gateway is not compared';

let target: TestTarget;
let rig: Rig;
/** Straight to the target, and through the gateway to it under the same name. */
let direct: Login;
beforeAll(async () => {
  target = await startTarget();
  rig = await Rig.start({ targets: [targetAt(target, { name: 'postgres' })] });
  const { host, port, username: user, password } = target;
  direct = { host, port, user, password, database: 'postgres' };
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Undefined where there is no psql. */
async function psql(
  login: Login,
  args: readonly string[],
  input: string,
): Promise<Output | undefined> {
  const child = spawn('psql', ['-X', ...args], {
    env: {
      PATH: process.env['PATH'],
      PGHOST: login.host,
      PGPORT: String(login.port),
      PGUSER: login.user,
      PGPASSWORD: login.password,
      PGDATABASE: login.database,
      LC_ALL: 'C.UTF-8',
    },
  });
  const missing = new Promise<undefined>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(undefined);
      else reject(error);
    });
  });
  child.stdin.on('error', () => undefined); // psql may have ended by itself
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const all = Promise.all([text(child.stdout), text(child.stderr), closed]);
  return Promise.race([missing, all.then(([stdout, stderr, code]) => ({ stdout, stderr, code }))]);
}

/** What differs from one run to the next, whoever is in between. */
function masked(output: Output): Output {
  const mask = (said: string) =>
    said.replace(/server process with PID \d+/g, 'server process with PID N');
  return { ...output, stdout: mask(output.stdout), stderr: mask(output.stderr) };
}

describe('psql', () => {
  it.each([
    ['a script', ['-f', '-']],
    [
      'a script that stops at errors, in one transaction',
      ['-1', '-v', 'ON_ERROR_STOP=1', '-f', '-'],
    ],
    ['a script, echoed, unaligned', ['-a', '-A', '-f', '-']],
  ])('prints the same for %s', async (_, args) => {
    const script = await readFile(SCRIPT, 'utf8');
    const expected = await psql(direct, args, script);
    if (expected === undefined) {
      expect(process.env['CI'], PSQL_MISSING).toBeUndefined();
      process.stderr.write(`${PSQL_MISSING}\n`);
      return;
    }
    const got = await psql(await rig.login(`psql/${args.length}`, 'postgres'), args, script);
    expect(got === undefined ? got : masked(got)).toEqual(masked(expected));
    // The script did what it is there for.
    expect(expected.stdout.length).toBeGreaterThan(args.includes('-1') ? 1_000 : 150_000);
  });
});

type Row = Readonly<Record<string, unknown>>;

function shown(result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[]): unknown {
  if (Array.isArray(result)) return result.map((one: pg.QueryResult<Row>) => shown(one));
  const { command, rowCount, rows, fields } = result as pg.QueryResult<Row>;
  return {
    command,
    rowCount,
    rows,
    fields: fields.map(({ name, dataTypeID, format }) => [name, dataTypeID, format]),
  };
}

/** Queries of many kinds and all that they brought, errors and notices among it. */
async function nodePostgres(login: Login): Promise<unknown[]> {
  const said: unknown[] = [];
  const client = new pg.Client(login);
  const settings: unknown[] = [];
  client.connection.on(
    'parameterStatus',
    (message: { parameterName: string; parameterValue: string }) => {
      settings.push([message.parameterName, message.parameterValue]);
    },
  );
  client.on('notice', ({ severity, code, message, hint }) =>
    said.push({ severity, code, message, hint }),
  );
  client.on('notification', ({ channel, payload }) => said.push({ channel, payload }));
  await client.connect();
  said.push(settings.sort());
  const run = async (query: string | pg.QueryConfig, values?: unknown[]) => {
    try {
      said.push(shown(await client.query<Row>(query as string, values)));
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const { severity, code, message, detail, hint, position, table, constraint, routine } = error;
      said.push({ severity, code, message, detail, hint, position, table, constraint, routine });
    }
  };
  await run('create temp table t (id int primary key, v text, j jsonb, b bytea, at timestamptz)');
  await run('insert into t values ($1, $2, $3, $4, $5)', [
    1,
    'ü',
    { a: [1] },
    Buffer.from([0, 255]),
    new Date(0),
  ]);
  await run('insert into t values ($1, $2, $3, $4, $5) returning *', [2, null, null, null, null]);
  await run('insert into t values (1)');
  await run({ name: 'named', text: 'select * from t where id = any($1)', values: [[1, 2]] });
  await run({ name: 'named', text: 'select * from t where id = any($1)', values: [[2]] });
  await run('select id, v from t order by id');
  await run('select 1 as a; select 2 as b; create temp table u (); drop table u');
  await run('');
  await run('select $1::int', ['x']);
  await run('selekt');
  await run('select 1; select 1/0; select 2');
  await run('begin');
  await run('select 1/0');
  await run('select 1');
  await run('rollback');
  await run("do $$ begin raise warning 'w' using hint = 'h'; end $$");
  await run('listen c');
  await run("notify c, 'p'");
  await run("select repeat('y', 3000000) as large");
  await run('select g from generate_series(1, 20000) as g');
  await run("select pg_catalog.set_config('application_name', 'new', false)");
  await run('select 1.5::numeric, now() - now() as zero, null::uuid, array[1,null]::int[]');
  await client.end();
  return said;
}

async function postgresJs(login: Login): Promise<unknown[]> {
  const said: unknown[] = [];
  const sql = postgres({
    host: login.host,
    port: login.port,
    user: login.user,
    database: login.database,
    password: login.password,
    max: 1,
    onnotice: ({ severity, code, message }) => said.push({ severity, code, message }),
  });
  const run = async (query: () => Promise<unknown>) => {
    try {
      const result = await query();
      said.push(Array.isArray(result) ? [...(result as unknown[])] : result);
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      const { severity, code, message, detail, hint, position } = error;
      said.push({ severity, code, message, detail, hint, position });
    }
  };
  await run(() => sql`create temp table t (id int, v text)`);
  await run(
    () =>
      sql`insert into t ${sql([
        { id: 1, v: 'ä' },
        { id: 2, v: null },
      ])} returning *`,
  );
  // The same again: now prepared.
  for (const id of [1, 2, 3]) await run(() => sql`select * from t where id = ${id}`);
  await run(() => sql`select * from t where id = ${'x'}`);
  await run(() => sql`select 1/0`);
  await run(() => sql.unsafe('select 1 as a; select 2 as b'));
  await run(() => sql`select v from t`.values());
  await run(() =>
    sql`select * from t`.describe().then(({ types, columns }) => [types, columns.length]),
  );
  await run(() => Promise.all([1, 2, 3, 4].map((n) => sql`select ${n}::int as n`)));
  await run(async () => {
    const pages: unknown[] = [];
    await sql`select generate_series(1, 25) as n`.cursor(10, (rows) => void pages.push([...rows]));
    return pages;
  });
  await run(() =>
    sql.begin(async (inner) => {
      await inner`insert into t values (3, 'in')`;
      await inner.savepoint((deeper) => deeper`select 1/0`).catch(() => undefined);
      return inner`select count(*) from t`;
    }),
  );
  await run(async () => {
    const into = await sql`copy t from stdin`.writable();
    await pipeline(Readable.from(['7\tseven\n', '8\t\\N\n']), into);
    return text(await sql`copy t to stdout`.readable());
  });
  await run(() => sql`select * from t order by id`);
  await sql.end();
  return said;
}

describe('drivers', () => {
  it('node-postgres returns the same', async () => {
    const expected = await nodePostgres(direct);
    const got = await nodePostgres(await rig.login('driver/pg', 'postgres'));
    expect(got).toEqual(expected);
    expect(expected.length).toBeGreaterThan(25);
  });

  it('postgres.js returns the same', async () => {
    const expected = await postgresJs(direct);
    const got = await postgresJs(await rig.login('driver/postgres.js', 'postgres'));
    expect(got).toEqual(expected);
    expect(expected.length).toBeGreaterThanOrEqual(15);
  });
});
