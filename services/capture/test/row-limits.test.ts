import { encodeExecute, encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, FLUSH, SYNC, bind, parse } from './messages.js';
import { errorOf, letters } from './raw-client.js';
import type { ServerMessage } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const RULES = `
  @id("some") @limit("5") permit (principal, action, resource);
  @id("few") @limit("3") permit (principal, action == Action::"select", resource)
    when { resource in Schema::"shop/postgres/public" };`;
const TOO_MANY = { severity: 'ERROR', sqlstate: '54000' };

let target: TestTarget;
let rig: Rig;

beforeAll(async () => {
  target = await startTarget();
  const { host, port, username: user, password } = target;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  await client.query(`create table things (id int, name text);
    insert into things select i, repeat('x', 100) from generate_series(1, 50000) i;`);
  await client.end();
  rig = await Rig.start({
    targets: [targetAt(target)],
    policies: [{ name: 'rows.cedar', text: RULES }],
  });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});
afterEach(() => {
  expect(rig.warnings).toEqual([]);
});

const errorsIn = (messages: readonly ServerMessage[]) =>
  messages.filter(({ type }) => type === 'E').map(errorOf);
const rowsIn = (messages: readonly ServerMessage[]) =>
  messages.filter(({ type }) => type === 'D' || type === 'd').length;

describe('a command that gives more rows than its rules allow', () => {
  it('fails behind the last of them, and the session goes on', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = 'select i from generate_series(1, 6) i';
    const answer = await client.ask(encodeQuery(text));
    expect(letters(answer)).toBe('TDDDDDEZ');
    expect(errorsIn(answer)).toMatchObject([
      { ...TOO_MANY, message: 'a policy does not allow so many rows (STENO-4042)' },
    ]);
    expect(letters(await client.ask(encodeQuery('select 1')))).toBe('TDCZ');
    const record = await session.finish();
    const { response } = record.command(text);
    expect(response).toMatchObject({
      status: 'error',
      rows: 5,
      facts: { error: { code: '54000' } },
    });
    const limits = record.events.filter(({ type }) => type === 'limit.reached');
    expect(limits.map(({ envelope }) => envelope.facts.value)).toMatchObject([
      { limit: 'rows', value: 5n },
    ]);
  });

  it('is given up by the target where there is much to come', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    // Behind billions of rows nobody would wait for the end.
    const answer = await client.ask(encodeQuery('select generate_series(1, 4000000000)'));
    expect(rowsIn(answer)).toBe(5);
    expect(errorsIn(answer)).toMatchObject([TOO_MANY]);
    expect(letters(await client.ask(encodeQuery('select 1')))).toBe('TDCZ');
    await session.finish();
  });

  it('fails by the lowest limit of its rules', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    expect(rowsIn(await client.ask(encodeQuery('select * from things limit 3')))).toBe(3);
    const answer = await client.ask(encodeQuery('select * from things'));
    expect([rowsIn(answer), errorsIn(answer).length]).toEqual([3, 1]);
    await session.finish();
  });

  it('fails in a COPY and in the extended protocol as well', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const copied = await client.ask(encodeQuery('copy things to stdout'));
    expect([rowsIn(copied), errorsIn(copied).length]).toEqual([3, 1]);
    const asked = await client.ask(
      parse('select i from generate_series(1, $1) i'),
      bind(['9']),
      EXECUTE,
      SYNC,
    );
    expect(letters(asked)).toBe('12DDDDDEZ');
    await session.finish();
  });

  it('counts what is taken from one portal, or from cursors, together', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const two = encodeExecute('', 2);
    const parts = await client.ask(
      ...[parse('select i from generate_series(1, 9) i'), bind(), two, two, two, SYNC],
    );
    expect([rowsIn(parts), errorsIn(parts).length]).toEqual([5, 1]);
    await client.ask(encodeQuery('begin'));
    await client.ask(
      encodeQuery('declare c cursor with hold for select i from generate_series(1, 9) i'),
    );
    await client.ask(encodeQuery('commit'));
    const taken: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      taken.push(rowsIn(await client.ask(encodeQuery('fetch 2 from c'))));
    }
    expect(taken).toEqual([2, 2, 1]);
    await session.finish();
  });

  it.each([
    ['changes something', [encodeQuery("update things set name = '' where id < 9 returning id")]],
    ['has others behind it', [encodeQuery('select generate_series(1, 6); select 1')]],
    ['may have others behind it', [parse('select generate_series(1, 6)'), bind(), EXECUTE, FLUSH]],
  ])(
    'ends the session where it %s, for whoever asked cannot tell what was done',
    async (_, sent) => {
      const session = await RecordedSession.begin(rig);
      const { client } = session;
      client.send(...sent);
      const answer = await client.rest();
      expect(rowsIn(answer)).toBe(5);
      expect(errorsIn(answer).at(-1)).toMatchObject({ severity: 'FATAL', sqlstate: '54000' });
      const record = await session.record();
      expect(record.closed.reason).toBe('denied');
    },
  );
});

it('leaves what gives as many as are allowed as it is', async () => {
  const session = await RecordedSession.begin(rig);
  const { client } = session;
  const answer = await client.ask(encodeQuery('select i from generate_series(1, 5) i'));
  expect(letters(answer)).toBe('TDDDDDCZ');
  await session.finish();
});
