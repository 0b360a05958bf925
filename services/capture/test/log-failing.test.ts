import { encodeCopyData, encodeEmptyToServer, encodeQuery } from '@steno/wire-postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FailingLog } from './failing-log.js';
import { EXECUTE, SYNC, bind, parse } from './messages.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const KIB = 1024;
/** Small, so that it can be filled. */
const WINDOW = { windowMs: 10, slackMs: 60_000, pendingBytesMax: 64 * KIB, retryMs: 20 };

let target: TestTarget;
let log: FailingLog;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  const first = await Rig.start({ targets: [targetAt(target)] });
  const setup = await RecordedSession.begin(first);
  await setup.client.ask(encodeQuery('create table done (what text)'));
  await setup.finish();
  await first.stop();
});
afterAll(() => target.remove());
beforeEach(async () => {
  log = new FailingLog();
  rig = await Rig.start({
    targets: [targetAt(target), targetAt(target, { name: 'fast', durability: 'fast' })],
    committer: WINDOW,
    log,
  });
});
afterEach(async () => {
  log.failing = false;
  await rig.stop();
});

async function done(): Promise<number> {
  const other = await Rig.start({ targets: [targetAt(target)] });
  const session = await RecordedSession.begin(other);
  const answer = await session.client.ask(encodeQuery('delete from done returning 1'));
  session.client.close();
  await other.stop();
  return letters(answer).length - 3;
}

const insert = encodeQuery("insert into done values ('query')");

async function expectRefused(client: RawClient): Promise<void> {
  const error = errorOf((await client.until('E')).at(-1));
  expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '58030' });
  expect(error.message).toContain('STENO-4013');
  await client.rest();
}

describe('while the log takes nothing, a strict target', () => {
  it.each<[string, Buffer[]]>([
    ['a query', [insert]],
    ['an execution', [parse("insert into done values ('execute')"), bind(), EXECUTE, SYNC]],
  ])('is not reached by %s', async (_, messages) => {
    const session = await RecordedSession.begin(rig);
    log.failing = true;
    session.client.send(...messages);
    await expectRefused(session.client);
    expect(log.refused).toBeGreaterThan(0);
    log.failing = false;
    const record = await session.record();
    expect(record.closed).toMatchObject({ reason: 'log-failed', detail: 'the disk is full' });
    // It was asked, it was not done, and both is on record.
    expect(record.commands.map(({ response }) => response?.status)).toEqual(['cut']);
    expect(await done()).toBe(0);
  });

  it('is not told that the input of a COPY is complete', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(encodeQuery('copy done from stdin'));
    await session.client.until('G');
    session.client.send(encodeCopyData(Buffer.from('copied\n')));
    log.failing = true;
    session.client.send(encodeEmptyToServer('copyDone'));
    await expectRefused(session.client);
    log.failing = false;
    expect((await session.record()).closed.reason).toBe('log-failed');
    expect(await done()).toBe(0);
  });

  it('takes no new session', async () => {
    log.failing = true;
    const client = await RawClient.login(await rig.login('ci/no-session'));
    expect(errorOf(client.messages.at(-1)).sqlstate).toBe('58030');
    await client.rest();
    log.failing = false;
    const record = await rig.session('ci/no-session');
    expect(record.types).toEqual(['session.opened', 'session.closed']);
    expect(record.closed.reason).toBe('log-failed');
    expect(rig.capture.figures().sessions).toBe(0);
  });

  it('does not go on with an answer that cannot be recorded', async () => {
    const session = await RecordedSession.begin(rig);
    const { client } = session;
    await client.ask(encodeQuery('begin'));
    client.send(encodeQuery("select repeat('x', 1000) from generate_series(1, 200000)"));
    await client.until('D');
    log.failing = true;
    await client.rest();
    expect(client.bytesReceived).toBeLessThan(150_000_000);
    expect(rig.capture.figures().pendingBytes).toBeLessThan(4_000 * KIB);
    log.failing = false;
    const record = await session.record();
    expect(record.closed.reason).toBe('log-failed');
    expect(record.commands.at(-1)?.response?.status).toBe('cut');
  });
});

it('goes by new policies once they are on record, and by the old ones until then', async () => {
  const session = await RecordedSession.begin(rig);
  const answer = async () => letters(await session.client.ask(encodeQuery('select 1')));
  log.failing = true;
  log.failingTopic = 'control';
  const forbidding = { name: 'no.cedar', text: 'forbid (principal, action, resource);' };
  const changed = rig.capture.repolicy([forbidding]);
  // The same as are in force, asked for after the others, are what it goes by in the end.
  const back = rig.capture.repolicy([]);
  const again = rig.capture.repolicy([forbidding]);
  await until('the log refused it', () => (log.refused > 1 ? true : undefined));
  expect(await answer()).toBe('TDCZ');
  log.failing = false;
  await Promise.all([changed, back, again]);
  expect(await answer()).toBe('EZ');
  await session.finish();
  const loaded = (await rig.events('control')).filter(({ type }) => type === 'policy.loaded');
  expect(loaded).toHaveLength(4);
});

describe('while the log takes nothing, a fast target', () => {
  it('is served until the window is full, and nothing of it is lost', async () => {
    const session = await RecordedSession.begin(rig, 'fast');
    const { client } = session;
    log.failing = true;
    let served = 0;
    const ended = (async () => {
      for (; served < 1_000; served += 1) await client.ask(encodeQuery(`select ${served}`));
    })();
    await expect(ended).rejects.toThrow('ended');
    expect(served).toBeGreaterThan(10);
    expect(served).toBeLessThan(1_000);
    expect(errorOf(client.messages.at(-1)).message).toContain('STENO-4013');
    expect(rig.capture.figures().pendingBytes).toBeLessThan(2 * WINDOW.pendingBytesMax);
    log.failing = false;
    const record = await session.record();
    expect(record.closed.reason).toBe('log-failed');
    const answered = record.commands.filter(({ response }) => response?.status === 'ok');
    expect(answered.map(({ text }) => text)).toEqual(
      Array.from({ length: served }, (_, n) => `select ${n}`),
    );
  });

  it('goes on as if nothing had been, once the log takes events again', async () => {
    const session = await RecordedSession.begin(rig, 'fast');
    const { client } = session;
    log.failing = true;
    await client.ask(encodeQuery("select 'while away'"));
    log.failing = false;
    await client.ask(encodeQuery("select 'while back'"));
    const record = await session.finish();
    expect(record.opened.durability).toBe('fast');
    expect(record.commands.map(({ text }) => text)).toEqual([
      "select 'while away'",
      "select 'while back'",
    ]);
  });
});

describe('while the log takes nothing, new targets', () => {
  it('are used once it says that they are declared, and not before', async () => {
    log.failingTopic = 'control';
    log.failing = true;
    let isDeclared = false;
    const declared = rig.capture
      .retarget([targetAt(target, { name: 'renamed' })])
      .then(() => (isDeclared = true));
    await until('it was refused', () => Promise.resolve(log.refused > 0 || undefined));
    expect(isDeclared).toBe(false);
    const early = await RawClient.login(await rig.login('ci/early', 'renamed'));
    expect(errorOf(early.messages.at(-1))).toMatchObject({ sqlstate: '3D000' });
    const still = await RawClient.login(await rig.login('ci/still'));
    expect(letters(still.messages)).toMatch(/Z$/);
    still.close();

    log.failing = false;
    await declared;
    const later = await RawClient.login(await rig.login('ci/later', 'renamed'));
    expect(letters(later.messages)).toMatch(/Z$/);
    later.close();
    const changes = (await rig.events('control')).slice(-3);
    expect(changes.map(({ envelope }) => envelope.facts.case)).toEqual([
      'targetDeclared',
      'targetWithdrawn',
      'targetWithdrawn',
    ]);
  });
});
