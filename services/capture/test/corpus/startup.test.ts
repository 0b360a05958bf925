import { readFile } from 'node:fs/promises';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawClient, errorOf } from '../raw-client.js';
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
CREATE VIEW hidden.things AS SELECT public.mark() AS id;
CREATE FUNCTION "fä"() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION "fÃ¤"() RETURNS int LANGUAGE sql AS 'SELECT public.mark()';`;

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget({ auth: 'password' });
  const maker = await connect(target, 'postgres');
  await maker.query(WORLD);
  await maker.end();
  const text = await readFile(SHIPPED, 'utf8');
  const policies = [{ name: 'read-only.cedar', text }];
  rig = await Rig.start({ targets: [targetAt(target)], policies });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

async function marks(): Promise<number> {
  const client = await connect(target, 'postgres');
  const { rowCount } = await client.query('TABLE journal');
  await client.end();
  return rowCount ?? 0;
}

const direct = () => {
  const { host, port, username: user } = target;
  return { host, port, user, database: 'postgres', password: BACKEND_PASSWORD };
};

// What a session begins with decides what its texts mean.
it.each([
  ['a path', { search_path: 'hidden' }, 'SELECT * FROM things'],
  ['a path in other letters', { Search_Path: 'hidden' }, 'SELECT * FROM things'],
  ['a path in an option', { options: '-c search_path=hidden' }, 'SELECT * FROM things'],
  ['another encoding', { client_encoding: 'LATIN1' }, 'SELECT "fä"()'],
  [
    'strings of other rules',
    { options: '-c standard_conforming_strings=off' },
    "SELECT '\\'' AS a, mark(); --'",
  ],
])('%s at the start of a session opens no way', async (_what, settings, text) => {
  const before = await marks();
  const evader = await RawClient.login(direct(), { settings });
  await evader.ask(encodeQuery(text));
  evader.close();
  expect(await marks()).toBe(before + 1);

  const client = await RawClient.login(await rig.login('ci/evader'), { settings });
  const errors = (await client.ask(encodeQuery(text))).filter(({ type }) => type === 'E');
  client.close();
  expect(errors.map(errorOf).map(({ sqlstate }) => sqlstate)).toEqual(['42501']);
  expect(await marks()).toBe(before + 1);
});

it('reads ASCII in LATIN1', async () => {
  const settings = { client_encoding: 'LATIN1' };
  const client = await RawClient.login(await rig.login('ci/latin'), { settings });
  const answer = await client.ask(encodeQuery("SELECT 'a' FROM things"));
  client.close();
  expect(answer.map(({ type }) => type).join('')).toBe('TCZ');
});
