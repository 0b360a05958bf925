import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeStoreClient } from '@steno/event-store';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { LIMITS } from '../src/limits.js';
import { ReplayConnection } from '../src/replay/replay-connection.js';
import { Player, connect, statusOf, text } from './player.js';
import { RecordedSession, rowsOf, sessionId, shortSession } from './recorded-session.js';
import { TOKEN, startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const SHORT = sessionId(2);
const BIG = sessionId(3);
const EVER = BigInt(Number.MAX_SAFE_INTEGER);
const atPosition = (position: number) => ({
  at: { case: 'position' as const, value: BigInt(position) },
});

let test: TestApi;
let players: Player[];

beforeAll(async () => {
  test = await startTestApi();
  await test.store(shortSession(SHORT).events);
});

afterAll(() => test.stop());

beforeEach(() => {
  players = [];
  test.clock.now += 10 * 60_000;
  test.accesses.length = 0;
});

afterEach(async () => {
  await Promise.all(players.map((player) => player.close()));
  expect(test.errors).toEqual([]);
});

async function open(id: string): Promise<Player> {
  const player = await Player.open(test.api.url, id);
  players.push(player);
  return player;
}

describe('a socket', () => {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const status = (headers: Record<string, string>, protocols?: string[]) =>
    statusOf(connect(test.api.url, SHORT, headers, protocols));

  async function cookie(): Promise<string> {
    const answer = await supertest(test.api.url)
      .post('/api/sign-in')
      .send({ code: test.api.newSignInCode() });
    return String(answer.headers['set-cookie']).split(';')[0] ?? '';
  }

  it('is for who is signed in, and their own console', async () => {
    const origin = test.api.url;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer wrong' })).toBe(401);
    expect(await status(bearer)).toBe(101);
    expect(await status({ ...bearer, origin })).toBe(101);
    expect(await status({ ...bearer, origin: 'https://evil.test' })).toBe(403);
    expect(await status({ cookie: await cookie(), origin })).toBe(101);
    expect(await status({ cookie: await cookie() })).toBe(403);
    expect(await status({ cookie: await cookie(), origin: 'https://evil.test' })).toBe(403);
    expect(await status({ ...bearer, host: 'evil.test' })).toBe(421);
    const refused = test.accesses.filter(({ type }) => type === 'access.refused');
    expect(refused).toMatchObject([
      { code: 'STENO-3001' },
      { code: 'STENO-3013', actor: 'local-admin' },
    ]);
  });

  it('speaks our protocol, at our address', async () => {
    expect(await status(bearer, [])).toBe(400);
    expect(await status(bearer, ['other'])).toBe(400);
    expect(await statusOf(connect(test.api.url, 'a/b', bearer))).toBe(404);
  });

  it('is one of few', async () => {
    const { socketsPerActor } = LIMITS;
    for (let n = 0; n < socketsPerActor; n += 1) await open(SHORT);
    expect(await status(bearer)).toBe(503);
    const metrics = await supertest(test.api.url).get('/metrics');
    expect(metrics.text).toContain(`steno_api_open_replays ${socketsPerActor}`);
    await players.pop()?.close();
    await expect.poll(() => status(bearer)).toBe(101);
  });

  it('takes no large message', async () => {
    const player = await open(SHORT);
    player.socket.send(Buffer.alloc(LIMITS.socketMessageBytes + 1));
    const [code] = (await once(player.socket, 'close')) as [number];
    expect(code).toBe(1009);
  });
});

describe('a slow player', () => {
  it('holds up the reading, not the memory', async () => {
    const session = new RecordedSession(BIG);
    for (let n = 0; n < 12; n += 1) {
      session.select(
        `SELECT ${n}`,
        rowsOf(4900, 1).map(([id = '']) => [id, 'y'.repeat(190)]),
      );
    }
    await test.store(session.events);
    const server = createServer();
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = makeStoreClient(test.access);
    const accepted: WebSocket[] = [];
    sockets.on('connection', (socket) => {
      accepted.push(socket);
      new ReplayConnection(socket, {
        reader: { client, tenant: 'default' },
        sessionId: BIG,
        onSeek: async () => undefined,
        onError: (error) => void test.errors.push(error),
      });
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const player = await Player.open(url, BIG);
    player.socket.pause();
    const request = player.ask({ ...atPosition(0), until: EVER });
    const buffered = () => accepted[0]?.bufferedAmount ?? 0;
    await expect.poll(buffered).toBeGreaterThan(LIMITS.socketBufferedBytes);
    // In the time in which another one gets all of it, nothing more is read for the slow one.
    const other = await Player.open(url, BIG);
    const all = await other.seek({ ...atPosition(0), until: EVER });
    const mostFrame = 2 * 1024 * 1024;
    expect(buffered()).toBeLessThan(LIMITS.socketBufferedBytes + mostFrame);
    player.socket.resume();
    const { chunks } = await player.replayed(request, ['range']);
    expect(text(chunks).length).toBeGreaterThan(12 * 4900 * 190);
    expect(text(chunks) === text(all.chunks)).toBe(true);
    await Promise.all([player.close(), other.close()]);
    sockets.close();
    server.close();
    await client.close();
  });
});

describe('the end of the api', () => {
  it('ends replays and lets requests finish', async () => {
    const own = await startTestApi();
    await own.store(shortSession(SHORT).events);
    const player = await Player.open(own.api.url, SHORT);
    await player.replayed(player.ask({ ...atPosition(0), follow: true }), ['range']);
    const closed = once(player.socket, 'close');
    const asked = supertest(own.api.url)
      .get(`/api/sessions/${SHORT}`)
      .set('authorization', `Bearer ${TOKEN}`)
      .then(({ status }) => status);
    await expect.poll(() => own.accesses.length).toBeGreaterThan(1);
    await own.stop();
    const [code] = (await closed) as [number];
    expect(code).toBe(1001);
    expect(await asked).toBe(200);
    expect(own.errors).toEqual([]);
  });
});
