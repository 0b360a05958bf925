import {
  encodeClose,
  encodeDescribe,
  encodeExecute,
  encodeFunctionCall,
  encodeParse,
  encodeQuery,
} from '@steno/wire-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, FLUSH, SYNC, bind, describePortal, parse, sha256 } from './messages.js';
import { dataBytes, letters, outputBytes } from './raw-client.js';
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

describe('the extended protocol', () => {
  it('records what is executed with its text and values', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = 'select $1::int + $2::int as sum, $3::text as word';
    const answer = await client.ask(
      parse(text),
      bind(['40', Buffer.from([0, 0, 0, 2]), null], { formats: [0, 1, 0], results: [1, 0] }),
      describePortal(),
      EXECUTE,
      SYNC,
    );
    const record = await session.finish();
    expect(record.types.slice(1, 4)).toEqual([
      'statement.prepared',
      'command.submitted',
      'response.completed',
    ]);
    const { facts, binds, response } = record.command(text);
    expect(facts).toMatchObject({ kind: 'execute', statementName: '', parameters: 3 });
    // Int16 3, formats 0 1 0, Int16 3, then the values with their lengths.
    expect(binds?.toString('hex')).toBe(
      '0003000000010000' + '0003' + '000000023430' + '0000000400000002' + 'ffffffff',
    );
    expect(response.output.equals(outputBytes(answer))).toBe(true);
    expect(response.facts.columns.map(({ format }) => format)).toEqual(['binary', 'text']);
    expect(response).toMatchObject({ rows: 1, tags: ['SELECT 1'] });
    expect(response.sha256).toBe(sha256(dataBytes(answer)));
  });

  it('names the text of a prepared statement by where it is held', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const name = Buffer.from('Ünïque').toString('latin1');
    const text = `select $1::int as n /* ${'-'.repeat(70_000)} */`;
    await client.ask(parse(text, name), encodeDescribe({ kind: 'statement', name }), SYNC);
    const statement = { statement: name };
    await client.ask(bind(['1'], statement), EXECUTE, SYNC);
    const answer = await client.ask(bind(['2'], { ...statement, results: [1] }), EXECUTE, SYNC);
    const record = await session.finish();
    const [first, second] = record.commands;
    const prepared = record.events.find(({ type }) => type === 'statement.prepared');
    expect(prepared?.envelope.facts.value).toMatchObject({ name: 'Ünïque' });
    const submitted = record.events.filter(({ type }) => type === 'command.submitted');
    expect(submitted.map(({ contents }) => contents[0]?.heldAt)).toEqual([
      prepared?.position,
      prepared?.position,
    ]);
    expect([first?.text, second?.text]).toEqual([text, text]);
    expect(first?.facts.statementName).toBe('Ünïque');
    // Neither answer named its columns: the record says how they were described before.
    expect(letters(answer)).toBe('2DCZ');
    expect(second?.response?.facts.columns).toMatchObject([
      { name: 'n', type: 23, format: 'binary' },
    ]);
    expect(first?.response?.facts.columns).toMatchObject([{ name: 'n', format: 'text' }]);
    const formats = [first, second].map((one) => one?.response?.description?.at(-1));
    expect(formats).toEqual([0, 1]);
  });

  it('tells what a pipeline did: those after an error were skipped', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const step = (text: string) => [parse(text), bind(), EXECUTE];
    const first = await client.ask(
      ...step('select 1'),
      ...step('select 1/0'),
      ...step('select 3'),
      ...step('select 4'),
      SYNC,
    );
    await client.ask(...step('select 5'), SYNC);
    const record = await session.finish();
    expect(record.commands.map(({ text, response }) => [text, response?.status])).toEqual([
      ['select 1', 'ok'],
      ['select 1/0', 'error'],
      ['select 3', 'skipped'],
      ['select 4', 'skipped'],
      ['select 5', 'ok'],
    ]);
    const { response } = record.command('select 1/0');
    expect(response.error).toEqual(first.find(({ type }) => type === 'E')?.body);
    expect(record.closed).toMatchObject({ commands: 5n, errors: 1n });
  });

  it('blames the execution for an error of its Parse or Bind, else the statement', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(parse('selekt 1'), bind(), EXECUTE, SYNC);
    await client.ask(parse('select $1::int'), bind(['x']), EXECUTE, SYNC);
    await client.ask(parse('selekt 2'), encodeDescribe({ kind: 'statement', name: '' }), SYNC);
    await client.ask(encodeDescribe({ kind: 'statement', name: 'nothing' }), SYNC);
    await client.ask(encodeQuery('select 4'));
    const record = await session.finish();
    expect(record.command('selekt 1').response.facts.error?.code).toBe('42601');
    expect(record.command('select $1::int').response.facts.error?.code).toBe('22P02');
    const prepared = record.events.filter(({ type }) => type === 'statement.prepared');
    const [response] = record.responses(prepared[2]?.position ?? -1);
    expect(response?.facts.error?.code).toBe('42601');
    expect(record.responses(0)[0]?.facts.error?.code).toBe('26000');
    expect(record.command('select 4').response).toMatchObject({ status: 'ok', error: undefined });
    expect(record.closed.errors).toBe(4n);
  });

  it('tells an error that only the Sync brings', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(
      encodeQuery('create temp table d (a int primary key deferrable initially deferred)'),
    );
    const text = 'insert into d values (1), (1)';
    const answer = await client.ask(parse(text), bind(), EXECUTE, SYNC);
    expect(letters(answer)).toBe('12CEZ');
    await client.ask(encodeQuery('select 1'));
    const record = await session.finish();
    const command = record.command(text);
    const said = record
      .responses(command.position)
      .map(({ status, facts }) => [status, facts.error?.code]);
    expect(said).toEqual([
      ['ok', undefined],
      ['error', '23505'],
    ]);
    expect(record.command('select 1').response.status).toBe('ok');
  });

  it('goes on with a portal that was suspended', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(encodeQuery('begin'));
    const text = 'select generate_series(1, 5) as n';
    await client.ask(parse(text), bind([], { portal: 'p' }), describePortal('p'), SYNC);
    const first = await client.ask(encodeExecute('p', 2), SYNC);
    await client.ask(encodeExecute('p', 2), SYNC);
    const last = await client.ask(encodeExecute('p', 2), SYNC);
    await client.ask(encodeClose({ kind: 'portal', name: 'p' }), SYNC);
    await client.ask(encodeQuery('commit'));
    const record = await session.finish();
    expect([letters(first), letters(last)]).toEqual(['DDsZ', 'DCZ']);
    const runs = record.commands.filter((command) => command.text === text);
    expect(runs.map(({ response }) => [response?.status, response?.rows])).toEqual([
      ['suspended', 2],
      ['suspended', 2],
      ['ok', 1],
    ]);
    for (const { response } of runs) {
      expect(response?.facts.columns).toMatchObject([{ name: 'n', type: 23 }]);
      expect(response?.description).toBeDefined();
    }
  });

  it('with Flush in place of Sync is followed all the same', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    client.send(parse('select 1 as a'), FLUSH);
    await client.until('1');
    client.send(bind(), FLUSH);
    await client.until('2');
    client.send(EXECUTE, FLUSH);
    await client.until('C');
    await client.ask(SYNC);
    const record = await session.finish();
    expect(record.command('select 1 as a').response).toMatchObject({ status: 'ok', rows: 1 });
  });

  it('follows a target that passes over what it cannot read', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const spoilt = Buffer.from('H\0\0\0\x05x', 'latin1');
    const answer = await client.ask(spoilt, encodeQuery("select 'passed over'"), SYNC);
    expect(letters(answer)).toBe('EZ');
    expect(letters(await client.ask(encodeQuery("select 'after'")))).toBe('TDCZ');
    const record = await session.finish();
    expect(record.command("select 'passed over'").response).toMatchObject({ rows: 0, tags: [] });
    expect(record.command("select 'passed over'").response.status).not.toBe('ok');
    expect(record.command("select 'after'").response).toMatchObject({ status: 'ok', rows: 1 });
  });

  it('records a function call', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const call = encodeFunctionCall({
      functionOid: 1397, // abs(integer)
      argumentFormats: [0],
      values: [Buffer.from('-42')],
      resultFormat: 0,
    });
    const answer = await client.ask(call);
    expect(letters(answer)).toBe('VZ');
    const { commands } = await session.finish();
    const { facts, binds, response } = commands[0] ?? {};
    expect(facts).toMatchObject({ kind: 'function-call', statementName: 'function 1397' });
    expect(binds?.toString('hex')).toBe('00010000' + '0001' + '000000032d3432');
    expect(response).toMatchObject({ status: 'ok', rows: 0, bytes: 0 });
    expect(response?.output).toEqual(outputBytes(answer));
  });

  it('passes and records parameters of other sizes than it expects', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const many = Array.from({ length: 3_000 }, (_, n) => `$${n + 1}::int`);
    const text = `select ${many.slice(0, 1_500).join('+')} as n`;
    const name = 'n'.repeat(100_000);
    const types = Array.from({ length: 60_000 }, () => 23);
    await client.ask(encodeParse({ name, text, parameterTypes: types }), SYNC);
    await client.ask(parse(text), bind(many.slice(0, 1_500).map((_, n) => `${n}`)), EXECUTE, SYNC);
    const record = await session.finish();
    expect(record.command(text)).toMatchObject({ facts: { parameters: 1_500 } });
    const [prepared] = record.events.filter(({ type }) => type === 'statement.prepared');
    expect(prepared?.envelope.facts.value).toMatchObject({ name: 'n'.repeat(128) });
  });
});

describe('names', () => {
  it('that the target refused do not change what an execution is said to run', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const run = [bind([], { statement: 's' }), EXECUTE];
    await client.ask(parse("select 'the first' as a", 's'), SYNC);
    // Fails, since the name is taken; in the same breath the name is used again.
    client.send(parse("select 'harmless' as a", 's'), SYNC, ...run, SYNC);
    await client.until('Z');
    const answer = await client.until('Z');
    expect(answer.find(({ type }) => type === 'D')?.body.toString()).toContain('the first');
    await client.ask(...run, SYNC);
    // A Close that is passed over closes nothing.
    await client.ask(parse('selekt'), encodeClose({ kind: 'statement', name: 's' }), SYNC);
    await client.ask(...run, SYNC);
    await client.ask(encodeClose({ kind: 'statement', name: 's' }), SYNC);
    await client.ask(...run, SYNC);
    const record = await session.finish();
    const ran = record.commands.map(({ texts, response }) => [response?.status, ...texts]);
    expect(ran).toEqual([
      // It was not known yet which of the two it was: the record names both.
      ['ok', "select 'harmless' as a", "select 'the first' as a"],
      ['ok', "select 'the first' as a"],
      ['ok', "select 'the first' as a"],
      ['error'],
    ]);
  });

  it('are free again after a Close, DEALLOCATE or DISCARD', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const texts = ['select 1', 'select 2', 'select 3', 'select 4'];
    const free = ['', 'deallocate "x y"', 'DEALLOCATE PREPARE "x y";', 'discard all'];
    const statement = { statement: 'x y' };
    for (const [index, text] of texts.entries()) {
      const sql = free[index] ?? '';
      if (index === 1) await client.ask(encodeClose({ kind: 'statement', name: 'x y' }), SYNC);
      else if (index > 0) await client.ask(encodeQuery(free[index - 1] ?? sql));
      const answer = await client.ask(parse(text, 'x y'), bind([], statement), EXECUTE, SYNC);
      expect(letters(answer)).toBe('12DCZ');
    }
    await client.ask(encodeQuery('discard all'));
    await client.ask(bind([], statement), EXECUTE, SYNC);
    const record = await session.finish();
    const executed = record.commands.filter(({ facts }) => facts.kind === 'execute');
    expect(executed.map(({ texts: named }) => named)).toEqual([...texts.map((text) => [text]), []]);
  });
});
