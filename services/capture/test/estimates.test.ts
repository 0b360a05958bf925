import type { ApprovalRequested } from '@steno/proto';
import { encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, parse } from './messages.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const HELD = `permit (principal, action, resource)
  when { action in [Action::"connect", Action::"session", Action::"create"] };
  @approve("ttl=15m") permit (principal, action, resource)
  unless { action in [Action::"connect", Action::"session", Action::"create"] };`;

const SCHEMA = `
  create table items (id int primary key, note text);
  insert into items select n, 'note ' || n from generate_series(1, 1000) n;
  create table seen (id int);
  create function peek() returns int language sql immutable as 'select 1';
  create function noted() returns int language plpgsql stable as
    $$ begin perform dblink_like(); return 1; end $$;
  create schema other;
  create table other.items (id int);
  analyze items;`;

let target: TestTarget;
let rig: Rig;

beforeAll(async () => {
  target = await startTarget();
  await onTarget(SCHEMA);
  const policies = [{ name: 'held.cedar', text: HELD }];
  rig = await Rig.start({ targets: [targetAt(target)], policies });
});
afterAll(async () => {
  expect(rig.warnings).toEqual([]);
  await rig.stop();
  await target.remove();
});

async function onTarget(text: string): Promise<number> {
  const { host, port, username: user, password } = target;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  const { rowCount } = await client.query(text);
  await client.end();
  return rowCount ?? 0;
}

/** What people are told of the command that a session sends. */
async function askedFor(...messages: readonly Buffer[]): Promise<ApprovalRequested> {
  const session = await RecordedSession.begin(rig);
  session.client.send(...messages);
  const request = await until('it is asked', async () => {
    const found = (await rig.events('control')).flatMap(({ envelope: { facts } }) =>
      facts.case === 'approvalRequested' && facts.value.identity === session.identity
        ? [facts.value]
        : [],
    );
    return found[0];
  });
  session.client.close();
  await session.record();
  return request;
}

it.each([
  ['delete from items', 1000n],
  ['delete from items where id = 7', 1n],
  ['update items set note = upper(note) where id <= 500', 500n],
  ['insert into seen select id from items', 1000n],
  ['insert into seen values (1), (2)', 2n],
  ['select * from items', 1000n],
  ['select count(*) from items', 1n],
  ['merge into items using seen s on s.id = items.id when matched then delete', undefined],
])('%s is guessed by the planner, and not run', async (text, rows) => {
  const { estimatedRows, notEstimated } = await askedFor(encodeQuery(text));
  expect(notEstimated).toBe('');
  if (rows === undefined) expect(estimatedRows).toBeGreaterThan(0n);
  else expect(estimatedRows).toBe(rows);
  expect(await onTarget('select 1 from items')).toBe(1000);
  expect(await onTarget('select 1 from seen')).toBe(0);
});

it('goes by the values of a prepared statement', async () => {
  const text = 'delete from items where id <= $1';
  const few = await askedFor(parse(text), bind(['10']), EXECUTE, SYNC);
  expect(few).toMatchObject({ estimatedRows: 10n, notEstimated: '' });
  const many = await askedFor(parse(text), bind(['900']), EXECUTE, SYNC);
  expect(many).toMatchObject({ estimatedRows: 900n });
  const wrong = await askedFor(parse(text), bind(['secret']), EXECUTE, SYNC);
  // Its words would have the value in them.
  expect(wrong).toMatchObject({ notEstimated: 'the target answered 22P02' });
  expect(wrong.estimatedRows).toBeUndefined();
});

it.each([
  ['delete from items; drop table seen', 'it is not one statement'],
  ['truncate seen', 'it is no plain SELECT, INSERT, UPDATE, DELETE or MERGE'],
  ['explain analyze delete from items', 'it is no plain SELECT, INSERT, UPDATE, DELETE or MERGE'],
  ['with gone as (delete from items returning id) insert into seen select id from gone', 'several'],
  ['with gone as (delete from items returning id) select * from gone', 'the plan does not say'],
  ['delete from items where id = peek()', 'it calls functions that are not of Postgres'],
  ['delete from items where id = noted()', 'it cannot be seen through'],
  ['do $$ begin delete from items; end $$', 'it is no plain SELECT'],
  ['delete from nowhere', 'it cannot be seen through'],
])('%s is not guessed, and it is said why', async (text, why) => {
  const { estimatedRows, notEstimated } = await askedFor(encodeQuery(text));
  expect(estimatedRows).toBeUndefined();
  expect(notEstimated).toContain(why);
  expect(await onTarget('select 1 from items')).toBe(1000);
});

it.each(['set search_path = other', 'create temp table items (id int)'])(
  'is not guessed where the session has names of its own: %s',
  async (naming) => {
    const named = [encodeQuery(naming), encodeQuery('delete from items')];
    const { notEstimated } = await askedFor(...named);
    expect(notEstimated).toBe('names may lead elsewhere in its session');
  },
);

it('holds nobody up while the table is locked, and fails no transaction', async () => {
  const { host, port, username: user, password } = target;
  const other = new pg.Client({ host, port, user, password, database: 'postgres' });
  await other.connect();
  await other.query('begin; lock table items in access exclusive mode');
  const begin = encodeQuery('begin');
  const { notEstimated } = await askedFor(begin, encodeQuery('delete from items'));
  expect(notEstimated).toBe('the target answered 55P03');
  await other.query('rollback');
  await other.end();
});
