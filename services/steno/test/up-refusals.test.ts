import { chmodSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dataLayout, makeFolders } from '../src/data-directory/layout.js';
import { lockDataDirectory } from '../src/up/socket-lock.js';
import { lines, makeFolder } from './command-line.js';
import { isAlive, until } from './processes.js';
import { RunningUp, errorOf, killAll, refusedUp, runFiles } from './running-up.js';

const FIXTURES = fileURLToPath(new URL('../../embedded-postgres/test/fixtures/', import.meta.url));
const FREE = '127.0.0.1:0';
const PLAIN = `web: { listen: ${FREE} }
gateways: { postgres: { listen: ${FREE} } }
`;

const folder = makeFolder();
const ups: RunningUp[] = [];

function configure(text: string): void {
  writeFileSync(join(folder.path, 'steno.yaml'), text);
}

async function refused(text: string, ...args: readonly string[]) {
  configure(text);
  const { code, err } = await refusedUp({ folder: folder.path, args: ['--json', ...args] });
  return { exit: code, error: errorOf(err) };
}

async function started(text: string): Promise<RunningUp> {
  configure(text);
  const up = await RunningUp.start({ folder: folder.path });
  ups.push(up);
  return up;
}

afterAll(async () => {
  await killAll(ups);
  folder.remove();
});

describe('a configuration that cannot be used', () => {
  it('is refused with file, line and key', async () => {
    const { exit, error } = await refused('data: ./data\nweb: { lisen: 127.0.0.1:0 }\n');
    expect(exit).toBe(64);
    expect(error.code).toBe('STENO-1002');
    expect(error.message).toContain('steno.yaml:2:8: web.lisen is unknown, did you mean listen?');
  });

  it.each([
    [
      'gateways: { postgres: { listen: 0.0.0.0:0, insecure: true } }',
      'gateways.postgres.listen is off loopback, where the development issuer is not allowed',
    ],
    ['web: { listen: 0.0.0.0:0 }', 'web.listen is off loopback'],
  ])('%s', async (text, message) => {
    const { exit, error } = await refused(text);
    expect(exit).toBe(64);
    expect(error.message).toContain(message);
  });

  it('is told that the demo stays on loopback', async () => {
    const issuers = 'issuers: [{ issuer: https://a.example, audience: b }]';
    const gateways = 'gateways: { postgres: { listen: 0.0.0.0:0, insecure: true } }';
    const { exit, error } = await refused(`${issuers}\n${gateways}\n`, '--demo');
    expect(exit).toBe(64);
    expect(error.code).toBe('STENO-1021');
  });

  it('is told of files that are not there or not what they should be', async () => {
    const tls = (key: string) =>
      `web: { listen: 127.0.0.1:0, tls: { cert: c.pem, key: ${key} } }\n`;
    cpSync(join(FIXTURES, 'server.crt'), join(folder.path, 'c.pem'));
    const missing = await refused(tls('k.pem'));
    expect(missing.exit).toBe(64);
    expect(missing.error.code).toBe('STENO-1025');
    expect(missing.error.message).toContain(`web.tls.key is ${join(folder.path, 'k.pem')}`);
    const wrong = await refused(tls('c.pem'));
    expect(wrong.error.code).toBe('STENO-1025');
  });

  it('is told of a data directory whose path is too long for sockets', async () => {
    const { exit, error } = await refused(`data: ./${'d'.repeat(100)}\n${PLAIN}`);
    expect(exit).toBe(3);
    expect(error.code).toBe('STENO-1024');
  });
});

describe('an address that is taken', () => {
  let taken: Server;
  let address: string;

  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  });
  afterAll(() => taken.close());

  it.each(['gateways.postgres.listen', 'web.listen'])('is named: %s', async (key) => {
    const [web, gateway] = key === 'web.listen' ? [address, FREE] : [FREE, address];
    const { exit, error } = await refused(
      `web: { listen: ${web} }\ngateways: { postgres: { listen: ${gateway} } }\n`,
    );
    expect(exit).toBe(3);
    expect(error.code).toBe('STENO-1023');
    expect(error.message).toContain(key);
    expect(error.message).toContain(address);
    expect(runFiles(folder.path)).toEqual([]);
  });
});

describe('the keys of an installation', () => {
  const layout = dataLayout({ data: join(folder.path, 'data') });
  const keys = join(layout.keys, 'installation.json');
  const aside = `${keys}.aside`;

  beforeAll(async () => {
    const up = await started(PLAIN);
    expect(await up.stop()).toEqual({ code: 0, signal: null });
    renameSync(keys, aside);
  });
  afterEach(() => rmSync(keys, { force: true }));

  it('are refused where others can read them', async () => {
    cpSync(aside, keys);
    chmodSync(keys, 0o640);
    const { exit, error } = await refused(PLAIN);
    expect(exit).toBe(3);
    expect(error.code).toBe('STENO-1016');
    expect(error.message).toContain(keys);
  });

  it('are refused where they are damaged, and nothing of them is said', async () => {
    const text = readFileSync(aside, 'utf8');
    writeFileSync(keys, text.slice(0, -40), { mode: 0o600 });
    const { exit, error } = await refused(PLAIN);
    expect(exit).toBe(3);
    expect(error.code).toBe('STENO-1017');
    expect(error.message).not.toContain(text.slice(100, 120));
  });

  it('must be those that the log was written under', async () => {
    // New ones are made where none are, and do not fit the log.
    const { exit, error } = await refused(PLAIN);
    expect(exit).toBe(3);
    expect(error.code).toBe('STENO-1018');
  });
});

describe('the lock of a data directory', () => {
  it('is taken by one of many at the same time, and free again after it', async () => {
    const layout = dataLayout({ data: join(folder.path, 'locked') });
    makeFolders(layout);
    for (let round = 0; round < 5; round += 1) {
      const tries = Array.from({ length: 8 }, () => lockDataDirectory(layout));
      const results = await Promise.allSettled(tries);
      const held = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value] : [],
      );
      expect(held).toHaveLength(1);
      held[0]?.release();
    }
  });
});

describe('a stop while it starts', () => {
  it.each(['Starting ClickHouse', 'Starting the gateway', 'Starting the console'])(
    'ends it in order: %s',
    async (step) => {
      configure(`data: ./stopped\n${PLAIN}`);
      const up = new RunningUp({ folder: folder.path });
      ups.push(up);
      await until(step, () => up.err.includes(step));
      const processes = up.descendants();
      expect(await up.stop()).toEqual({ code: 0, signal: null });
      expect(up.out).toBe('');
      expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    },
  );
});

describe('the console with a certificate', () => {
  it('speaks TLS', async () => {
    cpSync(join(FIXTURES, 'server.crt'), join(folder.path, 'c.pem'));
    cpSync(join(FIXTURES, 'server.key'), join(folder.path, 'k.pem'));
    const web = 'web: { listen: 127.0.0.1:0, tls: { cert: c.pem, key: k.pem } }';
    const text = `data: ./tls\n${web}\ngateways: { postgres: { listen: 127.0.0.1:0 } }\n`;
    const up = await started(text);
    const url = new URL('/readyz', up.ready.web);
    expect(url.protocol).toBe('https:');
    const ca = readFileSync(join(FIXTURES, 'server.crt'));
    const asked = request(url, { ca }).end();
    const [response] = (await once(asked, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(200);
    expect(lines(up.out)).toHaveLength(1);
  });

  it('ends with the rest while a process waits to be started again', async () => {
    const [up] = ups.slice(-1);
    if (up === undefined) throw new Error('nothing runs');
    process.kill(up.processOf('/children/worker.js'), 'SIGKILL');
    await until('it waits', () => up.err.includes('is started again'));
    const processes = up.descendants();
    expect(await up.stop()).toEqual({ code: 0, signal: null });
    expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    // It was not started again to be killed.
    expect(up.err).not.toContain('did not stop in time');
  });
});
