import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Duplex, Transform } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { encodePassword, encodeQuery, encodeSslRequest, encodeStartup } from '@steno/wire-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADERS_AWAITED_MAX } from '../src/protocols/postgres/lobby.js';
import { encodeProxyHeader } from '../src/protocols/proxy-header.js';
import { CLIENT, reach } from './balanced.js';
import { TestAuthority, showing } from './certificates.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { Rig, makeToken, startTarget, targetAt } from './rig.js';
import type { RigOptions, TestTarget } from './rig.js';

const PARAMETERS = new Map([
  ['user', 'x'],
  ['database', 'shop'],
]);
const START_UP = encodeStartup({ minor: 0, parameters: PARAMETERS, protocolOptions: new Map() });

const authority = new TestAuthority('test authority');
let target: TestTarget;
let rig: Rig;
let secured: Rig;
beforeAll(async () => {
  target = await startTarget();
  rig = await startRig({ insecure: true });
  secured = await startRig({ tls: showing(authority.issue('127.0.0.1')) });
});
afterAll(async () => {
  await rig.stop();
  await secured.stop();
  await target.remove();
});

function startRig(
  gateway: RigOptions['gateway'],
  limits: NonNullable<RigOptions['limits']> = {},
): Promise<Rig> {
  return Rig.start({
    targets: [targetAt(target)],
    gateway: { proxyProtocol: true, ...gateway },
    limits,
  });
}

/** The next refusal that is recorded of a gateway of its own, after `attempt`. */
async function refusal(gateway: RigOptions['gateway'], attempt: (own: Rig) => Promise<void>) {
  const own = await startRig(gateway);
  await attempt(own);
  await own.stop();
  const [event, another] = (await own.events('activity')).flatMap(({ envelope: { facts } }) =>
    facts.case === 'loginRefused' ? [facts.value] : [],
  );
  expect(another).toBeUndefined();
  return event;
}

async function told(client: RawClient) {
  const answer = errorOf((await client.until('E')).at(-1));
  await client.rest();
  return answer;
}

describe('behind a balancer that sends PROXY headers', () => {
  it.each([
    ['IPv4', CLIENT, '203.0.113.7:51234'],
    ['IPv6', { address: '2001:db8::7', port: 443 }, '2001:db8::7:443'],
  ])('a session has the source that the header says: %s', async (name, from, source) => {
    const client = await reach({ port: rig.port, from });
    await client.login(await rig.login(`ci/${name}`));
    client.close();
    expect((await rig.session(`ci/${name}`)).opened.source).toBe(source);
  });

  it.each([
    ['LOCAL', '2000'],
    ['AF_UNSPEC', '2100'],
  ])('one of %s has the source of the connection', async (name, command) => {
    const client = await reach({ port: rig.port });
    client.send(Buffer.from(`0d0a0d0a000d0a515549540a${command}0000`, 'hex'));
    await client.login(await rig.login(`ci/${name}`));
    client.close();
    expect((await rig.session(`ci/${name}`)).opened.source).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('a refused login has it too', async () => {
    const event = await refusal({ insecure: true }, async (own) => {
      const client = await reach({ port: own.port, from: CLIENT });
      await client.login({ ...(await own.login('x')), password: 'hunter2' });
      await client.rest();
    });
    expect(event).toMatchObject({ code: 'STENO-2001', source: '203.0.113.7' });
  });

  it('a token in clear is not taken from a client off loopback', async () => {
    const event = await refusal({}, async (own) => {
      const client = await reach({ port: own.port, from: CLIENT });
      client.send(START_UP);
      expect((await told(client)).message).toContain('STENO-4004');
    });
    expect(event).toMatchObject({ code: 'STENO-4004', source: '203.0.113.7' });
  });

  it('a client is let in wherever header and start-up are split', async () => {
    const bytes = Buffer.concat([encodeProxyHeader(CLIENT), START_UP]);
    for (let at = 0; at <= bytes.length; at += 1) {
      const client = await reach({ port: rig.port });
      client.send(bytes.subarray(0, at));
      await new Promise((resolve) => setImmediate(resolve));
      client.send(bytes.subarray(at));
      expect(letters(await client.until('R', 'E'))).toBe('R');
      client.destroy();
    }
  });

  it('a client that sends all at once is answered all', async () => {
    const login = await rig.login('ci/at-once');
    const client = await reach({ port: rig.port });
    const said = [encodePassword(login.password), encodeQuery('select 41 + 1 as early')];
    client.send(encodeProxyHeader(CLIENT), START_UP, ...said);
    await client.until('Z');
    expect(letters(await client.until('Z'))).toBe('TDCZ');
    client.close();
    const record = await rig.session('ci/at-once');
    expect(record.command('select 41 + 1 as early').response.status).toBe('ok');
  });

  it('TLS follows the header, asked for or at once', async () => {
    const { port } = secured;
    const ca = authority.cert;
    const asked = await reach({ port, from: CLIENT, ca });
    await asked.login(await secured.login('ci/asked'));
    asked.close();
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const at = { socket: headed(socket), ca, host: '127.0.0.1', ALPNProtocols: ['postgresql'] };
    const atOnce = RawClient.over(connectTls(at));
    await atOnce.login(await secured.login('ci/at-once'));
    atOnce.close();
    for (const identity of ['ci/asked', 'ci/at-once']) {
      const { opened } = await secured.session(identity);
      expect(opened).toMatchObject({ tls: 'TLSv1.3', source: '203.0.113.7:51234' });
    }
  });
});

/** The socket, with a header in the same write as the first bytes of the client. */
function headed(socket: Socket): Duplex {
  let header = encodeProxyHeader(CLIENT);
  const prefixed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.concat([header, chunk]));
      header = Buffer.alloc(0);
    },
  });
  prefixed.pipe(socket);
  return Duplex.from({ readable: socket, writable: prefixed });
}

describe('a connection without a PROXY header of version 2', () => {
  it.each<[string, Buffer, string]>([
    ['but a start-up', START_UP, 'do not begin with a PROXY header'],
    ['but an SSLRequest', encodeSslRequest(), 'do not begin with a PROXY header'],
    [
      'but one of version 1',
      Buffer.from('PROXY TCP4 203.0.113.7 192.0.2.1 51234 5432\r\n'),
      'version 1',
    ],
    ['but garbage', Buffer.from('\r\n\r\n\0\r\nQUIT\r'), 'do not begin with a PROXY header'],
    [
      'but one longer than any',
      Buffer.from('0d0a0d0a000d0a515549540a2111ffff', 'hex'),
      'the most is 4096',
    ],
  ])('%s is refused, told and recorded', async (_, bytes, detail) => {
    const event = await refusal({}, async (own) => {
      const client = await reach({ port: own.port });
      client.send(bytes);
      const [message] = await client.until('E');
      expect(errorOf(message)).toMatchObject({ severity: 'FATAL', sqlstate: '08P01' });
      expect(errorOf(message).message).toContain('STENO-4026');
      expect(message?.body.toString()).toContain(detail);
      await client.rest();
    });
    expect(event).toMatchObject({ code: 'STENO-4026', source: '127.0.0.1' });
  });

  it('is ended when its time is up, also within one', async () => {
    const own = await startRig({}, { authDeadlineMs: 150 });
    const mute = await reach({ port: own.port });
    const slow = await reach({ port: own.port });
    slow.send(encodeProxyHeader(CLIENT).subarray(0, 20));
    for (const client of [mute, slow]) {
      const answer = errorOf((await client.until('E')).at(-1));
      expect(answer.message).toContain('STENO-4001');
      client.send(encodeProxyHeader(CLIENT).subarray(20), START_UP);
      expect(await client.rest()).toEqual([]);
    }
    await own.stop();
  });

  it('that just ends, as when a balancer looks who is there, is no refusal', async () => {
    const event = await refusal({}, async (own) => {
      for (const bytes of [Buffer.alloc(0), encodeProxyHeader(undefined)]) {
        const client = await reach({ port: own.port });
        client.send(bytes);
        client.socket.end();
        expect(await client.rest()).toEqual([]);
      }
    });
    expect(event).toBeUndefined();
  });
});

describe('clients that wait to authenticate', () => {
  it('are counted by the address that the header says', async () => {
    const own = await startRig({ insecure: true }, { preAuthPerSource: 2 });
    const clients: RawClient[] = [];
    const attempt = async (address: string) => {
      const client = await reach({ port: own.port, from: { address, port: 1 } });
      clients.push(client);
      client.send(START_UP);
      return (await client.until('R', 'E')).at(-1);
    };
    expect((await attempt('203.0.113.7'))?.type).toBe('R');
    expect((await attempt('203.0.113.7'))?.type).toBe('R');
    expect(errorOf(await attempt('203.0.113.7')).message).toContain('STENO-4002');
    expect((await attempt('203.0.113.8'))?.type).toBe('R');
    // Whoever logs in makes room.
    clients[0]?.send(encodePassword(await makeToken('ci/room')));
    await clients[0]?.until('Z');
    expect((await attempt('203.0.113.7'))?.type).toBe('R');
    for (const client of clients) client.destroy();
    await own.session('ci/room');
    await own.stop();
  });

  it('are few as long as they have not sent their header', async () => {
    const own = await startRig({ insecure: true }, { authDeadlineMs: 60_000 });
    const mute: RawClient[] = [];
    while (mute.length < HEADERS_AWAITED_MAX) mute.push(await reach({ port: own.port }));
    const refused = await reach({ port: own.port });
    expect((await told(refused)).message).toContain('STENO-4002');
    const last = mute.at(-1);
    last?.send(encodeProxyHeader(CLIENT), START_UP);
    expect(letters((await last?.until('R', 'E')) ?? [])).toBe('R');
    const next = await reach({ port: own.port, from: CLIENT });
    next.send(START_UP);
    expect(letters(await next.until('R'))).toBe('R');
    for (const client of [...mute, next]) client.destroy();
    await own.stop();
  });
});
