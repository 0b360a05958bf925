import { tailScreen } from '@steno/transcript';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/limits.js';
import { Player, text } from './player.js';
import {
  MS,
  RecordedSession,
  SECOND,
  rowsOf,
  sessionId,
  shortSession,
} from './recorded-session.js';
import { startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

let test: TestApi;
let players: Player[];

const LONG = sessionId(1);
const SHORT = sessionId(2);

beforeAll(async () => {
  test = await startTestApi();
  await test.store([...long().events, ...shortSession(SHORT).events]);
});

afterAll(() => test.stop());

beforeEach(() => {
  players = [];
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
  test.log.isAway = false;
});

afterEach(async () => {
  await Promise.all(players.map((player) => player.close()));
  expect(test.errors).toEqual([]);
});

/**
 * More lines than a screen holds, and at its beginning what later prompts depend on: a statement
 * that is prepared, a transaction, a failure in it; then commands in a pipeline, a lost event, an
 * output in pieces, one that was not kept whole.
 */
function long() {
  const session = new RecordedSession(LONG, { identity: 'agent', target: 'orders' });
  const prepared = {
    position: session.prepare('s', 'SELECT $1', [25]),
    text: 'SELECT $1',
  };
  session.select('SELECT * FROM things', rowsOf(300));
  session.run('BEGIN', 'BEGIN');
  for (let n = 0; n < 8; n += 1) session.select(`SELECT ${n} AS "COMMIT"`, rowsOf(280));
  session.fail(session.submit('SELECT broken'), '42703', 'column "broken" does not exist');
  for (let n = 0; n < 4; n += 1) session.select(`SELECT ${n} again`, rowsOf(250));
  session.run('ROLLBACK', 'ROLLBACK');
  const pipelined = [session.submit('SELECT first'), session.submit('SELECT second')];
  session.answer(pipelined[0] ?? 0, ['a'], [['1']]);
  session.answer(pipelined[1] ?? 0, ['b'], [['2']]);
  session.lose();
  session.complete(session.execute(prepared, ['7']), 'SELECT 0');
  session.run('BEGIN', 'BEGIN');
  session.select('SELECT long rows', rowsOf(1500, 90));
  session.run('COMMIT', 'COMMIT');
  session.answer(session.submit('SELECT head'), ['a'], [['1']], 4000);
  session.close();
  return session;
}

async function open(id: string): Promise<Player> {
  const player = await Player.open(test.api.url, id);
  players.push(player);
  return player;
}

const atPosition = (position: number) => ({
  at: { case: 'position' as const, value: BigInt(position) },
});
const atTime = (value: bigint) => ({ at: { case: 't' as const, value } });
const EVER = BigInt(Number.MAX_SAFE_INTEGER);

describe('a screen', () => {
  it('at each position is the one that playing up to it leaves', async () => {
    const player = await open(LONG);
    const played = await player.seek({ ...atPosition(0), until: EVER });
    const { events } = long();
    let compared = 0;
    for (const { envelope } of events) {
      const { position } = envelope;
      const { screen } = await player.seek(atPosition(Number(position)));
      const before = played.chunks.filter((chunk) => chunk.position <= position);
      const ansi = text([...(played.screen === undefined ? [] : [played.screen]), ...before]);
      const expected = tailScreen([{ ansi }], { rows: 36, cols: 120 });
      const shown = screen === undefined ? '' : text([screen]);
      expect(shown === expected, `at ${position}: ${difference(shown, expected)}`).toBe(true);
      expect(screen).toMatchObject({ cols: 120, rows: 36, position });
      compared += 1;
    }
    expect(compared).toBe(events.length);
    // It was worth it: what is shown began in the middle, within a transaction.
    const { screen } = await player.seek(atPosition(24));
    const whole = screen === undefined ? '' : text([screen]);
    expect(whole).not.toContain('session 0199');
    expect(whole).toContain('orders=*> ');
    expect(whole).toContain('orders=!> ');
  });

  it('at a time shows what had happened then', async () => {
    const player = await open(SHORT);
    const { screen, end } = await player.seek(atTime(2n * SECOND));
    expect(screen).toMatchObject({ t: 2n * SECOND, position: 2n });
    expect(text(screen === undefined ? [] : [screen])).toMatch(/SELECT 1[^]*one/);
    expect(text(screen === undefined ? [] : [screen])).not.toContain('SELECT 2');
    expect(end).toMatchObject({ reason: 'range', t: 2n * SECOND, position: 2n });
    const late = await player.seek(atTime(EVER * 1000n));
    expect(late.screen?.position).toBe(4n);
    const early = await player.seek(atTime(-1n));
    expect(early.screen).toMatchObject({ position: 0n, ansi: new Uint8Array() });
  });
});

function difference(shown: string, expected: string): string {
  const [a, b] = [shown.split('\r\n'), expected.split('\r\n')];
  const at = b.findIndex((line, index) => line !== a[index]);
  return `line ${at} of ${b.length}/${a.length}: ${JSON.stringify([a[at], b[at]])}`;
}

describe('a range', () => {
  it('has the chunks after its beginning up to its end, and nothing twice', async () => {
    const player = await open(LONG);
    const all = await player.seek({ ...atPosition(0), until: EVER });
    const times = [...new Set(all.chunks.map(({ t }) => t))];
    expect(all.end).toMatchObject({ reason: 'range', t: EVER });
    for (const at of [times[3], times[20], times.at(-2)]) {
      const until = (at ?? 0n) + 60n * MS;
      const part = await player.seek({ ...atTime(at ?? 0n), until });
      const expected = all.chunks.filter(({ t }) => t > (at ?? 0n) && t <= until);
      expect(part.chunks.map(({ position }) => position)).toEqual(
        expected.map(({ position }) => position),
      );
      expect(text(part.chunks)).toBe(text(expected));
      expect(part.end).toMatchObject({ reason: 'range', t: until });
    }
  });

  it('has long outputs whole', async () => {
    const player = await open(LONG);
    const { chunks } = await player.seek({ ...atPosition(0), until: EVER });
    expect(text(chunks)).toMatch(/\(1500 rows\)/);
    expect(text(chunks)).toMatch(/\n 1499 \| x/);
  });

  it('names columns that were described before', async () => {
    const id = sessionId(11);
    const session = new RecordedSession(id);
    const prepared = { position: session.prepare('s', 'SELECT colour'), text: 'SELECT colour' };
    const run = (heldAt?: number) =>
      session.answerAsDescribed(session.execute(prepared, []), ['colour'], [['red']], heldAt);
    const described = run();
    run(described);
    await test.store(session.events);
    const player = await open(id);
    const { chunks } = await player.seek({ ...atPosition(described), until: EVER });
    expect(text(chunks)).toMatch(/^ *colour *\r\n-+\r\n *red *\r\n/m);
  });

  it('goes on behind any position as if it had been played up to there', async () => {
    const player = await open(LONG);
    const all = await player.seek({ ...atPosition(0), until: EVER });
    for (const { envelope } of long().events) {
      const { position } = envelope;
      const seek = { ...atPosition(Number(position)), until: EVER, withoutScreen: true };
      const rest = await player.seek(seek);
      expect(rest.screen).toBeUndefined();
      const expected = all.chunks.filter((chunk) => chunk.position > position);
      expect(text(rest.chunks) === text(expected), `behind ${position}`).toBe(true);
    }
  });

  it('has marks on the lanes', async () => {
    const player = await open(SHORT);
    const { marks } = await player.seek({ ...atPosition(0), until: EVER });
    expect(marks.map(({ position, lane, label }) => [position, lane, label])).toEqual([
      [1n, 'command', 'query'],
      [3n, 'command', 'query'],
    ]);
  });
});

describe('following', () => {
  it('goes from the recorded to the live without a repeat or a hole, to the end', async () => {
    const id = sessionId(10);
    const session = new RecordedSession(id);
    session.select('SELECT 1', [['1', 'one']]);
    const stored = session.events.length;
    await test.store(session.events);
    const player = await open(id);
    const request = player.ask({ ...atPosition(0), follow: true });
    const recorded = await player.replayed(request, ['range']);
    expect(recorded.end).toMatchObject({ position: 2n, t: 15n * MS });
    for (let n = 2; n < 5; n += 1) session.select(`SELECT ${n}`, [[String(n), 'more']]);
    session.close();
    // As the projector would: a few at a time.
    for (let at = stored; at < session.events.length; at += 2) {
      await test.store(session.events.slice(at, at + 2));
    }
    const { chunks, end } = await player.replayed(request, ['closed']);
    expect(end).toMatchObject({ reason: 'closed', position: BigInt(session.last) });
    const again = await player.seek({ ...atPosition(0), until: EVER });
    expect(text(chunks)).toBe(text(again.chunks));
    expect(chunks.map(({ position }) => position)).toEqual(
      again.chunks.map(({ position }) => position),
    );
  });

  it('of a session that has ended ends at once', async () => {
    const player = await open(LONG);
    const { last } = long();
    const seek = { ...atPosition(last), follow: true };
    expect((await player.seek(seek, ['closed'])).end.position).toBe(BigInt(last + 1));
    const silent = await player.seek({ ...seek, withoutScreen: true }, ['closed']);
    expect(silent.end.reason).toBe('closed');
    expect((await player.seek({ ...atTime(0n), follow: true }, ['closed'])).chunks.length).toBe(
      (await player.seek({ ...atTime(0n), until: EVER })).chunks.length,
    );
  });
});

describe('a request', () => {
  it('ends the older one', async () => {
    const player = await open(SHORT);
    const older = player.ask({ ...atPosition(0), follow: true });
    await player.replayed(older, ['range']);
    const newer = player.ask(atPosition(2));
    await player.replayed(newer, ['range']);
    const seen = player.frames.length;
    await test.store([]);
    const third = await player.seek(atPosition(1));
    expect(third.screen?.position).toBe(1n);
    expect(player.frames.slice(seen).map(({ request }) => request)).not.toContain(older);
  });

  it('is answered last of many', async () => {
    const player = await open(LONG);
    for (let n = 0; n < 50; n += 1) player.ask({ ...atPosition(n % 40), until: EVER });
    const { screen } = await player.seek(atPosition(5));
    expect(screen?.position).toBe(5n);
    const answered = new Set(player.frames.map(({ request }) => request));
    expect(answered.size).toBeLessThan(10);
  });

  it('that is wrong is told so, and the next one is answered', async () => {
    const player = await open(SHORT);
    player.socket.send(Buffer.from([0xff, 0xff]));
    await player.until(() => player.frames.length > 0);
    expect(player.frames[0]).toMatchObject({
      request: 0,
      frame: { case: 'end', value: { reason: 'failed', code: 'STENO-3002' } },
    });
    expect((await player.seek({})).end).toMatchObject({ reason: 'failed', code: 'STENO-3002' });
    expect((await player.seek(atPosition(1))).end.reason).toBe('range');
  });

  it('for no session is told so', async () => {
    const player = await open(sessionId(999));
    expect((await player.seek(atPosition(0))).end).toMatchObject({ code: 'STENO-3004' });
  });

  it('is written down before it is answered', async () => {
    const player = await open(SHORT);
    await player.seek(atPosition(0));
    await player.seek(atPosition(1));
    await player.replayed(player.ask({ ...atPosition(0), follow: true }), ['range']);
    const viewed = test.accesses.map((event) => (event.type === 'access.viewed' ? event : {}));
    const common = { actor: 'local-admin', object: 'session', objectId: SHORT };
    expect(viewed).toMatchObject([
      { ...common, action: 'replay' },
      { ...common, action: 'tail' },
    ]);
    test.log.isAway = true;
    test.clock.now += LIMITS.accessRepeatMs;
    const refused = await player.seek(atPosition(0));
    expect(refused).toMatchObject({ screen: undefined, end: { code: 'STENO-3009' } });
    test.errors.length = 0;
  });
});
