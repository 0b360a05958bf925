import { X509Certificate } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { TestAuthority } from '@steno/capture/testing';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll } from './running-up.js';

const HOST = '127.0.0.1';
const PASSWORD = 'of-the-target';
const authority = new TestAuthority('the authority');
const [first, second] = [authority.issue(HOST), authority.issue(HOST)];
const folder = makeFolder();
const at = (name: string) => join(folder.path, name);

/** As tools that renew certificates do: nobody sees half of one. */
function put(name: string, text: string): void {
  writeFileSync(at(`${name}.new`), text);
  renameSync(at(`${name}.new`), at(name));
}

let target: EmbeddedPostgres;
let up: RunningUp;
beforeAll(async () => {
  target = await startPostgres({ directory: at('postgres'), superuser: 'app', password: PASSWORD });
  put('own.crt', first.cert);
  put('own.key', first.key);
  const text = `data: ./data
web: { listen: "${HOST}:0", tls: { cert: own.crt, key: own.key } }
gateways: { postgres: { listen: "${HOST}:0", tls: { cert: own.crt, key: own.key } } }
targets:
  - name: orders
    protocol: postgres
    address: ${HOST}:${target.port}
    database: postgres
    credential: { username: app, password: env:ORDERS_PASSWORD }
`;
  writeFileSync(at('steno.yaml'), text);
  up = await RunningUp.start({ folder: folder.path, env: { ORDERS_PASSWORD: PASSWORD } });
});
afterAll(async () => {
  await killAll([up]);
  await target.stop();
  folder.remove();
});

async function session(): Promise<pg.Client> {
  const client = new pg.Client({
    host: HOST,
    port: up.gatewayPort,
    user: 'any',
    database: 'orders',
    password: await up.token('ci/tls'),
    ssl: { ca: authority.cert },
  });
  await client.connect();
  return client;
}

async function gatewaySerial(): Promise<string | undefined> {
  const client = await session();
  const { stream } = (client as pg.Client & { connection: { stream: TLSSocket } }).connection;
  const serial = stream.getPeerX509Certificate()?.serialNumber;
  await client.end();
  return serial;
}

async function consoleSerial(): Promise<string | undefined> {
  const socket = connectTls({
    host: HOST,
    port: Number(new URL(up.ready.web).port),
    ca: authority.cert,
  });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  const serial = socket.getPeerX509Certificate()?.serialNumber;
  socket.destroy();
  return serial;
}

const serial = ({ cert }: { readonly cert: string }) => new X509Certificate(cert).serialNumber;

it('takes a renewed certificate from its files, without a restart', async () => {
  const running = await session();
  expect(await consoleSerial()).toBe(serial(first));
  put('own.crt', second.cert);
  put('own.key', second.key);
  const isSecond = (found: string | undefined) => (found === serial(second) ? found : undefined);
  await until('the gateway shows it', async () => isSecond(await gatewaySerial()));
  await until('the console shows it', async () => isSecond(await consoleSerial()));
  expect((await running.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await running.end();
});

it('keeps the one it has where the new one is wrong, and says so', async () => {
  put('own.key', '');
  for (const listener of ['gateway', 'console']) {
    await until(`the ${listener} says so`, async () => {
      await gatewaySerial();
      return up.err.includes(`the certificate of the ${listener} stays as it was`);
    });
  }
  expect(await gatewaySerial()).toBe(serial(second));
  expect(await consoleSerial()).toBe(serial(second));
  const checks = await up.verb('doctor', '--json');
  expect(checks.out).toMatch(/"check":"certificate","status":"fail"/);
});
