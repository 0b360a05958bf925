import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, parse, sha256 } from './messages.js';
import { dataBytes, errorOf, letters, outputBytes } from './raw-client.js';
import { keyedDigest } from './record.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const KIB = 1024;
const PER_RESPONSE = 100 * KIB;
const PER_SESSION = 250 * KIB;
const COMMAND = 64 * KIB;

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  rig = await Rig.start({
    targets: [
      targetAt(target),
      targetAt(target, { name: 'head', capture: { mode: 'head', bytes: 40 * KIB } }),
      targetAt(target, { name: 'digest', capture: { mode: 'digest' } }),
    ],
    limits: {
      outputPerResponseBytes: PER_RESPONSE,
      outputPerSessionBytes: PER_SESSION,
      commandBytes: COMMAND,
      preparedStatements: 16,
      pipelinedCommands: 20,
    },
  });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

const rowsOf = (bytes: number) =>
  `select repeat('r', 1014) from generate_series(1, ${bytes / KIB})`;

describe('output', () => {
  it('beyond the limit of a response is digested under a key; the client gets all', async () => {
    const session = await RecordedSession.begin(rig);
    const small = await session.client.ask(encodeQuery(rowsOf(50 * KIB)));
    const answer = await session.client.ask(encodeQuery(rowsOf(200 * KIB)));
    expect(letters(answer)).toBe(`T${'D'.repeat(200)}CZ`);
    const record = await session.finish();
    expect(record.command(rowsOf(50 * KIB)).response.sha256).toBe(sha256(dataBytes(small)));
    const { response, position } = record.command(rowsOf(200 * KIB));
    expect(response).toMatchObject({ rows: 200, bytes: dataBytes(answer).length, sha256: '' });
    expect(response.hmac).toBe(keyedDigest(record, rig.installation.key, dataBytes(answer)));
    expect(response.output.equals(outputBytes(answer).subarray(0, PER_RESPONSE))).toBe(true);
    expect(Number(response.facts.outputKept)).toBe(PER_RESPONSE);
    expect(record.limits).toMatchObject([
      {
        limit: 'outputPerResponse',
        value: BigInt(PER_RESPONSE),
        commandPlusOne: BigInt(position + 1),
      },
    ]);
  });

  it('beyond the limit of a session is kept no more, and that is told once', async () => {
    const session = await RecordedSession.begin(rig);
    const texts = [1, 2, 3, 4].map((n) => `${rowsOf(90 * KIB)} -- ${n}`);
    const answers = [];
    for (const text of texts) answers.push(await session.client.ask(encodeQuery(text)));
    const record = await session.finish();
    const responses = texts.map((text) => record.command(text).response);
    const kept = responses.map(({ output }) => output.length);
    expect(kept.reduce((sum, length) => sum + length)).toBe(PER_SESSION);
    expect(kept[3]).toBe(0);
    expect(responses.map(({ hmac }) => hmac === '')).toEqual([true, true, false, false]);
    expect(responses[3]?.hmac).toBe(
      keyedDigest(record, rig.installation.key, dataBytes(answers[3] ?? [])),
    );
    expect(record.limits.map(({ limit }) => limit)).toEqual(['outputPerSession']);
  });

  it('is kept as far as the target asks, without a word of limits', async () => {
    for (const [name, most] of [
      ['head', 40 * KIB],
      ['digest', 0],
    ] as const) {
      const session = await RecordedSession.begin(rig, name);
      const text = rowsOf(80 * KIB);
      const answer = await session.client.ask(encodeQuery(text));
      await session.client.ask(encodeQuery('set work_mem = 1024'));
      const record = await session.finish();
      expect(record.opened.capture).toBe(name);
      const { response } = record.command(text);
      expect(response.output.equals(outputBytes(answer).subarray(0, most))).toBe(true);
      expect(response).toMatchObject({ rows: 80, sha256: '', bytes: dataBytes(answer).length });
      expect(response.hmac).toBe(keyedDigest(record, rig.installation.key, dataBytes(answer)));
      // Where there was nothing to leave out the digest is plain.
      expect(record.command('set work_mem = 1024').response.sha256).toBe(sha256(''));
      expect(record.limits).toEqual([]);
    }
  });
});

describe('a command longer than is seen whole', () => {
  it('passes; its head and its length limit are recorded', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = `select 1 as a -- ${'l'.repeat(COMMAND * 3)}`;
    expect(letters(await client.ask(encodeQuery(text)))).toBe('TDCZ');
    // In small steps, so that it comes in many parts.
    const bytes = encodeQuery(text);
    for (let at = 0; at < bytes.length; at += 30_011) client.send(bytes.subarray(at, at + 30_011));
    expect(letters(await client.until('Z'))).toBe('TDCZ');
    expect(letters(await client.ask(encodeQuery('select 2')))).toBe('TDCZ');
    const record = await session.finish();
    expect(record.commands.map(({ text: head, response }) => [head, response?.status])).toEqual([
      [text.slice(0, 32 * KIB), 'ok'],
      [text.slice(0, 32 * KIB), 'ok'],
      ['select 2', 'ok'],
    ]);
    expect(record.limits).toMatchObject([
      { limit: 'commandBytes', value: BigInt(COMMAND) },
      { limit: 'commandBytes', value: BigInt(COMMAND) },
    ]);
  });

  it('passes as Parse and Bind as well', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = `select length($1) as n -- ${'l'.repeat(COMMAND * 3)}`;
    const value = 'v'.repeat(COMMAND * 2);
    await client.ask(parse(text, 'long'), SYNC);
    const answer = await client.ask(bind([value], { statement: 'long' }), EXECUTE, SYNC);
    expect(answer.find(({ type }) => type === 'D')?.body.toString()).toContain(`${value.length}`);
    const record = await session.finish();
    const [command] = record.commands;
    expect(command).toMatchObject({ facts: { statementName: 'long', parameters: 1 } });
    expect(command?.text.length).toBeGreaterThan(32_000);
    expect(text.startsWith(command?.text ?? 'nothing')).toBe(true);
    expect(command?.binds?.length).toBeGreaterThan(32_000);
    expect(command?.response).toMatchObject({ status: 'ok', rows: 1 });
  });
});

describe('more than a session may have', () => {
  it('of statements ends it, and nothing after the last one reaches the target', async () => {
    const session = await RecordedSession.begin(rig);
    const other = await RecordedSession.begin(rig);
    await other.client.ask(encodeQuery('create table if not exists reached (what text)'));
    const { client } = session;
    for (let n = 0; n < 16; n += 1) await client.ask(parse('select 1', `s${n}`), SYNC);
    // Another of the same name is no more than before.
    await client.ask(parse('select 1', 's3'), SYNC);
    client.send(parse('select 1', 'beyond'), SYNC, encodeQuery("insert into reached values ('x')"));
    const error = errorOf((await client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '53400' });
    expect(error.message).toContain('STENO-4019');
    await client.rest();
    const record = await session.record();
    expect(record.closed.reason).toBe('protocol-error');
    expect(record.commands).toEqual([]);
    expect(record.limits).toMatchObject([{ limit: 'preparedStatements', value: 16n }]);
    const reached = await other.client.ask(encodeQuery('select * from reached'));
    expect(letters(reached)).toBe('TCZ');
    await other.client.ask(encodeQuery('drop table reached'));
    await other.finish();
  });

  it('of values that wait to be executed ends it', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    const text = `select ${Array.from({ length: 10 }, (_, n) => `$${n + 1}::text`).join()}`;
    await client.ask(encodeQuery('begin'));
    await client.ask(parse(text, 's'), SYNC);
    const values = Array.from({ length: 10 }, () => 'v'.repeat(6_000));
    const ended = (async () => {
      for (let n = 0; n < 10; n += 1) {
        client.send(bind(values, { statement: 's', portal: `p${n}` }), SYNC);
        await client.until('Z', 'E');
      }
    })();
    await expect(ended).rejects.toThrow('ended');
    expect(errorOf(client.messages.at(-1)).message).toContain('STENO-4019');
    // Executed one after the other through one portal, the same values are no burden.
    const again = await RecordedSession.begin(rig);
    await again.client.ask(encodeQuery('begin'));
    for (let n = 0; n < 10; n += 1) {
      const answer = await again.client.ask(parse(text), bind(values), EXECUTE, SYNC);
      expect(letters(answer)).toBe('12DCZ');
    }
    await again.finish();
    expect((await session.record()).closed.reason).toBe('protocol-error');
  });

  it('of commands that wait for their response ends it', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    client.send(...Array.from({ length: 150 }, () => encodeQuery('select pg_sleep(1)')));
    const error = errorOf((await client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '53400' });
    expect(error.message).toContain('STENO-4020');
    await client.rest();
    const record = await session.record();
    expect(record.closed.reason).toBe('protocol-error');
    expect(record.limits).toMatchObject([{ limit: 'pipelinedCommands', value: 20n }]);
    expect(new Set(record.commands.map(({ response }) => response?.status))).toEqual(
      new Set(['cut']),
    );
  });
});
