import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './source-tree.js';

// The commands of the README are run as they stand there. What is put in their place: free ports,
// the demo's Postgres as the database at 127.0.0.1:5432, its password, and the id of a session.

const POLL_MS = 250;
const hasPsql = spawnSync('psql', ['--version']).status === 0;

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The texts of fences in this language, in order. */
function fences(language: string): string[] {
  const found = readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'));
  return [...found].map(([, text = '']) => text.trim());
}

const [start = '', test = '', up = '', client = '', look = '', ...others] = fences('sh');
const [config = '', ...otherConfigs] = fences('yaml');

interface Server {
  /** What it has printed. */
  readonly out: () => string;
  readonly stop: () => Promise<void>;
}

let folder: string;
let environment: NodeJS.ProcessEnv;
const running: Server[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-readme-'));
  // What npx does with a program of the repository, without asking npm each time.
  const npx = `#!/bin/sh\nprogram=$1\nshift\nexec "${root}node_modules/.bin/$program" "$@"\n`;
  writeFileSync(join(folder, 'npx'), npx);
  chmodSync(join(folder, 'npx'), 0o755);
  const ofVitest = /^(?:VITEST|NODE_ENV|NODE_OPTIONS|TEST|DEV|PROD|MODE|SSR|BASE_URL)/;
  environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !ofVitest.test(name)),
  );
  environment['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
});

afterAll(async () => {
  for (const server of running.reverse()) await server.stop();
  rmSync(folder, { recursive: true });
});

/** Starts what runs until it is stopped, and waits until it has said where psql connects. */
async function startServer(script: string, cwd: string): Promise<Server> {
  // The shell gives way to the last line, which so hears the signal.
  const child = spawn('bash', ['-ec', script.replace(/(?<=^|\n)(?=[^\n]*$)/, 'exec ')], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  let isOver = false;
  const closed = once(child, 'close').then(() => (isOver = true));
  const server = {
    out: () => out,
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
  running.push(server);
  while (!/^psql: /m.test(out)) {
    if (isOver) throw new Error(`${script} ended:\n${out}${err}`);
    await delay(POLL_MS);
  }
  return server;
}

async function run(script: string): Promise<string> {
  const shell = ['-eo', 'pipefail', '-c', script];
  return (await promisify(execFile)('bash', shell, { cwd: folder, env: environment })).stdout;
}

function portOf(server: Server): string {
  return /^psql: .* port=(\d+)/m.exec(server.out())?.[1] ?? '';
}

/** Replaces what must be there. */
function put(text: string, what: string, by: string): string {
  expect(text).toContain(what);
  return text.replaceAll(what, by);
}

/** The README's steno.yaml, with the demo's Postgres as its target. */
function writeConfig(demo: string): string {
  const [, , , port = ''] = readFileSync(join(demo, 'data/postmaster.pid'), 'utf8').split('\n');
  const passwords = JSON.parse(readFileSync(join(demo, 'passwords.json'), 'utf8')) as {
    app: string;
  };
  let text = put(config, '127.0.0.1:5432', `127.0.0.1:${port}`);
  for (const listen of ['127.0.0.1:8080', '127.0.0.1:15432'])
    text = put(text, listen, '127.0.0.1:0');
  writeFileSync(join(folder, 'steno.yaml'), text);
  return passwords.app;
}

/** The id of the session that the README's client had, once it is whole in the store. */
async function recordedSession(): Promise<string> {
  for (;;) {
    const [line = ''] = (await run('npx steno sessions --config steno.yaml --json')).split('\n');
    const session = line === '' ? {} : (JSON.parse(line) as Record<string, string>);
    if (session['status'] === 'complete') return session['sessionId'] ?? '';
    await delay(POLL_MS);
  }
}

describe('the README', () => {
  it('has no command that is not run here', () => {
    expect(start).toBe('npm start');
    expect(test).toBe('npm test'); // this is it
    expect(up).toContain('steno up');
    expect(client).toContain('psql');
    expect(look).toContain('steno verify');
    expect(others).toEqual([]);
    expect(otherConfigs).toEqual([]);
  });

  it('starts the demo', async () => {
    const listens =
      'web: { listen: 127.0.0.1:0 }\ngateways: { postgres: { listen: 127.0.0.1:0 } }\n';
    writeFileSync(join(folder, 'demo.yaml'), `data: ./demo\n${listens}`);
    const demo = await startServer(`${start} -- --config ${join(folder, 'demo.yaml')}`, root);
    expect(demo.out()).toMatch(/^Console: http:\/\/127\.0\.0\.1:\d+$/m);
    expect(demo.out()).toMatch(/^Sign in: http:\/\/127\.0\.0\.1:\d+\/\S+$/m);
    expect(portOf(demo)).toMatch(/^\d+$/);
  });

  it.skipIf(!hasPsql)('leads from psql to a proof', async () => {
    const password = writeConfig(join(folder, 'demo/demo'));
    const server = await startServer(put(up, 'the password of app', password), folder);
    const answer = await run(put(client, 'port=15432', `port=${portOf(server)}`));
    const rows = /^ +(\d+)$/m.exec(answer)?.[1] ?? 'nothing';
    const session = await recordedSession();
    const shown = await run(put(look, 'SESSION', session));
    expect(shown).toContain('ci/deploy');
    expect(shown).toContain('SELECT count(*) FROM orders');
    expect(shown).toContain(rows);
    expect(shown).toContain('Whole');
  });
});
