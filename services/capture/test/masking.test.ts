import { readFile } from 'node:fs/promises';
import {
  decodeDataRow,
  decodeErrorFields,
  encodeCopyData,
  encodeEmptyToServer,
  encodeFunctionCall,
  encodeQuery,
  fieldText,
  isMalformed,
} from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, describePortal, parse } from './messages.js';
import { errorOf, letters } from './raw-client.js';
import type { RawClient, ServerMessage } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import type { SessionRecord } from './record.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const SHIPPED = new URL('../../../deploy/policies/mask-pii.cedar', import.meta.url);
const TEXT = 0;
const BINARY = 1;

/** None of these is to be seen or kept anywhere. */
const PLANTED = {
  email: 'ann.planted@example.org',
  password: 'hunter2planted',
  phone: '4915112345678',
  card: '4111111111111111',
  iban: 'DE89370400440532013000',
} as const;

let target: TestTarget;
let rig: Rig;
/** Rules of the test's own, on another capture. */
let ruled: Rig;

beforeAll(async () => {
  target = await startTarget();
  const { email, password, phone, card, iban } = PLANTED;
  await onTarget(`
    create table people (id int primary key, gone text, email text, password text, phone bigint,
      notes jsonb, tags text[], blob bytea, card varchar(40), born date, pay numeric);
    alter table people drop column gone;
    insert into people values (1, '${email}', '${password}', ${phone},
      '{"mail": "${email}", "n": ${card}, "deep": "{\\"to\\": \\"${email}\\"}"}',
      array['${email}', null, 'plain'], 'mail ${email}', '4111 1111 1111 1111', '1990-02-03', 9.5);
    insert into people (id, notes) values (2, '"${iban}"'), (3, '${card}'), (4, '"plain"');
    create view hidden as select password as p, lower(email) as e from people;
    create view hidden_more as select p as q from hidden;
    create type mood as enum ('calm');
    create table plain (id int, name text, at timestamptz, m mood);
    insert into plain values (1, 'nothing to see', '2020-01-02 03:04:05+00', 'calm');
  `);
  const shipped = { name: 'mask-pii.cedar', text: await readFile(SHIPPED, 'utf8') };
  rig = await Rig.start({ targets: [targetAt(target)], policies: [shipped] });
  const text = `
    @id("reads") permit (principal, action, resource);
    @mask("columns=people.pay,*.born,people.email,people.id as=null")
    permit (principal, action == Action::"select", resource)
    when { resource in Schema::"shop/postgres/public" };`;
  ruled = await Rig.start({
    targets: [targetAt(target)],
    policies: [{ name: 'own.cedar', text }],
    limits: { maskedMessageBytes: 100_000 },
  });
});
afterAll(async () => {
  await rig.stop();
  await ruled.stop();
  await target.remove();
});
afterEach(() => {
  expect([...rig.warnings, ...ruled.warnings]).toEqual([]);
});

async function onTarget(text: string): Promise<void> {
  const { host, port, username: user, password } = target;
  const client = new pg.Client({ host, port, user, password, database: 'postgres' });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** What a Query gives, values as they came. */
async function rowsOf(client: RawClient, text: string): Promise<(string | null)[][]> {
  return valuesIn(await client.ask(encodeQuery(text)));
}

function valuesIn(messages: readonly ServerMessage[]): (string | null)[][] {
  return messages
    .filter(({ type }) => type === 'D')
    .map(({ body }) => {
      const row = decodeDataRow(body);
      if (isMalformed(row)) throw new Error(row.detail);
      return row.map((value) => value?.toString('latin1') ?? null);
    });
}

/** A statement in the extended protocol, described unless told otherwise. */
function extended(text: string, format: number, isDescribed = true): Buffer[] {
  const described = isDescribed ? [describePortal()] : [];
  return [parse(text), bind([], { results: [format] }), ...described, EXECUTE, SYNC];
}

function textsOf(messages: readonly ServerMessage[], type: string, letter: string) {
  return messages
    .filter((message) => message.type === type)
    .map(({ body }) => {
      const fields = decodeErrorFields(body);
      return isMalformed(fields) ? undefined : fieldText(fields, letter);
    });
}

/** Everything that an installation wrote of a session, and what its client got. */
function expectNothingPlanted({ events }: SessionRecord, client: RawClient): void {
  const received = client.messages.map(({ body }) => body.toString('latin1'));
  const kept = events.flatMap(({ contents }) =>
    contents.map(({ bytes }) => bytes.toString('latin1')),
  );
  const facts = events.map(({ envelope }) =>
    JSON.stringify(envelope, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  );
  for (const planted of Object.values(PLANTED)) {
    for (const text of [...received, ...kept, ...facts]) expect(text).not.toContain(planted);
  }
}

const ALL = 'select email, password, phone, notes, tags, blob, card from people where id = 1';
const TOKEN = /^\[[a-z-]+:[0-9a-f]{8}\]$/;

describe('mask-pii.cedar', () => {
  it.each([
    ['a Query', async (client: RawClient) => client.ask(encodeQuery(ALL))],
    ['text', async (client: RawClient) => client.ask(...extended(ALL, TEXT))],
    ['binary', async (client: RawClient) => client.ask(...extended(ALL, BINARY))],
  ])('masks what is sensitive in rows: %s', async (form, ask) => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const isBinary = form === 'binary';
    const [row = []] = valuesIn(await ask(client));
    const [email, password, phone, notes, tags, blob, card] = row;
    expect(email).toMatch(/^\[email:/);
    expect(password).toMatch(/^\[password:/);
    expect(phone).toBeNull();
    const json: unknown = JSON.parse(notes?.slice(isBinary ? 1 : 0) ?? '');
    expect(json).toMatchObject({ mail: email, n: expect.stringMatching(TOKEN) as string });
    expect(JSON.parse((json as { deep: string }).deep)).toEqual({ to: email });
    if (isBinary) expect(tags).toContain(email);
    else expect(tags).toBe(`{${email ?? ''},NULL,plain}`);
    const bytes = isBinary ? blob : Buffer.from(blob?.slice(2) ?? '', 'hex').toString();
    expect(bytes).toBe(`mail ${email ?? ''}`);
    expect(card).toMatch(/^\[card:/);
    const record = await session.finish();
    expectNothingPlanted(record, client);
    const response = record.commands.at(-1)?.response;
    const counts = response?.facts.masked.map(({ type, count }) => [type, Number(count)]);
    expect(new Map(counts as [string, number][])).toEqual(
      new Map([
        ['email', 5],
        ['password', 1],
        ['phone', 1],
        ['card', 2],
      ]),
    );
    // Of what was masked only a keyed digest is kept.
    expect(response).toMatchObject({ sha256: '', rows: 1 });
    expect(response?.hmac).toHaveLength(64);
  });

  it('leaves JSON that is one value valid', async () => {
    const session = await RecordedSession.begin(rig);
    const rows = await rowsOf(session.client, 'select notes from people where id > 1 order by id');
    const values = rows.map(([value]) => JSON.parse(value ?? '') as unknown);
    expect(values).toEqual([
      expect.stringMatching(/^\[iban:/),
      expect.stringMatching(/^\[card:/),
      'plain',
    ]);
    expectNothingPlanted(await session.finish(), session.client);
  });

  it('leaves what is not sensitive byte for byte, with a plain digest', async () => {
    const session = await RecordedSession.begin(rig);
    const rows = await rowsOf(session.client, 'select * from plain');
    expect(rows).toEqual([['1', 'nothing to see', '2020-01-02 03:04:05+00', 'calm']]);
    const { response } = (await session.finish()).command('select * from plain');
    expect(response.facts.masked).toEqual([]);
    expect(response.sha256).toHaveLength(64);
  });

  it.each([
    ['by another name', 'select password as nice from people where id = 1'],
    ['through views', 'select q from hidden_more where q is not null'],
    ['computed', "select upper(password) || '!' from people where id = 1"],
    ['through queries', 'with a as (select password p from people) select (select max(p) from a)'],
    ['out of a union', "select 'x' as x union select password from people order by 1 desc limit 1"],
    ['as a whole row', 'select people from people where id = 1'],
    ['as JSON', 'select to_jsonb(people) - $$email$$ from people where id = 1'],
    ['as an array', 'select array_agg(password) from people'],
    ['returned', 'update people set born = born where id = 1 returning password'],
    ['by a cursor', 'begin; declare c cursor for select password p from people; fetch c; end'],
    ['by a cast that fails', 'select password::int from people'],
    ['by a prepared statement', 'prepare p as select password as x from people; execute p'],
  ])('masks what a name alone tells: %s', async (_how, text) => {
    const session = await RecordedSession.begin(rig);
    await session.client.ask(encodeQuery(text));
    expectNothingPlanted(await session.finish(), session.client);
  });

  it('shows nothing of rows that nobody described', async () => {
    const session = await RecordedSession.begin(rig);
    const rows = valuesIn(await session.client.ask(...extended(ALL, TEXT, false)));
    expect(rows).toEqual([[null, null, null, null, null, null, null]]);
    expectNothingPlanted(await session.finish(), session.client);
  });

  it('goes by the last description that the target gave', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(parse('select email from people', 's'), SYNC);
    await client.ask(bind([], { statement: 's' }), describePortal(), EXECUTE, SYNC);
    const again = await client.ask(bind([], { statement: 's' }), EXECUTE, SYNC);
    expect(letters(again)).toBe('2DDDDCZ');
    expectNothingPlanted(await session.finish(), client);
  });

  it.each([
    ['text', 'copy people to stdout'],
    ['CSV', "copy people to stdout with (format csv, header, delimiter ';', force_quote *)"],
    ['columns', 'copy people (password, phone, notes) to stdout csv'],
    ['a query', 'copy (select password as a, phone as b, notes, tags from people) to stdout'],
    ['binary', 'copy people (email, password, notes, tags, card) to stdout (format binary)'],
  ])('masks a COPY: %s', async (_form, text) => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const answer = await client.ask(encodeQuery(text));
    const rows = answer.filter(({ type }) => type === 'd').length;
    expect(rows).toBeGreaterThanOrEqual(4);
    const record = await session.finish();
    expectNothingPlanted(record, client);
    expect(record.command(text).response.facts.masked.length).toBeGreaterThan(0);
  });

  it.each(['', ' csv', ' binary'])('leaves a COPY as a target can read it:%s', async (options) => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const columns = '(email, notes, tags, blob, card, born, pay)';
    const copied = await client.ask(encodeQuery(`copy people ${columns} to stdout${options}`));
    await client.ask(encodeQuery('create temp table loaded (like people)'));
    await client.ask(encodeQuery('alter table loaded alter id drop not null'));
    client.send(encodeQuery(`copy loaded ${columns} from stdin${options}`));
    await client.until('G');
    const rows = copied.filter(({ type }) => type === 'd');
    client.send(...rows.map(({ body }) => encodeCopyData(body)), encodeEmptyToServer('copyDone'));
    expect(letters(await client.until('Z'))).toBe('CZ');
    const text = `select notes ->> 'mail' = email, tags[1] = email, born, pay from loaded
      where card is not null`;
    expect(await rowsOf(client, text)).toEqual([['t', 't', '1990-02-03', '9.5']]);
    expectNothingPlanted(await session.finish(), client);
  });

  it('shows nothing in a COPY of columns that it cannot name', async () => {
    await onTarget(`create table unheard as select email, password from people where id = 1`);
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const [text] = (await client.ask(encodeQuery('copy unheard to stdout'))).filter(
      ({ type }) => type === 'd',
    );
    expect(text?.body.toString()).toMatch(/^\[email:[0-9a-f]{8}\]\t\\N\n$/);
    await client.ask(encodeQuery('copy unheard to stdout (format binary)'));
    expectNothingPlanted(await session.finish(), client);
  });

  it('masks errors, notices, notifications and what functions give', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const told = await client.ask(
      encodeQuery(`do $$ begin raise notice 'to ${PLANTED.email}'; raise exception
        'mail %', '${PLANTED.email}' using detail = '${PLANTED.iban}'; end $$`),
    );
    expect(textsOf(told, 'N', 'M')).toEqual([expect.stringMatching(/^to \[email:/)]);
    expect(textsOf(told, 'E', 'M')).toEqual([expect.stringMatching(/^mail \[email:/)]);
    const twice = await client.ask(
      encodeQuery(`insert into people values (1, '${PLANTED.email}')`),
    );
    expect(textsOf(twice, 'E', 'D')).toEqual(['Masked: it may quote values.']);
    const failed = await client.ask(encodeQuery('select password::int from people'));
    expect(textsOf(failed, 'E', 'M')).toEqual([
      'invalid input syntax for type integer: "[masked]"',
    ]);
    const heard = await client.ask(
      encodeQuery(`listen c; notify c, 'from ${PLANTED.email}'; select 1`),
    );
    expect(letters(heard)).toContain('A');
    const called = encodeFunctionCall({
      functionOid: 885, // btrim(text)
      argumentFormats: [TEXT],
      values: [Buffer.from(` ${PLANTED.email} `)],
      resultFormat: TEXT,
    });
    const given = await client.ask(called);
    expect(given.find(({ type }) => type === 'V')?.body.toString('latin1')).toContain('[email:');
    expectNothingPlanted(await session.finish(), client);
  });

  it('passes on what the client sends, and keeps it without what is sensitive', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(encodeQuery('create temp table t (email text, password text, n int)'));
    await client.ask(
      parse('insert into t (email, password) values ($1, $2)'),
      bind([PLANTED.email, PLANTED.password]),
      EXECUTE,
      SYNC,
    );
    client.send(encodeQuery('copy t from stdin'));
    await client.until('G');
    const rows = `${PLANTED.email}\tother\t1\n`;
    for (const byte of rows) client.send(encodeCopyData(Buffer.from(byte)));
    client.send(encodeEmptyToServer('copyDone'));
    await client.until('Z');
    const [counted] = await rowsOf(
      client,
      `select count(*) from t where email = '${PLANTED.email}' and password in
        ('${PLANTED.password}', 'other')`,
    );
    expect(counted).toEqual(['2']);
    const record = await session.finish();
    expectNothingPlanted(record, client);
    const redacted = record.commands.map(({ facts }) => facts.redacted.map(({ type }) => type));
    expect(redacted).toContainEqual(['email', 'password']);
    const copied = record.command('copy t from stdin').response;
    expect(copied.input.toString()).toMatch(/^\[email:[0-9a-f]{8}\]\tother\t1\n$/);
    expect(copied.facts.inputRedacted).toMatchObject([{ type: 'email', count: 1n }]);
    expect(copied.facts.inputSha256).toHaveLength(0);
    expect(copied.facts.inputHmac).toHaveLength(32);
  });

  it('gives the same value the same token in rows and in commands', async () => {
    const session = await RecordedSession.begin(rig);
    const text = `select email from people where email = '${PLANTED.email}'`;
    const [[token] = []] = await rowsOf(session.client, text);
    const record = await session.finish();
    expect(record.commands.at(-1)?.text).toContain(`'${token ?? 'none'}'`);
  });
});

describe('rules that mask columns', () => {
  const email = PLANTED.email;

  it('go by table and column, in the form that they name', async () => {
    const session = await RecordedSession.begin(ruled);
    const { client } = session;
    expect(
      await rowsOf(client, 'select id, email, born, pay, card from people where id = 1'),
    ).toEqual([[null, null, null, null, '4111 1111 1111 1111']]);
    expect(await rowsOf(client, 'select id, name from plain')).toEqual([['1', 'nothing to see']]);
    const renamed = 'select p.pay::text as x, p.email || $$!$$ as y from people p where id = 1';
    expect(await rowsOf(client, renamed)).toEqual([[null, null]]);
    const record = await session.finish();
    const masked = record.commands[0]?.response?.facts.masked;
    expect(masked).toMatchObject([
      { type: 'column', count: 3n },
      { type: 'email', count: 1n },
    ]);
  });

  it('mask nothing of what other rules permit', async () => {
    const session = await RecordedSession.begin(ruled);
    expect(await rowsOf(session.client, `values ('${email}')`)).toEqual([[email]]);
    await session.finish();
  });

  it('end a session at a row that is too long to be masked', async () => {
    const session = await RecordedSession.begin(ruled);
    const { client } = session;
    const text = "select repeat('x', 100000), id from people";
    const answer = await client.ask(encodeQuery(text)).catch(() => client.messages);
    expect(errorOf(answer.at(-1) ?? { type: '', body: Buffer.alloc(0) })).toMatchObject({
      sqlstate: '54000',
      message: 'a row is too long to be masked (STENO-4034)',
    });
    const record = await session.record();
    expect(record.closed.reason).toBe('too-long-to-mask');
    expect(record.limits).toMatchObject([{ limit: 'maskedMessage', value: 100_000n }]);
  });
});
