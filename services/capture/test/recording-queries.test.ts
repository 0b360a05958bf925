import { createHash } from 'node:crypto';
import { encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, describePortal, parse, sha256 } from './messages.js';
import { RawClient, dataBytes, errorOf, letters, outputBytes } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  rig = await Rig.start({ targets: [targetAt(target)] });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});
afterEach(() => {
  expect(rig.warnings).toEqual([]);
});

describe('a simple query', () => {
  it('is recorded word for word with all that came back', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = 'select n, repeat(\'ä\', n) as "Wörter" from generate_series(1, 3) as n';
    const answer = await client.ask(encodeQuery(text));
    const record = await session.finish();
    expect(record.types).toEqual([
      'session.opened',
      'command.submitted',
      'response.completed',
      'session.closed',
    ]);
    const { facts, response } = record.command(text);
    expect(facts).toMatchObject({ kind: 'query', statementName: '', parameters: 0 });
    expect(facts.decision).toMatchObject({ effect: 'allow', rule: 'no-policy' });
    expect(response).toMatchObject({ status: 'ok', rows: 3, tags: ['SELECT 3'], hmac: '' });
    expect(response.bytes).toBe(dataBytes(answer).length);
    expect(response.sha256).toBe(sha256(dataBytes(answer)));
    expect(response.output.equals(outputBytes(answer))).toBe(true);
    expect(Number(response.facts.outputKept)).toBe(outputBytes(answer).length);
    expect(response.facts.columns).toMatchObject([
      { name: 'n', type: 23, format: 'text' },
      { name: 'Wörter', type: 25, format: 'text' },
    ]);
    expect(Number(response.facts.durationNs)).toBeGreaterThan(0);
    expect(Number(response.facts.rowsAffected)).toBe(0);
    expect(record.closed).toMatchObject({ commands: 1n, errors: 0n, rows: 3n });
    expect(Number(record.closed.bytes)).toBe(response.bytes);
  });

  it.each([33 * 1024, 61 * 1024, 3 * 1024 * 1024])('of %i bytes is kept whole', async (size) => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = `select 1 as a -- ${'Ω'.repeat(size / 2)}`;
    await client.ask(encodeQuery(text));
    const record = await session.finish();
    expect(record.command(text).response).toMatchObject({ status: 'ok', rows: 1 });
  });

  it('may hold bytes that are no text', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const bytes = Buffer.from([...Buffer.from("select '"), 0xff, 0xfe, 0x27]);
    const answer = await client.ask(encodeQuery(bytes));
    const record = await session.finish();
    const submitted = record.events.find(({ type }) => type === 'command.submitted');
    expect(submitted?.contents[0]?.bytes).toEqual(bytes);
    expect(record.commands[0]?.response?.facts.error?.code).toBe(errorOf(answer[0]).sqlstate);
  });

  it('of several statements has their tags, and the rows of all', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text =
      'create temp table t (a int); insert into t select generate_series(1, 7); table t; select 1';
    const answer = await client.ask(encodeQuery(text));
    const { response } = (await session.finish()).command(text);
    expect(response).toMatchObject({
      tags: ['CREATE TABLE', 'INSERT 0 7', 'SELECT 7', 'SELECT 1'],
      rows: 8,
      sha256: sha256(dataBytes(answer)),
    });
    expect(Number(response.facts.rowsAffected)).toBe(7);
    expect(response.output.equals(outputBytes(answer))).toBe(true);
  });

  it('that fails after a result keeps both', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = 'select 1 as one; select 1/0';
    const answer = await client.ask(encodeQuery(text));
    await client.ask(encodeQuery('select 2'));
    const record = await session.finish();
    expect(record.command('select 2').response).toMatchObject({ status: 'ok', error: undefined });
    const { response } = record.command(text);
    expect(response).toMatchObject({ status: 'error', rows: 1, tags: ['SELECT 1'] });
    expect(response.facts.error).toMatchObject({ code: '22012', severity: 'ERROR' });
    expect(response.error).toEqual(answer.find(({ type }) => type === 'E')?.body);
    expect(record.closed).toMatchObject({ commands: 2n, errors: 1n });
  });

  it('may be empty', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    expect(letters(await client.ask(encodeQuery('')))).toBe('IZ');
    const record = await session.finish();
    expect(record.command('').response).toMatchObject({ status: 'ok', rows: 0, tags: [] });
  });

  it('brings notices, and large ones and errors are kept', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const raise = (level: string, size: number) =>
      `do $$ begin raise notice 'small'; raise ${level} '%', repeat('x', ${size}); end $$`;
    const noticed = await client.ask(encodeQuery(raise('notice', 50_000)));
    const failed = await client.ask(encodeQuery(raise('exception', 50_000)));
    const huge = await client.ask(encodeQuery(raise('exception', 300_000)));
    const loop = "do $$ begin for i in 1..50 loop raise notice '%', i; end loop; end $$";
    await client.ask(encodeQuery(loop));
    await client.ask(encodeQuery('select 1'));
    const record = await session.finish();
    const noticeBodies = noticed.filter(({ type }) => type === 'N').map(({ body }) => body);
    const { response: notice } = record.command(raise('notice', 50_000));
    expect(Buffer.concat(notice.notices).equals(Buffer.concat(noticeBodies))).toBe(true);
    const { response: error } = record.command(raise('exception', 50_000));
    const errorBody = failed.find(({ type }) => type === 'E')?.body ?? Buffer.alloc(0);
    expect([error.status, error.error?.equals(errorBody)]).toEqual(['error', true]);
    const { response } = record.command(raise('exception', 300_000));
    expect(response.facts.error?.code).toBe('P0001');
    const whole = huge.find(({ type }) => type === 'E')?.body ?? Buffer.alloc(0);
    expect(response.error?.subarray(0, 65_536).equals(whole.subarray(0, 65_536))).toBe(true);
    expect(errorOf({ type: 'E', body: response.error ?? whole }).sqlstate).toBe('P0001');
    expect(record.command(loop).response.facts.notices).toBe(50);
    expect(record.command(loop).response.notices.length).toBe(32);
    expect(record.limits.map(({ limit }) => limit)).toEqual([
      'diagnosticBytes',
      'noticesPerResponse',
    ]);
    expect(record.command('select 1').response.status).toBe('ok');
  });

  it('tells columns that do not fit as a number', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const names = Array.from({ length: 1_600 }, (_, n) => `1 as "${'c'.repeat(50)}${n}"`);
    const text = `select ${names.join()}`;
    const answer = await client.ask(encodeQuery(text));
    const { response } = (await session.finish()).command(text);
    expect(response).toMatchObject({ status: 'ok', rows: 1 });
    expect(response.facts.columns.length + response.facts.columnsLeftOut).toBe(1_600);
    expect(response.facts.columns.length).toBeGreaterThan(100);
    expect(response.output.equals(outputBytes(answer))).toBe(true);
  });

  it('of which several are sent at once are told apart', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    client.send(encodeQuery('select 1'), encodeQuery('select 1/0'), encodeQuery('select 3'));
    for (let left = 3; left > 0; left -= 1) await client.until('Z');
    const record = await session.finish();
    expect(record.commands.map(({ text, response }) => [text, response?.status])).toEqual([
      ['select 1', 'ok'],
      ['select 1/0', 'error'],
      ['select 3', 'ok'],
    ]);
  });
});

describe('large output', () => {
  it('is kept in pieces that belong to their command, pipelined or not', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = (n: number) => `select repeat('${n}', 1000) from generate_series(1, ${n * 100})`;
    client.send(encodeQuery(text(1)), encodeQuery(text(2)), encodeQuery("select 'short'"));
    const answers = [await client.until('Z'), await client.until('Z'), await client.until('Z')];
    const extended = await client.ask(
      ...[1, 2].flatMap((n) => [parse(text(n + 2)), bind(), describePortal(), EXECUTE]),
      SYNC,
    );
    const record = await session.finish();
    const texts = [text(1), text(2), "select 'short'"];
    for (const [index, answer] of answers.entries()) {
      const { response } = record.command(texts[index] ?? '');
      expect(response.output.equals(outputBytes(answer))).toBe(true);
      expect(response.sha256).toBe(sha256(dataBytes(answer)));
    }
    const parts = [3, 4].map((n) => record.command(text(n)).response.output);
    expect(Buffer.concat(parts).equals(outputBytes(extended))).toBe(true);
    const order = record.events.map(({ type }) => type);
    expect(order.indexOf('output.captured')).toBeLessThan(order.indexOf('response.completed'));
  });

  it('of one row of megabytes is kept and digested', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = "select repeat('abc', 1000000) as big, 1 as small";
    const answer = await client.ask(encodeQuery(text));
    const { response } = (await session.finish()).command(text);
    expect(response).toMatchObject({ rows: 1, bytes: 3_000_000 + 2 + 4 + 4 + 1 });
    expect(response.sha256).toBe(sha256(dataBytes(answer)));
    expect(response.output.equals(outputBytes(answer))).toBe(true);
  });
});

describe('what is outside of commands', () => {
  it('notifications are kept as output of no command', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(encodeQuery('listen news'));
    const direct = new pg.Client({
      host: target.host,
      port: target.port,
      user: target.username,
      password: target.password,
      database: 'postgres',
    });
    await direct.connect();
    await direct.query("notify news, 'hello'");
    await direct.end();
    const [arrived] = await client.until('A');
    await client.ask(encodeQuery("notify news, 'own'"));
    const record = await session.finish();
    const kept = record.events.filter(({ type }) => type === 'output.captured');
    expect(kept.map(({ envelope }) => envelope.facts.value)).toMatchObject([
      { command: 0n, offset: 0n },
      { command: 0n, offset: 0n },
    ]);
    expect(kept[0]?.contents[0]?.bytes.subarray(5)).toEqual(arrived?.body);
    expect(kept[1]?.contents[0]?.bytes.toString()).toContain('own');
  });

  it('the beginning names who, where and by what', async () => {
    const login = await rig.login('ci/opening');
    const settings = { application_name: 'a test', client_encoding: 'UTF8' };
    const client = await RawClient.login(login, { settings });
    client.close();
    const record = await rig.session('ci/opening');
    expect(record.opened).toMatchObject({
      issuer: 'urn:test:issuer',
      subject: 'ci/opening',
      protocol: 'postgres',
      address: `${target.host}:${target.port}`,
      database: 'postgres',
      requestedUser: 'anybody',
      clientProgram: 'a test',
      durability: 'strict',
      origin: 'live',
      tls: '',
      capture: 'all',
      endsWithToken: false,
    });
    expect(record.opened.source).toMatch(/^127\.0\.0\.1:\d+$/);
    const fingerprint = createHash('sha256').update(login.password).digest().subarray(0, 16);
    expect(Buffer.from(record.opened.tokenFingerprint)).toEqual(fingerprint);
    expect(record.stream).toBe(`session/${record.opened.sessionId}`);
    expect(record.events[0]?.envelope).toMatchObject({ target: 'shop', identity: 'ci/opening' });
  });
});
