import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lines, makeFolder, steno } from './command-line.js';
import { ContractServer, page } from './contract-server.js';

const binary = fileURLToPath(new URL('../bin/steno.mjs', import.meta.url));
const ephemeral = 'web: { listen: 127.0.0.1:0 }\ngateways: { postgres: { listen: 127.0.0.1:0 } }\n';

let folder: ReturnType<typeof makeFolder>;
let config: string;

beforeEach(() => {
  folder = makeFolder();
  config = join(folder.path, 'steno.yaml');
  writeFileSync(config, ephemeral);
});
afterEach(() => folder.remove());

describe('token', () => {
  it('prints a token and nothing else', async () => {
    const args = ['token', '--config', config, '--identity', 'ci/deploy', '--claim', 'job_id=42'];
    const { code, out, err } = await steno(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(out.trim())).toMatchObject({ sub: 'ci/deploy', job_id: '42', aud: 'steno' });
  });

  it('prints JSON on request', async () => {
    const args = ['token', '--config', config, '--identity', 'x', '--ttl', '1h', '--json'];
    const [line] = lines((await steno(args)).out) as { token: string; expiresAt: string }[];
    expect(line).toMatchObject({ identity: 'x', issuer: 'urn:steno:development' });
    const { exp = 0 } = decodeJwt(line?.token ?? '');
    expect(Math.abs(Date.parse(line?.expiresAt ?? '') / 1000 - exp)).toBeLessThanOrEqual(1);
  });

  it.each([
    [[]],
    [['--identity', '']],
    [['--identity', 'x', '--claim', 'novalue']],
    [['--identity', 'x', '--claim', 'a=1', '--claim', 'a=2']],
    [['--identity', 'x', '--claim', 'iss=me']],
    [['--identity', 'x', '--ttl', '25h']],
    [['--identity', 'x', 'more']],
  ])('is not made of %j', async (args) => {
    expect((await steno(['token', '--config', config, ...args])).code).toBe(64);
  });

  it('is not made where real issuers are configured', async () => {
    writeFileSync(config, 'issuers: [{ issuer: https://a.example, audience: b }]');
    const args = ['token', '--config', config, '--identity', 'x'];
    expect(await steno(args)).toMatchObject({ code: 64, err: expect.stringContaining('1011') });
    expect((await steno([...args, '--demo'])).code).toBe(0);
  });
});

describe('the command line', () => {
  it('says what is wrong with the configuration, and where', async () => {
    writeFileSync(config, 'dta: x\n');
    const { code, err } = await steno(['token', '--identity', 'x', '--config', config]);
    expect(code).toBe(64);
    expect(err).toContain(`${config}:1:1: dta is unknown, did you mean data?`);
    const missing = await steno(['token', '--identity', 'x', '--config', 'none.yaml']);
    expect(missing).toMatchObject({ code: 64, err: expect.stringContaining('no such file') });
  });

  it('documents its exit codes, and every verb takes --json and --config', async () => {
    const { code, out } = await steno(['--help']);
    expect(code).toBe(0);
    for (const exit of [0, 1, 2, 3, 4, 64]) expect(out).toMatch(new RegExp(`^  ${exit} +\\w`, 'm'));
    const commands = out.slice(out.indexOf('Commands:'), out.indexOf('Exit codes:'));
    const verbs = [...commands.matchAll(/^ {2}([a-z-]+)/gm)].map(([, verb = '']) => verb);
    expect(verbs).toContain('sessions');
    for (const verb of verbs.filter((name) => name !== 'help')) {
      const help = await steno(['help', verb]);
      expect(help).toMatchObject({ code: 0, out: expect.stringContaining('--config <file>') });
      expect(help.out).toContain('--json');
    }
  });

  it.each([[['tokn']], [['--nonsense']], [['sessions', '--limt', '1']], [[]]])(
    'does not guess what %j means',
    async (args) => expect((await steno(args)).code).toBe(64),
  );

  it('suggests what may have been meant', async () => {
    expect((await steno(['sesions'])).err).toContain('Did you mean sessions?');
  });

  it('prints its version', async () => {
    expect(await steno(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
  });
});

describe('doctor', () => {
  interface Found {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly advice?: string;
  }

  async function examine(env: Record<string, string> = {}) {
    const { code, out } = await steno(['doctor', '--json', '--config', config], { env });
    const found = lines(out) as Found[];
    const of = (name: string) => found.filter(({ check }) => check === name);
    return { code, found, of };
  }

  it('finds a fresh folder healthy but for policies and the development issuer', async () => {
    const { code, found } = await examine();
    expect(code).toBe(0);
    expect(found.filter(({ status }) => status !== 'ok').map(({ check }) => check)).toEqual([
      'policies',
      'issuer',
    ]);
  });

  it('names the line of a policy that is wrong', async () => {
    writeFileSync(join(dirname(config), 'bad.cedar'), '\npermit (principal, action);');
    writeFileSync(config, 'policies: [bad.cedar]\n');
    const { code, of } = await examine();
    expect(code).not.toBe(0);
    expect(of('policies')).toMatchObject([
      { status: 'fail', message: expect.stringMatching(/^bad\.cedar:2:/) },
    ]);
  });

  it('fails on what would fail later, and says what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const target = (name: string, password: string) =>
      `  - { name: ${name}, protocol: postgres, address: 127.0.0.1:${port}, database: d,\n` +
      `      credential: { username: u, password: "${password}" } }\n`;
    writeFileSync(
      config,
      `data: d\nweb: { listen: 127.0.0.1:${port}, tls: { cert: w.pem, key: w.pem } }\n` +
        `gateways: { postgres: { listen: 127.0.0.1:0, tls: { cert: c.pem, key: k.pem } } }\n` +
        `targets:\n${target('a', 'env:SET')}${target('b', 'env:UNSET')}${target('c', 'file:no')}`,
    );
    mkdirSync(join(folder.path, 'd/run'), { recursive: true });
    writeFileSync(join(folder.path, 'd/run/store.json'), '{}');
    chmodSync(join(folder.path, 'd/run/store.json'), 0o644);
    chmodSync(join(folder.path, 'd'), 0o755);
    const { code, found, of } = await examine({ SET: 'x' });
    taken.close();
    expect(code).toBe(1);
    expect(of('data')).toMatchObject([{ status: 'warn' }]);
    expect(of('secrets')).toMatchObject([{ status: 'fail' }]);
    expect(of('credential').map(({ status }) => status)).toEqual(['ok', 'fail', 'fail']);
    expect(of('certificate').map(({ status }) => status)).toEqual(['fail', 'fail']);
    expect(of('port')).toMatchObject([{ status: 'fail' }, { status: 'ok' }]);
    expect(of('target').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    for (const { status, advice } of found) expect(advice === undefined).toBe(status === 'ok');
  });

  it('fails on a configuration that cannot be used', async () => {
    writeFileSync(config, 'targets: 7');
    const { code, of } = await examine();
    expect(code).toBe(1);
    expect(of('config')).toMatchObject([
      { status: 'fail', message: expect.stringContaining('steno.yaml:1:10: targets must be') },
    ]);
  });

  it('warns of issuers and targets that do not answer, and finds a running up', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const server = new ContractServer();
    await server.start();
    server.answer = () => ({ status: 200, body: {} });
    writeFileSync(
      config,
      `${ephemeral}data: d\nissuers: [{ issuer: "http://127.0.0.1:${port}", audience: a }]\n` +
        `targets: [{ name: t, protocol: postgres, address: "127.0.0.1:${port}", database: d,\n` +
        '    credential: { username: u } }]\n',
    );
    mkdirSync(join(folder.path, 'd/run'), { recursive: true, mode: 0o700 });
    const { url } = server;
    const api = JSON.stringify({ url, token: 't' });
    writeFileSync(join(folder.path, 'd/run/api.json'), api, { mode: 0o600 });
    const { code, of } = await examine();
    server.stop();
    expect(code).toBe(0);
    expect(of('issuer')).toMatchObject([{ status: 'warn' }]);
    expect(of('target')).toMatchObject([{ status: 'warn' }]);
    expect(of('up')[0]?.message).toContain(`runs at ${url}`);
  });
});

describe('the process', () => {
  it('ends quietly when nobody reads on', async () => {
    const server = new ContractServer();
    await server.start();
    const all = Array.from({ length: 20_000 }, (_, sessionId) => ({ sessionId: `${sessionId}` }));
    server.answer = (asked) => page(all, asked);
    const env = { ...process.env, ...server.env };
    const child = spawn(process.execPath, [binary, 'sessions', '--json'], { env });
    child.stdout.once('data', () => child.stdout.destroy());
    let err = '';
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    const [code] = (await once(child, 'close')) as [number];
    server.stop();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(server.asked.length).toBeLessThan(40);
  });

  it('gives the exit code', async () => {
    const child = spawn(process.execPath, [binary, 'nonsense']);
    expect(await once(child, 'close')).toEqual([64, null]);
  });
});
