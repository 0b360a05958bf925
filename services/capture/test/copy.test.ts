import { createHash, randomBytes } from 'node:crypto';
import { encodeCopyData, encodeCopyFail, encodeEmptyToServer } from '@steno/wire-postgres';
import { encodeQuery } from '@steno/wire-postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EXECUTE, SYNC, bind, parse, sha256 } from './messages.js';
import { dataBytes, errorOf, letters, outputBytes } from './raw-client.js';
import type { RawClient } from './raw-client.js';
import { keyedDigest } from './record.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const DONE = encodeEmptyToServer('copyDone');
const INPUT_MAX = 100_000;
const FROM = 'copy t from stdin';

let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  const limits = { inputPerCommandBytes: INPUT_MAX };
  rig = await Rig.start({ targets: [targetAt(target)], limits });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});
afterEach(() => {
  expect(rig.warnings).toEqual([]);
});

async function begin() {
  const session = await RecordedSession.begin(rig);
  await session.client.ask(encodeQuery('create temp table t (a int, b text)'));
  return session;
}

/** The session still answers, and each answer goes to its command. */
async function goesOn(client: RawClient): Promise<void> {
  // The error first: rows would show by themselves which command they answer.
  expect(errorOf((await client.ask(encodeQuery('select 1/0')))[0]).sqlstate).toBe('22012');
  expect(letters(await client.ask(encodeQuery("select 'then'")))).toBe('TDCZ');
}

const WENT_ON = [
  ['select 1/0', 'error', 0],
  ["select 'then'", 'ok', 1],
];

describe('COPY to the client', () => {
  it.each(['text', 'csv', 'binary'])('of format %s is kept and digested', async (format) => {
    const session = await begin();
    const rows = `select n, repeat('ö', n) from generate_series(1, 500) n`;
    const text = `copy (${rows}) to stdout (format ${format})`;
    const answer = await session.client.ask(encodeQuery(text));
    const record = await session.finish();
    const { response } = record.command(text);
    expect(response).toMatchObject({
      status: 'ok',
      rows: 0,
      tags: ['COPY 500'],
      bytes: dataBytes(answer).length,
      sha256: sha256(dataBytes(answer)),
    });
    expect(Number(response.facts.rowsAffected)).toBe(500);
    expect(response.output.equals(outputBytes(answer))).toBe(true);
    expect(response.output.length).toBeGreaterThan(64 * 1024);
  });

  it('by the extended protocol and after rows is told apart', async () => {
    const session = await begin();
    const text = 'copy (select 7) to stdout';
    const answer = await session.client.ask(
      ...[parse('select 1 as a'), bind(), EXECUTE],
      ...[parse(text), bind(), EXECUTE, SYNC],
    );
    const record = await session.finish();
    expect(record.command('select 1 as a').response).toMatchObject({ rows: 1 });
    expect(record.command(text).response).toMatchObject({ bytes: 2, sha256: sha256('7\n') });
    expect(letters(answer)).toBe('12DC12HdcCZ');
  });
});

describe('COPY from the client', () => {
  it('keeps what was sent, in pieces, and its digest', async () => {
    const session = await begin();
    const { client } = session;
    client.send(encodeQuery(FROM));
    await client.until('G');
    const lines = Array.from({ length: 900 }, (_, n) => `${n}\t${'x'.repeat(90)}\n`);
    for (const line of lines) client.send(encodeCopyData(Buffer.from(line)));
    const answer = await client.ask(DONE);
    expect(letters(answer)).toBe('CZ');
    await goesOn(client);
    const record = await session.finish();
    const { response } = record.command(FROM);
    const input = lines.join('');
    expect(response.input.toString()).toBe(input);
    expect(Number(response.facts.inputBytes)).toBe(input.length);
    expect(Buffer.from(response.facts.inputSha256).toString('hex')).toBe(sha256(input));
    expect(response.facts.inputHmac.length).toBe(0);
    expect(response.tags).toEqual(['COPY 900']);
    expect(response.bytes).toBe(0);
    const types = record.types.slice(3, 8);
    expect(types).toEqual([
      'command.submitted',
      'input.captured',
      'input.captured',
      'input.captured',
      'response.completed',
    ]);
    const shown = record.commands
      .slice(2)
      .map(({ text, response: one }) => [text, one?.status, one?.rows]);
    expect(shown).toEqual(WENT_ON);
  });

  it('of binary data beyond the limit keeps a part and a keyed digest', async () => {
    const session = await begin();
    const { client } = session;
    await client.ask(encodeQuery('create temp table b (v bytea)'));
    const text = 'copy b from stdin (format binary)';
    client.send(encodeQuery(text));
    await client.until('G');
    const value = randomBytes(INPUT_MAX * 3);
    const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
    const size = Buffer.alloc(6);
    size.writeInt16BE(1);
    size.writeInt32BE(value.length, 2);
    const input = Buffer.concat([header, size, value, Buffer.from([0xff, 0xff])]);
    for (let at = 0; at < input.length; at += 50_001) {
      client.send(encodeCopyData(input.subarray(at, at + 50_001)));
    }
    expect(letters(await client.ask(DONE))).toBe('CZ');
    const stored = await client.ask(encodeQuery('select sha256(v) from b'));
    const digest = createHash('sha256').update(value).digest('hex');
    expect(stored.find(({ type }) => type === 'D')?.body.toString()).toContain(digest);
    const record = await session.finish();
    const { response, position } = record.command(text);
    expect(response.input.equals(input.subarray(0, INPUT_MAX))).toBe(true);
    expect(Number(response.facts.inputBytes)).toBe(input.length);
    expect(response.facts.inputSha256.length).toBe(0);
    expect(Buffer.from(response.facts.inputHmac).toString('hex')).toBe(
      keyedDigest(record, rig.installation.key, input),
    );
    expect(record.limits).toMatchObject([
      { limit: 'inputPerCommand', value: BigInt(INPUT_MAX), commandPlusOne: BigInt(position + 1) },
    ]);
  });

  it('that the client gives up is an error with what was sent', async () => {
    const session = await begin();
    const { client } = session;
    client.send(encodeQuery(FROM));
    await client.until('G');
    const answer = await client.ask(
      encodeCopyData(Buffer.from('1\tx\n')),
      encodeCopyFail('enough'),
    );
    expect(errorOf(answer[0]).message).toContain('enough');
    await goesOn(client);
    const record = await session.finish();
    const { response } = record.command(FROM);
    expect(response.status).toBe('error');
    expect(response.facts.error?.code).toBe('57014');
    expect(response.input.toString()).toBe('1\tx\n');
    const shown = record.commands
      .slice(2)
      .map(({ text, response: one }) => [text, one?.status, one?.rows]);
    expect(shown).toEqual(WENT_ON);
  });

  it('that fails in the middle is followed through what is still on its way', async () => {
    const session = await begin();
    const { client } = session;
    client.send(encodeQuery(FROM));
    await client.until('G');
    client.send(encodeCopyData(Buffer.from('no number\tx\n')));
    await client.until('E');
    await client.until('Z');
    client.send(encodeCopyData(Buffer.from('1\tlate\n')), DONE);
    await goesOn(client);
    const record = await session.finish();
    expect(record.command(FROM).response.facts.error?.code).toBe('22P02');
    expect(record.command(FROM).response.input.toString()).toBe('no number\tx\n');
    const shown = record.commands
      .slice(2)
      .map(({ text, response: one }) => [text, one?.status, one?.rows]);
    expect(shown).toEqual(WENT_ON);
  });

  it.each<[string, string, string]>([
    ['succeeds', '1\tx\n', 'CZ'],
    ['fails', 'no number\tx\n', 'EZ'],
  ])('by the extended protocol, with a Sync that COPY reads away, %s', async (_, line, letter) => {
    const session = await begin();
    const { client } = session;
    client.send(parse(FROM), bind(), EXECUTE, SYNC);
    await client.until('G');
    const answer = await client.ask(encodeCopyData(Buffer.from(line)), DONE, SYNC);
    expect(letters(answer)).toBe(letter);
    await goesOn(client);
    const record = await session.finish();
    expect(record.command(FROM).response).toMatchObject({
      status: letter === 'CZ' ? 'ok' : 'error',
    });
    expect(record.command(FROM).response.input.toString()).toBe(line);
    const shown = record.commands
      .slice(2)
      .map(({ text, response: one }) => [text, one?.status, one?.rows]);
    expect(shown).toEqual(WENT_ON);
  });

  it('into which another command falls ends the session, as the target says', async () => {
    const session = await begin();
    const { client } = session;
    client.send(encodeQuery(FROM));
    await client.until('G');
    client.send(encodeQuery('select 2'));
    const said = (await client.rest()).map((message) => errorOf(message).severity);
    expect(said).toEqual(['ERROR', 'FATAL']);
    const record = await session.record();
    const { response } = record.command(FROM);
    expect(response).toMatchObject({ status: 'error' });
    expect(response.facts.error).toMatchObject({ code: '08P01', severity: 'ERROR' });
    expect(record.command('select 2').response.status).toBe('cut');
    expect(record.closed.reason).toBe('target-closed');
  });

  it('within whose data a Sync falls is refused, as nobody can tell who reads it', async () => {
    const session = await begin();
    const { client } = session;
    client.send(parse(FROM), bind(), EXECUTE, encodeCopyData(Buffer.from('no number')), SYNC);
    client.send(encodeQuery('select 2'), SYNC);
    const said = (await client.rest()).filter(({ type }) => type === 'E').map(errorOf);
    expect(said.at(-1)).toMatchObject({ severity: 'FATAL', sqlstate: '08P01' });
    expect(said.at(-1)?.message).toContain('STENO-4007');
    const record = await session.record();
    expect(record.closed.reason).toBe('protocol-error');
    expect(record.commands.map(({ text }) => text)).not.toContain('select 2');
  });

  it('several times in one command adds up', async () => {
    const session = await begin();
    const { client } = session;
    const text = `${FROM}; ${FROM}`;
    client.send(encodeQuery(text));
    await client.until('G');
    client.send(encodeCopyData(Buffer.from('1\ta\n')), DONE);
    await client.until('G');
    await client.ask(encodeCopyData(Buffer.from('2\tb\n')), DONE);
    const { response } = (await session.finish()).command(text);
    expect(response).toMatchObject({ tags: ['COPY 1', 'COPY 1'] });
    expect(response.input.toString()).toBe('1\ta\n2\tb\n');
  });

  it('that nobody asked for is passed over', async () => {
    const session = await begin();
    const { client } = session;
    client.send(encodeCopyData(Buffer.from('stray')), DONE, encodeCopyFail('stray'));
    await goesOn(client);
    // Behind a command that takes no input.
    await client.ask(encodeQuery('select 3'), encodeCopyData(Buffer.from('stray')), DONE);
    expect(letters(await client.ask(parse('select 4'), DONE, bind(), EXECUTE, SYNC))).toBe('12DCZ');
    const record = await session.finish();
    const shown = record.commands
      .slice(1)
      .map(({ text, response: one }) => [text, one?.status, one?.rows]);
    expect(shown).toEqual([...WENT_ON, ['select 3', 'ok', 1], ['select 4', 'ok', 1]]);
  });
});
