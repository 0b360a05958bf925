import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestAuthority } from './certificates.js';
import { Rig, makeToken, startTarget, targetAt } from './rig.js';
import type { TestTarget } from './rig.js';

const authority = new TestAuthority('the authority');
const [first, second] = [authority.issue('127.0.0.1'), authority.issue('127.0.0.1')];
const ca = authority.cert;

let shown = first;
let trusted = { ca, crl: authority.revoke() };
let target: TestTarget;
let rig: Rig;
beforeAll(async () => {
  target = await startTarget();
  const clients = { identity: 'x', groups: 'x', authorities: () => trusted };
  const gateway = { tls: { certificate: () => shown, clients } };
  rig = await Rig.start({ targets: [targetAt(target)], gateway });
});
afterAll(async () => {
  await rig.stop();
  await target.remove();
});

async function connect(): Promise<pg.Client> {
  const { host, port } = { host: '127.0.0.1', port: rig.port };
  const of = { user: 'any', database: 'shop', password: await makeToken('ci/tls') };
  const client = new pg.Client({ host, port, ...of, ssl: { ca } });
  await client.connect();
  return client;
}

function serialOf(client: pg.Client): string | undefined {
  const { stream } = (client as pg.Client & { connection: { stream: TLSSocket } }).connection;
  return stream.getPeerX509Certificate()?.serialNumber;
}

/** What a connection is shown, of one that begins now. */
async function serialNow(): Promise<string | undefined> {
  const client = await connect();
  const serial = serialOf(client);
  await client.end();
  return serial;
}

const serial = ({ cert }: { readonly cert: string }) => new X509Certificate(cert).serialNumber;

it('shows new connections another certificate, and lets those that run go on', async () => {
  const running = await connect();
  expect(serialOf(running)).toBe(serial(first));
  shown = second;
  expect(await serialNow()).toBe(serial(second));
  expect((await running.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await running.end();
  expect(rig.warnings).toEqual([]);
});

it.each([
  ['is none', { cert: 'no certificate', key: second.key }],
  ['has the key of another', { cert: first.cert, key: second.key }],
  ['has no key', { cert: second.cert, key: '' }],
  ['is empty', { cert: '', key: second.key }],
])('keeps the one it has where the new one %s, and says so once', async (_, wrong) => {
  const before = rig.warnings.length;
  shown = wrong;
  expect(await serialNow()).toBe(serial(second));
  expect(await serialNow()).toBe(serial(second));
  expect(rig.warnings.slice(before)).toHaveLength(1);
  expect(rig.warnings.at(-1)).toMatch(/^the certificate of the gateway stays as it was .*reason/);
  expect(rig.warnings.at(-1)).not.toContain(second.key.slice(40, 60));
  // What is trusted is renewed all the same, and the one after it is taken.
  trusted = { ...trusted };
  expect(await serialNow()).toBe(serial(second));
  shown = { ...second };
  expect(await serialNow()).toBe(serial(second));
});
