import { readFile } from 'node:fs/promises';
import { encodeFunctionCall, encodeParse, encodeQuery } from '@steno/wire-postgres';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind } from '../messages.js';
import { RawClient, errorOf } from '../raw-client.js';
import type { ServerMessage } from '../raw-client.js';
import { BACKEND_PASSWORD, Rig, startTarget, targetAt } from '../rig.js';
import type { TestTarget } from '../rig.js';
import { connect } from './world.js';

const SHIPPED = new URL('../../../../deploy/policies/read-only.cedar', import.meta.url);
const WORLD = `
CREATE TABLE journal (note text);
CREATE TABLE things (id int);
CREATE SCHEMA hidden;
CREATE FUNCTION mark() RETURNS int LANGUAGE sql AS
  $$ INSERT INTO public.journal VALUES ('mark') RETURNING 1 $$;
CREATE FUNCTION folded() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
  'BEGIN RETURN public.mark(); END';
CREATE VIEW hidden.things AS SELECT public.folded() AS id;
CREATE FUNCTION checks(int) RETURNS boolean LANGUAGE sql AS 'SELECT public.mark() > 0 OR $1 = 0';
CREATE DOMAIN checked AS int CHECK (checks(VALUE));
CREATE TYPE pair AS (a int, b checked);
CREATE TYPE colour AS ENUM ('red');`;

let target: TestTarget;
let rig: Rig;
let admin: pg.Client;
beforeAll(async () => {
  target = await startTarget({ auth: 'password' });
  admin = await connect(target, 'postgres');
  await admin.query(WORLD);
  const policies = [{ name: 'read-only.cedar', text: await readFile(SHIPPED, 'utf8') }];
  rig = await Rig.start({ targets: [targetAt(target)], policies });
});
afterAll(async () => {
  await admin.end();
  await rig.stop();
  await target.remove();
});

async function number(text: string): Promise<number> {
  const { rows } = await admin.query<[number]>({ text, rowMode: 'array' });
  return Number(rows[0]?.[0]);
}
const marks = () => number('SELECT count(*) FROM journal');
const typeOf = (name: string) => number(`SELECT '${name}'::regtype::oid`);

type Run = (client: RawClient) => Promise<readonly ServerMessage[]>;

const evasions: readonly (readonly [string, Run])[] = [
  [
    'a write by a statement without a name',
    (client) => client.ask(prepared('SELECT mark()'), bind([]), EXECUTE, SYNC),
  ],
  [
    'a write by a statement with a name, after one that reads',
    (client) => {
      const read = [prepared('SELECT 1', 'a'), bind([], { statement: 'a' }), EXECUTE];
      const write = [prepared('SELECT mark()', 'b'), bind([], { statement: 'b' }), EXECUTE];
      return client.ask(...read, ...write, SYNC);
    },
  ],
  [
    'a plan by what names mean when it is bound',
    async (client) => {
      await client.ask(prepared('SELECT * FROM things', 's'), SYNC);
      await client.ask(encodeQuery('SET search_path = hidden'));
      return client.ask(bind([], { statement: 's' }), SYNC);
    },
  ],
  [
    'a name that SQL executes by what names mean by then',
    async (client) => {
      await client.ask(prepared('SELECT id FROM things', 's'), SYNC);
      await client.ask(encodeQuery('EXECUTE s'));
      await client.ask(encodeQuery('SET search_path = hidden'));
      return client.ask(encodeQuery('EXECUTE s'));
    },
  ],
  [
    'a plan of what SQL has prepared, by what names mean when it is bound',
    async (client) => {
      await client.ask(encodeQuery('PREPARE s AS SELECT id FROM things'));
      await client.ask(encodeQuery('SET search_path = hidden'));
      return client.ask(bind([], { statement: 's' }), SYNC);
    },
  ],
  [
    'a name that a message executes, which SQL frees and gives anew',
    async (client) => {
      await client.ask(prepared('SELECT 1', 's'), SYNC);
      await client.ask(encodeQuery('/* not seen */ DEALLOCATE s; PREPARE s AS TABLE things'));
      await client.ask(encodeQuery('SET search_path = hidden'));
      return client.ask(bind([], { statement: 's' }), EXECUTE, SYNC);
    },
  ],
  [
    'a path that an earlier one in the pipeline sets',
    (client) => {
      const path = [prepared('SET search_path = hidden'), bind([]), EXECUTE];
      return client.ask(...path, prepared('TABLE things'), bind([]), EXECUTE, SYNC);
    },
  ],
  [
    'a type of a parameter, which no text names',
    async (client) => {
      const types = [await typeOf('checked')];
      return client.ask(prepared('SELECT $1', '', types), bind(['5']), EXECUTE, SYNC);
    },
  ],
  [
    'a type of a parameter that holds such a type',
    async (client) => {
      const types = [await typeOf('pair')];
      return client.ask(prepared('SELECT $1', '', types), bind(['(1,2)']), EXECUTE, SYNC);
    },
  ],
  [
    'a call without a text',
    async (client) => {
      const functionOid = await number("SELECT 'mark'::regproc::oid");
      const call = { functionOid, argumentFormats: [], values: [], resultFormat: 0 };
      return client.ask(encodeFunctionCall(call));
    },
  ],
];

function prepared(text: string, name = '', parameterTypes: number[] = []): Buffer {
  return encodeParse({ name, text, parameterTypes });
}

describe.each(evasions)('%s', (_what, run) => {
  it('is denied, and the session goes on', async () => {
    const before = await marks();
    const { host, port, username: user } = target;
    const login = { host, port, user, database: 'postgres', password: BACKEND_PASSWORD };
    const evader = await RawClient.login(login);
    await run(evader);
    evader.close();
    expect(await marks()).toBe(before + 1);

    const client = await RawClient.login(await rig.login('ci/evader'));
    const errors = (await run(client)).filter(({ type }) => type === 'E').map(errorOf);
    expect(errors.map(({ sqlstate }) => sqlstate)).toEqual(['42501']);
    expect(await marks()).toBe(before + 1);
    const after = await client.ask(encodeQuery('SELECT 1'));
    expect(after.map(({ type }) => type).join('')).toBe('TDCZ');
    client.close();
  });
});

it('takes a parameter of a type that runs nothing', async () => {
  const client = await RawClient.login(await rig.login('ci/reader'));
  const types = [await typeOf('colour')];
  const answer = await client.ask(prepared('SELECT $1', '', types), bind(['red']), EXECUTE, SYNC);
  expect(answer.map(({ type }) => type).join('')).toBe('12DCZ');
  client.close();
});
