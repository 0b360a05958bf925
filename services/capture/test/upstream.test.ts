import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { encodeAuthentication, encodeQuery } from '@steno/wire-postgres';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Target } from '../src/index.js';
import { TestAuthority } from './certificates.js';
import { FakeTarget, WELCOME } from './fake-target.js';
import { RawClient, errorOf, letters } from './raw-client.js';
import { BACKEND_PASSWORD, Rig, credentialOf, startTarget, targetAt, until } from './rig.js';
import type { TestTarget } from './rig.js';

const authority = new TestAuthority('right');
const stranger = new TestAuthority('wrong');
const METHODS = ['scram-sha-256', 'md5', 'password', 'trust'] as const;
const MISSING = 'ORDERS_PASSWORD is not set';

let target: TestTarget;
const rigs: Rig[] = [];
let count = 0;
beforeAll(async () => {
  target = await startTarget({ tls: authority.issue('127.0.0.1') });
  const { host, port, username: user, password } = target;
  const admin = new pg.Client({ host, port, user, password, database: 'postgres' });
  await admin.connect();
  for (const method of METHODS) {
    const encryption = method === 'md5' ? 'md5' : 'scram-sha-256';
    await admin.query(`set password_encryption = '${encryption}'`);
    await admin.query(`create role "by ${method}" login password '${BACKEND_PASSWORD}'`);
  }
  const rules = METHODS.map((method) => `host all "by ${method}" 127.0.0.1/32 ${method}`);
  const file = join(target.directory, 'data', 'pg_hba.conf');
  await writeFile(file, [...rules, 'host all app 127.0.0.1/32 scram-sha-256', ''].join('\n'));
  await admin.query('select pg_reload_conf()');
  await admin.end();
});
afterAll(async () => {
  await target.remove();
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) {
    await rig.stop();
    expect(rig.warnings).toEqual([]);
  }
});

/** One session on a target: its client and a rig of its own. */
async function sessionOn(at: Target, limits = {}) {
  count += 1;
  const rig = await Rig.start({ targets: [at], limits });
  rigs.push(rig);
  const identity = `ci/upstream-${count}`;
  const client = await RawClient.login(await rig.login(identity));
  return { client, rig, identity, record: () => rig.session(identity) };
}

/** What a client and the record are told where no session comes about. */
async function refusedBy(at: Target, limits = {}) {
  const { client, record } = await sessionOn(at, limits);
  const error = errorOf(client.messages.at(-1));
  await client.rest();
  const { closed, types } = await record();
  expect(types).toEqual(['session.opened', 'session.closed']);
  return { error, closed };
}

const as = (username: string, password = BACKEND_PASSWORD) => credentialOf(username, password);
const verified = (ca: string): Target['tls'] => ({ mode: 'verify-full', ca });
const at = (server: { host: string; port: number }, change: Partial<Target> = {}): Target =>
  targetAt({ ...target, host: server.host, port: server.port }, change);

describe('the credential', () => {
  it.each(METHODS)('is given by %s', async (method) => {
    const { client, record } = await sessionOn(
      targetAt(target, { credential: as(`by ${method}`) }),
    );
    const answer = await client.ask(encodeQuery('select current_user'));
    expect(answer.find(({ type }) => type === 'D')?.body.toString()).toContain(`by ${method}`);
    client.close();
    expect((await record()).closed.reason).toBe('client-closed');
  });

  it.each(['scram-sha-256', 'md5', 'password'])(
    'that is wrong by %s is told, not shown',
    async (method) => {
      const credential = as(`by ${method}`, 'a-wrong-secret');
      const { error, closed } = await refusedBy(targetAt(target, { credential }));
      expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '08004' });
      expect(error.message).toContain('STENO-4009');
      expect(closed).toMatchObject({ reason: 'target-refused', detail: 'SQLSTATE 28P01' });
      expect(JSON.stringify([error, closed.detail])).not.toContain('a-wrong-secret');
    },
  );

  it('that cannot be read is told: to the operator why, to the client that', async () => {
    const credential = { ...as('app'), lease: () => Promise.reject(new Error(MISSING)) };
    const { error, closed } = await refusedBy(targetAt(target, { credential }));
    expect(error.sqlstate).toBe('08004');
    expect(error.message).toContain('STENO-4023');
    expect(JSON.stringify(error)).not.toContain('ORDERS_PASSWORD');
    expect(closed).toMatchObject({ reason: 'credential-unavailable', detail: MISSING });
  });

  it('is not given to whoever does not prove that he knows it', async () => {
    const impostor = await FakeTarget.start((socket, _, times) => {
      if (times === 0)
        socket.write(encodeAuthentication({ kind: 'sasl', mechanisms: ['SCRAM-SHA-256'] }));
      else socket.write(WELCOME);
    });
    const { error, closed } = await refusedBy(at(impostor));
    expect(error.message).toContain('STENO-4009');
    expect(closed.detail).toContain('did not prove');
    expect(impostor.received.includes(BACKEND_PASSWORD)).toBe(false);
    impostor.stop();
  });

  it('is not asked for in ways that are not spoken', async () => {
    const server = await FakeTarget.start((socket) => {
      socket.write(encodeAuthentication({ kind: 'gss' }));
    });
    const { closed } = await refusedBy(at(server));
    expect(closed).toMatchObject({ reason: 'target-refused' });
    expect(closed.detail).toContain('gss');
    server.stop();
  });
});

describe('TLS to the target', () => {
  it('is verified by the authority and the name', async () => {
    const { client, record } = await sessionOn(targetAt(target, { tls: verified(authority.cert) }));
    const answer = await client.ask(
      encodeQuery('select ssl from pg_stat_ssl where pid = pg_backend_pid()'),
    );
    expect(answer.find(({ type }) => type === 'D')?.body.at(-1)).toBe('t'.charCodeAt(0));
    // Large results and inputs pass through it as well.
    expect(letters(await client.ask(encodeQuery("select repeat('x', 500000)")))).toBe('TDCZ');
    client.close();
    expect((await record()).closed.reason).toBe('client-closed');
  });

  it.each<[string, Partial<Target>]>([
    ['of another authority', { tls: verified(stranger.cert) }],
    ['of no authority that the system knows', { tls: { mode: 'verify-full', ca: undefined } }],
    ['for another name', { tls: verified(authority.cert), host: 'localhost' }],
  ])('with a certificate %s ends before a word is said', async (_, change) => {
    const { error, closed } = await refusedBy(targetAt(target, change));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '08001' });
    expect(error.message).toContain('STENO-4010');
    expect(closed.reason).toBe('target-untrusted');
  });

  it('brings nothing to a server of a stranger', async () => {
    let said = 0;
    const strange = createTlsServer({
      ...stranger.issue('127.0.0.1'),
      ALPNProtocols: ['postgresql'],
    });
    strange.on('secureConnection', (socket) => {
      socket.on('error', () => undefined); // it is left without a word
      socket.on('data', ({ length }: Buffer) => (said += length));
    });
    strange.on('tlsClientError', () => undefined);
    const front = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.pause();
        socket.write('S');
        strange.emit('connection', socket);
      });
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    const { port } = front.address() as AddressInfo;
    const tls = verified(authority.cert);
    const { closed } = await refusedBy(at({ host: '127.0.0.1', port }, { tls }));
    expect(closed.reason).toBe('target-untrusted');
    expect(said).toBe(0);
    front.close();
  });

  it.each([
    ['does not offer it', 'N'],
    ['says more than yes', 'Sabc'],
  ])('is insisted on where the target %s', async (_, answer) => {
    const server = await FakeTarget.start((socket) => socket.write(answer));
    const { error, closed } = await refusedBy(at(server, { tls: verified(authority.cert) }));
    expect(error.message).toContain('STENO-4010');
    expect(closed.detail).toContain('TLS');
    expect(server.received.length).toBe(8);
    server.stop();
  });
});

describe('a target', () => {
  it('that is down is told', async () => {
    const gone = await FakeTarget.start(() => undefined);
    const { port } = gone;
    gone.stop();
    const { error, closed } = await refusedBy(at({ host: '127.0.0.1', port }));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '08001' });
    expect(error.message).toContain('STENO-4008');
    expect(closed).toMatchObject({ reason: 'target-unreachable', detail: 'ECONNREFUSED' });
  });

  it('without the database says so itself', async () => {
    const { error, closed } = await refusedBy(targetAt(target, { database: 'nowhere' }));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '3D000' });
    expect(error.message).toContain('STENO-4024');
    expect(closed.reason).toBe('target-declined');
    expect(closed.detail).toContain('database "nowhere" does not exist');
  });

  it.each<[string, string, Buffer | undefined]>([
    ['that says nothing', 'target-unreachable', undefined],
    ['that talks nonsense', 'target-misspoke', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['that talks without end', 'target-misspoke', Buffer.from('S\x7f\xff\xff\xff', 'latin1')],
    ['that begins with an error of much text', 'target-declined', hugeError()],
  ])('%s is given up', async (_, reason, answer) => {
    const server = await FakeTarget.start((socket) => {
      if (answer !== undefined) socket.write(answer);
    });
    const { error, closed } = await refusedBy(at(server), { connectTimeoutMs: 200 });
    expect(error.severity).toBe('FATAL');
    expect(closed.reason).toBe(reason);
    expect(closed.detail.length).toBeLessThanOrEqual(1_100);
    server.stop();
  });

  it('may speak again right after it is ready', async () => {
    const notification = Buffer.from('A\0\0\0\x0d\0\0\0\x07ab\0c\0', 'latin1');
    const server = await FakeTarget.start((socket, _, times) => {
      if (times === 0) socket.write(Buffer.concat([WELCOME, notification.subarray(0, 7)]));
      else socket.write(notification.subarray(7));
    });
    const { client, record } = await sessionOn(at(server));
    client.send(encodeQuery('select 1'));
    const [arrived] = await client.until('A');
    expect(arrived?.body).toEqual(notification.subarray(5));
    client.destroy();
    const kept = (await record()).events.find(({ type }) => type === 'output.captured');
    expect(kept?.contents[0]?.bytes).toEqual(notification);
    server.stop();
  });

  it('whose administrator ends a session says why itself', async () => {
    const { client, record } = await sessionOn(targetAt(target));
    const other = await sessionOn(targetAt(target));
    const [row] = await client
      .ask(encodeQuery('select pg_backend_pid() as pid'))
      .then((answer) => answer.filter(({ type }) => type === 'D'));
    const pid = row?.body.subarray(6).toString() ?? '';
    client.send(encodeQuery('select pg_sleep(60)'));
    await other.client.ask(encodeQuery(`select pg_terminate_backend(${pid})`));
    const error = errorOf((await client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '57P01' });
    expect(error.message).not.toContain('STENO');
    await client.rest();
    const { closed, command } = await record().then((found) => ({
      closed: found.closed,
      command: found.command('select pg_sleep(60)'),
    }));
    expect(closed).toMatchObject({ reason: 'target-closed', detail: 'SQLSTATE 57P01' });
    expect(command.response.status).toBe('error');
    expect(command.response.facts.error).toMatchObject({ code: '57P01', severity: 'FATAL' });
    // The same to a session that waits.
    const idle = await sessionOn(targetAt(target));
    await other.client.ask(
      encodeQuery(`select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle'`),
    );
    expect(errorOf((await idle.client.until('E')).at(-1)).sqlstate).toBe('57P01');
    const idleRecord = await idle.record();
    expect(idleRecord.closed.reason).toBe('target-closed');
    expect(idleRecord.responses(0)[0]?.facts.error?.code).toBe('57P01');
    other.client.close();
    await other.record();
  });

  it('that dies leaves its client with an error, if between messages', async () => {
    const dying = await startTarget();
    const { client, record } = await sessionOn(targetAt(dying));
    await client.ask(encodeQuery('create table t ()'));
    client.send(encodeQuery('insert into t default values; select pg_sleep(60)'));
    const looking = await sessionOn(targetAt(dying));
    await until('it sleeps', async () => {
      const running = "select 1 from pg_stat_activity where wait_event = 'PgSleep'";
      return letters(await looking.client.ask(encodeQuery(running))) === 'TDCZ' ? true : undefined;
    });
    process.kill(dying.pid, 'SIGKILL');
    const error = errorOf((await client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '08006' });
    expect(error.message).toContain('STENO-4011');
    await client.rest();
    const { closed, commands } = await record();
    expect(closed.reason).toBe('target-lost');
    expect(commands[1]?.response).toMatchObject({ status: 'cut', rows: 0 });
    await dying.remove();
  });

  it('that dies within a message leaves half of it, and no error of ours behind', async () => {
    const server = await FakeTarget.start((socket, _, times) => {
      if (times === 0) socket.write(WELCOME);
      else socket.write('D\0\0\0\x40\0\x01half a row', () => socket.destroy());
    });
    const { client, record } = await sessionOn(at(server));
    const before = client.bytesReceived;
    client.send(encodeQuery('select 1'));
    await client.rest();
    expect(client.bytesReceived - before).toBe(17);
    const { closed, commands } = await record();
    expect(closed.reason).toBe('target-lost');
    expect(commands[0]?.response?.status).toBe('cut');
    server.stop();
  });

  it('that breaks the protocol later is left', async () => {
    const server = await FakeTarget.start((socket, _, times) => {
      socket.write(times === 0 ? WELCOME : '?nonsense');
    });
    const { client, record } = await sessionOn(at(server));
    client.send(encodeQuery('select 1'));
    const error = errorOf((await client.until('E')).at(-1));
    expect(error).toMatchObject({ severity: 'FATAL', sqlstate: '08P01' });
    expect(error.message).toContain('STENO-4012');
    await client.rest();
    const { closed, commands } = await record();
    expect(closed.reason).toBe('target-misspoke');
    expect(commands[0]?.response?.status).toBe('cut');
    server.stop();
  });
});

function hugeError(): Buffer {
  const body = Buffer.concat([
    Buffer.from('SFATAL\0VFATAL\0C53300\0M'),
    Buffer.alloc(200_000, 'm'),
    Buffer.alloc(2),
  ]);
  const header = Buffer.from('E\0\0\0\0');
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}
