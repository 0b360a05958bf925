import { encodeCancelRequest, encodeQuery } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient, cancelKey, errorOf, letters } from './raw-client.js';
import { RecordedSession } from './recorded-session.js';
import { Rig, makeToken, startTarget, targetAt, until } from './rig.js';
import type { RigOptions, TestTarget } from './rig.js';

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

/** A query that the target can be seen to be at. */
const sleeping = (mark: string, seconds = 60) => `select pg_sleep(${seconds}), '${mark}'`;

/** Queries of this mark that the target is at. */
async function running(mark: string): Promise<number> {
  const direct = await RawClient.login(await rig.login(`ci/looks-${mark}`));
  const text = `select 1 from pg_stat_activity
    where state = 'active' and wait_event = 'PgSleep' and query like '%''${mark}''%'`;
  const answer = await direct.ask(encodeQuery(text));
  direct.close();
  return letters(answer).length - 3;
}

async function untilRunning(mark: string, sessions: number): Promise<void> {
  await until(`${sessions} run ${mark}`, async () =>
    (await running(mark)) === sessions ? true : undefined,
  );
}

async function withOwnRig<T>(
  options: Partial<RigOptions>,
  use: (own: Rig) => Promise<T>,
): Promise<T> {
  const own = await Rig.start({ targets: [targetAt(target)], ...options });
  try {
    return await use(own);
  } finally {
    await own.stop();
  }
}

/** Sends a cancel request and waits until it was dealt with. */
async function cancel(processId: number, secretKey: Buffer): Promise<void> {
  const client = RawClient.connect({ host: '127.0.0.1', port: rig.port });
  client.send(encodeCancelRequest(processId, secretKey));
  expect(await client.rest()).toEqual([]);
}

describe('a cancel request', () => {
  it.each([0, 2])('of protocol 3.%i reaches its own session and no other', async (minor) => {
    const login = await rig.login(`ci/cancelled-${minor}`);
    const cancelled = await RawClient.login(login, { minor });
    const other = await RecordedSession.begin(rig);
    const mark = `cancel ${minor}`;
    cancelled.send(encodeQuery(sleeping(mark)));
    other.client.send(encodeQuery(sleeping(mark)));
    await untilRunning(mark, 2);
    const { processId, secretKey } = cancelKey(cancelled);
    const wrong = Buffer.from(secretKey);
    wrong[0] = (wrong[0] ?? 0) ^ 1;
    await cancel(processId, wrong);
    await cancel(processId, Buffer.alloc(100));
    await cancel(processId ^ 1, secretKey);
    expect(await running(mark)).toBe(2);
    await cancel(processId, secretKey);
    const answer = await cancelled.until('Z');
    expect(errorOf(answer.find(({ type }) => type === 'E')).sqlstate).toBe('57014');
    expect(await running(mark)).toBe(1);
    cancelled.close();
    const key = cancelKey(other.client);
    await cancel(key.processId, key.secretKey);
    await other.client.until('Z');
    const record = await rig.session(`ci/cancelled-${minor}`);
    expect(record.command(sleeping(mark)).response.facts.error?.code).toBe('57014');
    await other.finish();
    // Now it is a key to nothing.
    await cancel(processId, secretKey);
  });
});

describe('a session', () => {
  it('that is idle for too long is ended; one that works is not idle', async () => {
    await withOwnRig({ rules: { idleTimeoutMs: 300 } }, async (own) => {
      const idle = await RecordedSession.begin(own);
      const working = await RecordedSession.begin(own);
      const answered = working.client.ask(encodeQuery(sleeping('idle', 2)));
      const error = errorOf((await idle.client.until('E')).at(-1));
      expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P05' });
      expect(error.message).toContain('STENO-4014');
      expect(error.hint).toContain('idleTimeout');
      await idle.client.rest();
      expect((await idle.record()).closed.reason).toBe('idle-limit');
      expect(letters(await answered)).toBe('TDCZ');
      await working.client.until('E');
      expect((await working.record()).closed.reason).toBe('idle-limit');
    });
  });

  it('that lasts too long is ended, and what it runs is given up', async () => {
    await withOwnRig({ rules: { totalTimeoutMs: 400 } }, async (own) => {
      const session = await RecordedSession.begin(own);
      session.client.send(encodeQuery(sleeping('total')));
      await untilRunning('total', 1);
      const error = errorOf((await session.client.until('E')).at(-1));
      expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P01' });
      expect(error.message).toContain('STENO-4015');
      const record = await session.record();
      expect(record.closed.reason).toBe('time-limit');
      expect(record.commands[0]?.response?.status).toBe('cut');
      await untilRunning('total', 0);
    });
  });

  it('outlives its token, unless it is to end with it', async () => {
    await withOwnRig({ rules: { endWithToken: true } }, async (own) => {
      const password = await makeToken('ci/short', (jwt) => jwt.setExpirationTime('2s'));
      const ends = await RawClient.login({ ...(await own.login('ci/short')), password });
      const login = { ...(await rig.login('ci/short-but-on')), password };
      const goesOn = await RawClient.login(login);
      const error = errorOf((await ends.until('E')).at(-1));
      expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P01' });
      expect(error.message).toContain('STENO-4016');
      const record = await own.session('ci/short');
      expect(record.closed.reason).toBe('token-expired');
      expect(record.opened.endsWithToken).toBe(true);
      expect(letters(await goesOn.ask(encodeQuery('select 1')))).toBe('TDCZ');
      goesOn.close();
      expect((await rig.session('ci/short')).opened.endsWithToken).toBe(false);
    });
  });

  it('whose client vanishes is closed as lost, its command as cut', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(encodeQuery(sleeping('vanish', 1)));
    await untilRunning('vanish', 1);
    session.client.reset();
    const record = await session.record();
    expect(record.closed.reason).toBe('client-lost');
    expect(record.commands[0]?.response?.status).toBe('cut');
    // Who goes without a word may still be listening, as far as anybody can tell.
    for (const text of ['select 1', "select repeat('gone', 10000000)"]) {
      const leaving = await RecordedSession.begin(rig);
      leaving.client.send(encodeQuery(text));
      leaving.client.destroy();
      expect((await leaving.record()).closed.reason).toBe('client-lost');
    }
  });

  it('whose client vanishes while the target is asked leaves nothing behind', async () => {
    const login = await rig.login('ci/early-bird');
    const client = RawClient.connect(login);
    client.startup(login);
    await client.until('R');
    client.send(Buffer.from(`p\0\0\0\0${login.password}\0`).fill(0, 1, 5));
    client.destroy();
    const again = RawClient.connect(login);
    again.startup(login);
    await again.until('R');
    const size = Buffer.alloc(4);
    size.writeInt32BE(login.password.length + 5);
    again.send(Buffer.from('p'), size, Buffer.from(`${login.password}\0`));
    again.destroy();
    const [record] = await until('it is closed', async () => {
      const sessions = await rig.sessions('ci/early-bird');
      return sessions.every(({ types }) => types.at(-1) === 'session.closed')
        ? sessions
        : undefined;
    });
    if (record !== undefined) expect(record.closed.reason).toBe('client-lost');
  });

  it('whose client only listens any more gets its answer', async () => {
    const session = await RecordedSession.begin(rig);
    session.client.send(encodeQuery("select repeat('h', 3000000)"), encodeQuery('select 2'));
    session.client.socket.end();
    expect(letters(await session.client.rest())).toBe('TDCZTDCZ');
    const record = await session.record();
    expect(record.closed).toMatchObject({
      reason: 'client-lost',
      detail: 'it left without a Terminate',
    });
    expect(record.commands.map(({ response }) => response?.status)).toEqual(['ok', 'ok']);
  });
});

describe('a gateway that stops', () => {
  it('ends idle sessions with an error and lets others finish', async () => {
    const own = await Rig.start({ targets: [targetAt(target)], rules: { drainMs: 20_000 } });
    const idle = await RecordedSession.begin(own);
    const working = await RecordedSession.begin(own);
    const within = await RecordedSession.begin(own);
    await within.client.ask(encodeQuery('begin'));
    working.client.send(encodeQuery(sleeping('drain', 1)));
    await untilRunning('drain', 1);
    const stopped = own.stop();
    const error = errorOf((await idle.client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P01' });
    expect(error.message).toContain('STENO-4018');
    const late = RawClient.connect({ host: '127.0.0.1', port: own.port });
    expect(await late.rest()).toEqual([]);
    expect(letters(await working.client.until('E'))).toBe('TDCZE');
    // A transaction may come to its end.
    expect(letters(await within.client.ask(encodeQuery('insert into pg_temp.x values (1)')))).toBe(
      'EZ',
    );
    await within.client.ask(encodeQuery('rollback'));
    await within.client.until('E');
    await stopped;
    for (const session of [idle, working, within]) {
      expect((await session.record()).closed.reason).toBe('drained');
    }
    expect((await working.record()).commands[0]?.response?.status).toBe('ok');
    const control = (await own.events('control')).map(({ type }) => type);
    expect(control.at(-1)).toBe('instance.stopped');
  });

  it('waits no longer than it may', async () => {
    const own = await Rig.start({ targets: [targetAt(target)], rules: { drainMs: 100 } });
    const session = await RecordedSession.begin(own);
    session.client.send(encodeQuery(sleeping('impatient')));
    await untilRunning('impatient', 1);
    await own.stop();
    expect(errorOf((await session.client.until('E')).at(-1)).message).toContain('STENO-4018');
    const record = await session.record();
    expect(record.closed.reason).toBe('drained');
    expect(record.commands[0]?.response?.status).toBe('cut');
    await untilRunning('impatient', 0);
  });
});
