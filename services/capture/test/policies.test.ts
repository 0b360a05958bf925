import { readFile } from 'node:fs/promises';
import { EVENT_TYPE } from '@steno/proto';
import { encodeExecute, encodeFunctionCall, encodeParse, encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, parse } from './messages.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const SHIPPED = new URL('../../../deploy/policies/read-only.cedar', import.meta.url);
const PERMIT_ALL = 'permit (principal, action, resource);';

let target: TestTarget;
let rig: Rig;
let readOnly: { name: string; text: string };

beforeAll(async () => {
  target = await startTarget();
  await onTarget(`
    create table things (id int primary key, name text);
    insert into things values (1, 'one'), (2, 'two');
    create function total() returns bigint language sql as 'select count(*) from things';
    create function purge() returns int language plpgsql as
      'begin delete from things; return 1; end';
    create function parsed() returns int begin atomic insert into things values (9) returning id;
      end;
    create view harmless as select name from things;
    create view trap as select purge();
    create aggregate purging(int) (sfunc = int4pl, stype = int, finalfunc = abs);
    create extension citext;
    create schema other; create table other.things (id int);
  `);
  readOnly = { name: 'policies/read-only.cedar', text: await readFile(SHIPPED, 'utf8') };
  rig = await Rig.start({ targets: [targetAt(target)], policies: [readOnly] });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});
afterEach(() => {
  expect(rig.warnings).toEqual([]);
});

async function onTarget(text: string): Promise<string[][]> {
  const { host, port, username: user, password } = target;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  const answer = await client.query({ text, rowMode: 'array' });
  await client.end();
  return [answer].flat().at(-1)?.rows as string[][];
}

const query = (text: string) => encodeQuery(text);

/** What a client is told of each error in an answer. */
function errorsIn(messages: Awaited<ReturnType<RawClient['ask']>>) {
  return messages.filter(({ type }) => type === 'E').map(errorOf);
}

describe('a denied query', () => {
  it('is told so in its place, and the session goes on', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    client.send(query('select 1'), query('delete from things'), query('select 2'));
    const answers = [await client.until('Z'), await client.until('Z'), await client.until('Z')];
    expect(answers.map(letters)).toEqual(['TDCZ', 'EZ', 'TDCZ']);
    expect(errorsIn(answers[1] ?? [])).toEqual([
      {
        severity: 'ERROR',
        sqlstate: '42501',
        message: 'the command was denied by a policy (STENO-4022)',
        hint: 'Ask the owner of the target; the record names the rule.',
      },
    ]);
    const record = await session.finish();
    const denied = record.command('delete from things');
    expect(denied.facts.decision).toMatchObject({ effect: 'deny', rule: 'read-only/no-changes' });
    expect(denied.response).toMatchObject({ status: 'error' });
    expect(denied.response?.facts.error?.code).toBe('42501');
    expect(record.command('select 2').facts.decision).toMatchObject({
      effect: 'allow',
      rule: 'read-only/permit-rest',
      policyVersion: denied.facts.decision?.policyVersion,
    });
    expect(await onTarget('select count(*)::text from things')).toEqual([['2']]);
  });

  it('fails its transaction, as every error does', async () => {
    const { client } = await RecordedSession.begin(rig);
    await client.ask(query('begin'));
    const denied = await client.ask(query('delete from things'));
    expect(denied.at(-1)?.body.toString()).toBe('E');
    expect(errorsIn(await client.ask(query('select 1')))[0]?.sqlstate).toBe('25P02');
    expect((await client.ask(query('rollback'))).at(-1)?.body.toString()).toBe('I');
    client.close();
  });

  it('is denied whatever it says where the target reads texts otherwise', async () => {
    const login = await rig.login('ci/other-strings');
    const settings = { options: '-c standard_conforming_strings=off' };
    const client = await RawClient.login(login, { settings });
    const answer = await client.ask(query("select '\\' || '; delete from things; --'"));
    expect(errorsIn(answer)[0]?.sqlstate).toBe('42501');
    client.close();
    expect(await onTarget('select count(*)::text from things')).toEqual([['2']]);
  });

  it('is unknown from when the target says that it reads texts otherwise', async () => {
    const text = `${PERMIT_ALL}
      @id("known") forbid (principal, action == Action::"other", resource);`;
    const careful = await Rig.start({
      targets: [targetAt(target)],
      policies: [{ name: 'careful.cedar', text }],
    });
    const { client } = await RecordedSession.begin(careful);
    expect(letters(await client.ask(query('select 1')))).toBe('TDCZ');
    await client.ask(query('set standard_conforming_strings = off'));
    const answer = await client.ask(query("select '\\' || '; delete from things; --'"));
    expect(errorsIn(answer)[0]?.sqlstate).toBe('42501');
    client.close();
    await careful.stop();
  });

  it('leaves no part of its batch to run', async () => {
    const { client } = await RecordedSession.begin(rig);
    const answer = await client.ask(query('select 1; delete from things; select 2'));
    expect(letters(answer)).toBe('EZ');
    client.close();
  });

  it('is denied by what a view or a function does', async () => {
    const { client } = await RecordedSession.begin(rig);
    const effects = [];
    for (const text of [
      'select total(), name from harmless',
      "select purging(id), 'a'::citext = 'A' from things group by name",
      'select * from trap',
      'select purge()',
      'select parsed()',
      'select nowhere()',
    ]) {
      effects.push(errorsIn(await client.ask(query(text))).map(({ sqlstate }) => sqlstate));
    }
    expect(effects).toEqual([[], [], ['42501'], ['42501'], ['42501'], ['42501']]);
    client.close();
    expect(await onTarget('select count(*)::text from things')).toEqual([['2']]);
  });
});

describe('the extended protocol', () => {
  it('is denied at its Parse, and passes over the rest up to the Sync', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = 'delete from things';
    const answer = await client.ask(parse(text), bind([]), EXECUTE, SYNC);
    expect(letters(answer)).toBe('EZ');
    expect(errorsIn(answer)[0]?.sqlstate).toBe('42501');
    const next = await client.ask(parse('select 1'), bind([]), EXECUTE, SYNC);
    expect(letters(next)).toBe('12DCZ');
    const record = await session.finish();
    const [denied] = record.events.filter(({ type }) => type === EVENT_TYPE.commandSubmitted);
    expect(denied?.envelope.facts.value).toMatchObject({
      kind: 'prepare',
      decision: { effect: 'deny' },
    });
    expect(denied?.contents[0]?.bytes.toString()).toBe(text);
  });

  it('leaves a name that was taken to what it was', async () => {
    const { client } = await RecordedSession.begin(rig);
    const named = (text: string) => encodeParse({ name: 's', text, parameterTypes: [] });
    await client.ask(named('select 7'), SYNC);
    expect(letters(await client.ask(named('delete from things'), SYNC))).toBe('EZ');
    const answer = await client.ask(bind([], { statement: 's' }), EXECUTE, SYNC);
    expect(letters(answer)).toBe('2DCZ');
    client.close();
  });

  it('is denied later, where the policies changed since its Parse or its Bind', async () => {
    const { client } = await RecordedSession.begin(rig);
    await client.ask(encodeParse({ name: 's', text: 'select 7', parameterTypes: [] }), SYNC);
    await client.ask(query('begin'));
    await client.ask(bind([], { statement: 's', portal: 'p' }), SYNC);
    await rig.capture.repolicy([
      { name: 'none.cedar', text: PERMIT_ALL.replace('permit', 'forbid') },
    ]);
    try {
      const late = await client.ask(encodeExecute('p', 0), SYNC);
      expect(letters(late)).toBe('EZ');
      expect(errorsIn(late)[0]?.sqlstate).toBe('42501');
      const answer = await client.ask(bind([], { statement: 's' }), EXECUTE, SYNC);
      expect(letters(answer)).toBe('EZ');
      expect(errorsIn(answer)[0]?.sqlstate).toBe('42501');
    } finally {
      await rig.capture.repolicy([readOnly]);
    }
    await client.ask(query('rollback'));
    expect(letters(await client.ask(bind([], { statement: 's' }), EXECUTE, SYNC))).toBe('2DCZ');
    client.close();
  });

  it('has no way round by a function call or a portal of nobody', async () => {
    const { client } = await RecordedSession.begin(rig);
    const [[oid = '']] = (await onTarget("select 'purge'::regproc::oid::text")) as [string[]];
    const call = encodeFunctionCall({
      functionOid: Number(oid),
      argumentFormats: [],
      values: [],
      resultFormat: 0,
    });
    const answer = await client.ask(call);
    expect(letters(answer)).toBe('EZ');
    expect(errorsIn(answer)[0]?.sqlstate).toBe('42501');
    expect(letters(await client.ask(encodeExecute('nobody', 0), SYNC))).toBe('EZ');
    client.close();
  });
});

describe('names', () => {
  const policies = [
    {
      name: 'names.cedar',
      text: `${PERMIT_ALL}
        @id("other") forbid (principal, action == Action::"select",
          resource in Schema::"shop/postgres/other");
        @id("write") forbid (principal, action == Action::"delete", resource);`,
    },
  ];
  let named: Rig;
  beforeAll(async () => {
    named = await Rig.start({ targets: [targetAt(target)], policies });
  });
  afterAll(() => named.stop());

  it('lead where the session has them lead', async () => {
    const { client } = await RecordedSession.begin(named);
    const read = query('select * from things');
    expect(letters(await client.ask(read))).toBe('TDDCZ');
    expect(letters(await client.ask(query('set search_path = other')))).toMatch(/^CS?Z$/);
    expect(letters(await client.ask(read))).toBe('EZ');
    client.close();
    const { client: another } = await RecordedSession.begin(named);
    expect(letters(await another.ask(read))).toBe('TDDCZ');
    another.close();
    const login = await named.login('ci/own-path');
    const own = await RawClient.login(login, { settings: { search_path: 'other' } });
    expect(letters(await own.ask(read))).toBe('EZ');
    own.close();
  });

  it('of what a session has made are known once that is committed and read', async () => {
    const { client } = await RecordedSession.begin(named);
    const make = "create or replace function late() returns int language sql as 'select 1'";
    const spoil = `create or replace function late() returns int language sql as
      'delete from things where id = 0 returning 1'`;
    await client.ask(query(make));
    await until('the function is known', async () => {
      const [error] = errorsIn(await client.ask(query('select late()')));
      return error === undefined ? true : undefined;
    });
    await client.ask(query(spoil));
    // Nobody has read it yet, or it is known for what it is: opaque or a delete.
    await until('the new one is known', async () => {
      const answer = await client.ask(query('select late()'));
      return errorsIn(answer)[0]?.sqlstate === '42501' ? true : undefined;
    });
    client.close();
  });
});

it('opens sessions with the settings that the policies ask for, which they keep', async () => {
  const settings = { Default_Transaction_Read_Only: 'off', default_transaction_read_only: 'off' };
  const client = await RawClient.login(await rig.login('ci/walled'), {
    settings: { ...settings, options: '-c default_transaction_read_only=off' },
  });
  const shown = await client.ask(query('show transaction_read_only'));
  expect(shown.find(({ type }) => type === 'D')?.body.toString()).toMatch(/on$/);
  const [error] = errorsIn(await client.ask(query('begin read write')));
  expect(error).toMatchObject({ sqlstate: '42501' });
  expect(letters(await client.ask(query('begin read only')))).toBe('CZ');
  client.close();
});

it('denies a session, and says by which rule', async () => {
  const text = `${PERMIT_ALL} @id("nobody") @reason("not at night")
    forbid (principal == Identity::"ci/night", action == Action::"connect", resource);`;
  const night = await Rig.start({
    targets: [targetAt(target)],
    policies: [{ name: 'night.cedar', text }],
  });
  const refused = RawClient.connect(await night.login('ci/night'));
  await refused.login(await night.login('ci/night'));
  expect(errorOf(refused.messages.at(-1))).toMatchObject({ severity: 'FATAL', sqlstate: '42501' });
  (await RawClient.login(await night.login('ci/day'))).close();
  expect(await night.sessions('ci/night')).toEqual([]);
  await until('the refusal is recorded', async () => {
    const activity = await night.events('activity');
    return activity.some(({ type }) => type === 'login.refused') ? true : undefined;
  });
  await night.stop();
});

it('records its policies, and goes on by them where the next are wrong', async () => {
  const wrong = rig.capture.repolicy([{ name: 'bad.cedar', text: 'permit (' }]);
  await expect(wrong).rejects.toThrow('bad.cedar:1');
  const long = { name: 'long.cedar', text: `// ${'x'.repeat(57 * 1024)}\n${PERMIT_ALL}` };
  await expect(rig.capture.repolicy([long])).rejects.toThrow('STENO-4070');
  const named = { name: 'n'.repeat(57 * 1024), text: PERMIT_ALL };
  await expect(rig.capture.repolicy([named])).rejects.toThrow('STENO-4070');
  const loaded = (await rig.events('control')).filter(({ type }) => type === 'policy.loaded');
  const { facts } = loaded[0]?.envelope ?? {};
  expect(facts?.value).toMatchObject({ files: [readOnly], rules: 3 });
  const session = await RecordedSession.begin(rig);
  expect(letters(await session.client.ask(query('delete from things')))).toBe('EZ');
  const record = await session.finish();
  const opened = record.events[0]?.envelope.facts;
  const digest = facts?.case === 'policyLoaded' ? facts.value.digest : undefined;
  expect(opened?.case === 'sessionOpened' && opened.value.policyDigest).toEqual(digest);
});
