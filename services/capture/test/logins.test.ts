import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { encodeGssEncRequest, encodePassword, encodeQuery } from '@steno/wire-postgres';
import { decodeBackendKeyData, decodeNegotiateProtocolVersion } from '@steno/wire-postgres';
import { encodeSslRequest, encodeStartup, isMalformed } from '@steno/wire-postgres';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedByPublicKey, unsigned } from './bad-tokens.js';
import { TestAuthority, showing } from './certificates.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { BACKEND_PASSWORD, Rig, makeToken, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const authority = new TestAuthority('test authority');
let target: TestTarget;
let rig: Rig;
let secured: Rig;
beforeAll(async () => {
  target = await startTarget();
  const targets = [targetAt(target)];
  rig = await Rig.start({ targets });
  const gateway = { tls: showing(authority.issue('127.0.0.1')), host: '0.0.0.0' };
  secured = await Rig.start({ targets, gateway });
});
afterAll(async () => {
  await rig.stop();
  await secured.stop();
  await target.remove();
});

async function refused(of: Rig) {
  const events = await of.events('activity');
  return events.flatMap(({ envelope: { facts } }) =>
    facts.case === 'loginRefused' ? [facts.value] : [],
  );
}

/** Logs in with this password; what the client is told. */
async function attempt(password: string, database = 'shop', of = rig) {
  const client = await RawClient.login({ ...(await of.login('ci/refused', database)), password });
  const answer = errorOf(client.messages.at(-1));
  await client.rest();
  return answer;
}

/** Logs in to a gateway of its own, since only ten refusals a minute are told in full. */
async function withOwnRig<T>(
  options: Partial<Parameters<typeof Rig.start>[0]>,
  use: (own: Rig) => Promise<T>,
): Promise<T> {
  const own = await Rig.start({ targets: [targetAt(target)], ...options });
  try {
    return await use(own);
  } finally {
    await own.stop();
  }
}

describe('a token', () => {
  it.each<[string, string, () => string | Promise<string>]>([
    [
      'that expired',
      'STENO-2005',
      () => makeToken('ci/refused', (jwt) => jwt.setExpirationTime(1)),
    ],
    ['for another audience', 'STENO-2004', () => makeToken('x', (jwt) => jwt.setAudience('other'))],
    ['of another issuer', 'STENO-2003', () => makeToken('x', (jwt) => jwt.setIssuer('urn:other'))],
    ['without a signature', 'STENO-2002', unsigned],
    ['signed by the public key', 'STENO-2009', signedByPublicKey],
    [
      'signed by another key',
      'STENO-2007',
      async () => makeToken('x', (jwt) => jwt, (await generateKeyPair('ES256')).privateKey),
    ],
    ['that is none', 'STENO-2001', () => 'hunter2'],
    ['that is empty', 'STENO-2001', () => ''],
    ['that is too long', 'STENO-2010', () => `${'a'.repeat(17_000)}.b.c`],
  ])('%s is refused, told and recorded', async (_, code, token) => {
    await withOwnRig({}, async (own) => {
      const password = await token();
      const answer = await attempt(password, 'shop', own);
      expect(answer).toMatchObject({ severity: 'FATAL', sqlstate: '28P01' });
      expect(answer.message).toContain(code);
      expect(answer.hint).not.toBe('');
      const [event] = await until('it is recorded', async () => {
        const found = await refused(own);
        return found.length > 0 ? found : undefined;
      });
      expect(event).toMatchObject({
        code,
        protocol: 'postgres',
        source: '127.0.0.1',
        requestedTarget: 'shop',
        requestedUser: 'anybody',
      });
      expect(await own.sessions('ci/refused')).toEqual([]);
    });
  });

  it('is refused at the eleventh time in a minute by a count alone', async () => {
    const own = await Rig.start({ targets: [targetAt(target)] });
    for (let times = 14; times > 0; times -= 1) await attempt('hunter2', 'shop', own);
    await own.stop();
    const events = (await own.events('activity')).map(({ envelope }) => envelope);
    expect(events.filter(({ type }) => type === 'login.refused').length).toBe(10);
    const [suppressed, another] = events.filter(({ type }) => type === 'logins.suppressed');
    expect(suppressed?.facts.value).toMatchObject({ source: '127.0.0.1', count: 4n });
    expect(another).toBeUndefined();
  });
});

describe('a start-up', () => {
  it('for a target that is not there is refused', async () => {
    const answer = await attempt(await makeToken('ci/nowhere'), 'nowhere');
    expect(answer).toMatchObject({ severity: 'FATAL', sqlstate: '3D000' });
    expect(answer.message).toContain('STENO-4005');
    const event = await until('it is recorded', async () =>
      (await refused(rig)).find(({ claimedSubject }) => claimedSubject === 'ci/nowhere'),
    );
    expect(event).toMatchObject({ code: 'STENO-4005', requestedTarget: 'nowhere' });
  });

  it.each(['true', 'database', 'on', '1', 'nonsense'])(
    'for replication (%s) is refused',
    async (value) => {
      const client = RawClient.connect(await rig.login('x'));
      client.startup({ user: 'x', database: 'shop' }, { settings: { replication: value } });
      const answer = errorOf((await client.until('E')).at(-1));
      expect(answer).toMatchObject({ sqlstate: '0A000' });
      expect(answer.message).toContain('STENO-4006');
      await client.rest();
    },
  );

  it('takes the user for the target where no database is named', async () => {
    const login = await rig.login('ci/by-user');
    const client = RawClient.connect(login);
    client.send(
      encodeStartup({
        minor: 0,
        parameters: new Map([['user', 'shop']]),
        protocolOptions: new Map(),
      }),
    );
    await client.until('R');
    client.send(encodePassword(login.password));
    await client.until('Z');
    client.close();
    expect((await rig.session('ci/by-user')).opened.requestedUser).toBe('shop');
  });

  it.each([
    ['3.0', 0, 4],
    ['3.2', 2, 32],
  ])('of protocol %s gets a cancel key of its length', async (_, minor, length) => {
    const client = await RawClient.login(await rig.login(`ci/minor-${minor}`), { minor });
    const body = client.messages.find(({ type }) => type === 'K')?.body ?? Buffer.alloc(0);
    const key = decodeBackendKeyData(body);
    expect(isMalformed(key) ? 0 : key.secretKey.length).toBe(length);
    expect(client.messages.some(({ type }) => type === 'v')).toBe(false);
    client.close();
    await rig.session(`ci/minor-${minor}`);
  });

  it('of a later protocol, or with options that nobody knows, is told what is spoken', async () => {
    const login = await rig.login('ci/negotiated');
    const client = RawClient.connect(login);
    const parameters = new Map([
      ['user', 'x'],
      ['database', 'shop'],
    ]);
    client.send(
      encodeStartup({ minor: 9, parameters, protocolOptions: new Map([['_pq_.new', '1']]) }),
    );
    const messages = await client.until('R');
    expect(letters(messages)).toBe('vR');
    expect(decodeNegotiateProtocolVersion(messages[0]?.body ?? Buffer.alloc(0))).toEqual({
      minor: 2,
      unrecognizedOptions: ['_pq_.new'],
    });
    client.send(encodePassword(login.password));
    await client.until('Z');
    expect(letters(await client.ask(encodeQuery('select 1')))).toBe('TDCZ');
    client.close();
    await rig.session('ci/negotiated');
  });

  it.each<[string, Buffer]>([
    ['of protocol 2', Buffer.from('0000000800020000', 'hex')],
    ['that is no start-up', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['longer than any', Buffer.from('7fffffff00030000', 'hex')],
  ])('%s is refused', async (_, bytes) => {
    const client = RawClient.connect(await rig.login('x'));
    client.send(bytes);
    expect(errorOf((await client.until('E')).at(-1))).toMatchObject({ sqlstate: '08P01' });
    await client.rest();
  });

  it('with another message in place of the password is refused', async () => {
    const client = RawClient.connect(await rig.login('x'));
    client.startup({ user: 'x', database: 'shop' });
    await client.until('R');
    client.send(encodeQuery('select 1'));
    const answer = errorOf((await client.until('E')).at(-1));
    expect(answer.message).toContain('STENO-4007');
    await client.rest();
  });

  it('in which the client goes on without waiting is taken', async () => {
    const login = await rig.login('ci/early');
    const client = RawClient.connect(login);
    client.startup(login);
    client.send(encodePassword(login.password), encodeQuery('select 41 + 1 as early'));
    await client.until('Z');
    const answer = await client.until('Z');
    expect(letters(answer)).toBe('TDCZ');
    client.close();
    const record = await rig.session('ci/early');
    expect(record.command('select 41 + 1 as early').response.status).toBe('ok');
  });
});

describe('encryption', () => {
  const answerTo = async (at: Rig, bytes: Buffer): Promise<string> => {
    const socket = connect(at.port, '127.0.0.1');
    socket.write(bytes);
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.destroy();
    return answer.toString('latin1');
  };

  it('is declined where none is configured, and by GSSAPI always', async () => {
    expect(await answerTo(rig, encodeSslRequest())).toBe('N');
    expect(await answerTo(rig, encodeGssEncRequest())).toBe('N');
    expect(await answerTo(secured, encodeGssEncRequest())).toBe('N');
    const twice = Buffer.concat([encodeSslRequest(), encodeSslRequest()]);
    expect(await answerTo(rig, twice)).toMatch(/^N/);
  });

  it('begins with an SSLRequest', async () => {
    const socket = connect(secured.port, '127.0.0.1');
    socket.write(encodeSslRequest());
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.toString()).toBe('S');
    const tls = connectTls({ socket, ca: authority.cert, host: '127.0.0.1' });
    const login = await secured.login('ci/tls');
    const client = RawClient.over(tls);
    client.startup(login);
    await client.until('R');
    client.send(encodePassword(login.password));
    await client.until('Z');
    const answered = await client.ask(encodeQuery("select repeat('s', 200000)"));
    expect(letters(answered)).toBe('TDCZ');
    client.close();
    expect((await secured.session('ci/tls')).opened.tls).toBe('TLSv1.3');
  });

  it('may begin at once, if the protocol is named', async () => {
    const at = { port: secured.port, host: '127.0.0.1', ca: authority.cert };
    const login = await secured.login('ci/direct-tls');
    const client = RawClient.over(connectTls({ ...at, ALPNProtocols: ['postgresql'] }));
    client.startup(login);
    await client.until('R');
    client.send(encodePassword(login.password));
    await client.until('Z');
    client.close();
    expect((await secured.session('ci/direct-tls')).opened.tls).toBe('TLSv1.3');
    const nameless = RawClient.over(connectTls(at));
    expect(errorOf((await nameless.until('E')).at(-1)).message).toContain('STENO-4007');
    await nameless.rest();
  });

  it('that is begun with bytes in clear behind the request is refused', async () => {
    const client = RawClient.connect({ host: '127.0.0.1', port: secured.port });
    client.send(Buffer.concat([encodeSslRequest(), encodeQuery('select 1')]));
    expect(errorOf((await client.until('E')).at(-1)).sqlstate).toBe('08P01');
    await client.rest();
  });

  it('is asked for off loopback', async () => {
    const address = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
    if (address === undefined) {
      const missing = 'this machine has no address but loopback: tokens in clear are not tried';
      expect(process.env['CI'], missing).toBeUndefined();
      process.stderr.write(`${missing}\n`);
      return;
    }
    const client = RawClient.connect({ host: address, port: secured.port });
    client.startup({ user: 'x', database: 'shop' });
    const answer = errorOf((await client.until('E')).at(-1));
    expect(answer).toMatchObject({ severity: 'FATAL', sqlstate: '28000' });
    expect(answer.message).toContain('STENO-4004');
    await client.rest();
    await withOwnRig({ gateway: { host: '0.0.0.0', insecure: true } }, async (own) => {
      const login = await own.login('ci/insecure');
      const client = await RawClient.login({ ...login, host: address });
      client.close();
      await own.session('ci/insecure');
    });
  });
});

describe('a client that does not log in', () => {
  it('is sent away when its time is up, and nothing that comes later helps', async () => {
    const options = { limits: { authDeadlineMs: 150 } };
    await withOwnRig(options, async (own) => {
      const mute = RawClient.connect({ host: '127.0.0.1', port: own.port });
      const late = RawClient.connect({ host: '127.0.0.1', port: own.port });
      late.startup({ user: 'x', database: 'shop' });
      for (const client of [mute, late]) {
        const answer = errorOf((await client.until('E')).at(-1));
        expect(answer).toMatchObject({ severity: 'FATAL', sqlstate: '08006' });
        expect(answer.message).toContain('STENO-4001');
        // The answer to a question that is not asked any more.
        client.send(encodePassword(await makeToken('ci/late')));
        await client.rest();
      }
      const codes = (
        await until('both are recorded', async () => {
          const found = await refused(own);
          return found.length === 2 ? found : undefined;
        })
      ).map(({ code }) => code);
      expect(codes).toEqual(['STENO-4001', 'STENO-4001']);
      expect(await own.sessions('ci/late')).toEqual([]);
    });
  });

  it('waits with few others of its address', async () => {
    await withOwnRig({ limits: { preAuthPerSource: 2 } }, async (own) => {
      const at = { host: '127.0.0.1', port: own.port };
      const waiting = [RawClient.connect(at), RawClient.connect(at)];
      for (const client of waiting) {
        client.startup({ user: 'x', database: 'shop' });
        await client.until('R');
      }
      const third = RawClient.connect(at);
      const answer = errorOf((await third.until('E')).at(-1));
      expect(answer).toMatchObject({ sqlstate: '53300' });
      expect(answer.message).toContain('STENO-4002');
      // Whoever logs in makes room.
      waiting[0]?.send(encodePassword(await makeToken('ci/room')));
      await waiting[0]?.until('Z');
      const fourth = RawClient.connect(at);
      fourth.startup({ user: 'x', database: 'shop' });
      await fourth.until('R');
      for (const client of [...waiting, third, fourth]) client.destroy();
      await own.session('ci/room');
    });
  });

  it('finds no room beyond the sessions that there may be', async () => {
    await withOwnRig({ limits: { sessions: 1 } }, async (own) => {
      const first = await RawClient.login(await own.login('ci/first'));
      const answer = await attempt(await makeToken('ci/second'), 'shop', own);
      expect(answer).toMatchObject({ sqlstate: '53300' });
      expect(answer.message).toContain('STENO-4003');
      first.close();
      await own.session('ci/first');
    });
  });
});

describe('secrets', () => {
  it('stand nowhere in the log', async () => {
    await withOwnRig({}, async (own) => {
      const good = await own.login('ci/secrets');
      const client = await RawClient.login(good);
      await client.ask(encodeQuery('select 1'));
      client.close();
      await own.session('ci/secrets');
      const bad = await makeToken('ci/secrets', (jwt) => jwt.setExpirationTime(1));
      const answer = await attempt(bad, 'shop', own);
      await until('it is recorded', async () =>
        (await refused(own)).length > 0 ? true : undefined,
      );
      const parts = [good.password, bad].flatMap((token) => token.split('.').slice(1));
      const secrets = [...parts, BACKEND_PASSWORD];
      let bytes = 0;
      for (const topic of ['data', 'control', 'activity', 'heartbeat'] as const) {
        for (const entry of await own.log.read(topic, { partition: 0, offset: 0 }, 1e9)) {
          bytes += entry.bytes.length;
          expect(secrets.filter((secret) => entry.bytes.includes(secret))).toEqual([]);
        }
      }
      expect(bytes).toBeGreaterThan(1_000);
      expect(secrets.filter((secret) => JSON.stringify(answer).includes(secret))).toEqual([]);
      expect(own.warnings).toEqual([]);
    });
  });
});
