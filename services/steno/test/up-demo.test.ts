import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  chooseCommand,
  expectAccessible,
  expectLinkLeadsBack,
  expectOnScreen,
  expectReflows,
  expectUsedLinkIsExplained,
  launchBrowser,
  openList,
  openSession,
  openTab,
  screenshot,
  signIn,
  walkListByKeyboard,
} from '@steno/console/testing';
import type { SessionView } from '@steno/proto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lines, makeFolder } from './command-line.js';
import { isAlive, until } from './processes.js';
import { RunningUp, killAll, runFiles } from './running-up.js';
import { STENO } from './spawned-steno.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const READY_MS = 200_000;
const COUNT = 'SELECT count(*)::int AS customers FROM customers';
const run = promisify(execFile);

const folder = makeFolder();
const squatters: Server[] = [];
let up: RunningUp;

beforeAll(async () => {
  for (const port of [8080, 15432]) {
    const server = createServer().listen(port, '127.0.0.1');
    squatters.push(server);
    // Whoever has the usual ports, we or somebody else: they are taken.
    await once(server, 'listening').catch(() => undefined);
  }
  // As npm start runs it: no steno.yaml, no --json.
  up = new RunningUp({ folder: folder.path, args: ['--demo'], config: undefined });
  const printedOrEnded = () => /^psql: /m.test(up.out) || !isAlive(up.pid);
  await until('psql: is printed', printedOrEnded, READY_MS);
});

afterAll(async () => {
  await killAll([up]);
  for (const server of squatters) server.close();
  folder.remove();
});

function printed(label: string): string {
  const found = new RegExp(`^${label}: (.*)$`, 'm').exec(up.out)?.[1];
  if (found === undefined) throw new Error(`no ${label} in ${up.out}${up.err}`);
  return found;
}

/** The session of an identity that is over and can be looked at. */
function sessionOf(identity: string): Promise<string> {
  return until(`a session of ${identity} has ended`, async () => {
    const [newest] = (await listed()).filter((each) => each.identity === identity);
    return newest?.endedAt === null ? undefined : newest?.sessionId;
  });
}

async function listed(): Promise<readonly SessionView[]> {
  const { stdout } = await run(process.execPath, [STENO, 'sessions', '--json'], {
    cwd: folder.path,
  });
  return lines(stdout) as SessionView[];
}

describe('up --demo', () => {
  it('prints for people where everything is, on ports that are free', async () => {
    const web = printed('Console');
    expect(web).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(web).not.toBe('http://127.0.0.1:8080');
    expect(printed('Sign in')).toContain(`${web}/sign-in#code=`);
    expect(up.err).toMatch(/warn .*port 8080 is taken; another one is used/);
    expect(up.err).toMatch(/warn .*port 15432 is taken; another one is used/);
    expect(up.err).toMatch(/warn .*development issuer/);
    expect(up.err).toContain('Starting the gateway …');
    expect(up.err).not.toMatch(/^\{/m);
    expect((await fetch(`${web}/readyz`)).status).toBe(200);
  });

  it('prints a command that connects', async () => {
    const parts = /^PGPASSWORD=\$\((.*)\) psql "host=(\S+) port=(\d+) dbname=(\S+) user=(\S+)"$/;
    const [, command = '', host, port, database, user] = parts.exec(printed('psql')) ?? [];
    // As a shell runs it; npx finds the command where npm has linked it, in the checkout.
    const env = {
      ...process.env,
      PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`,
    };
    const words = command.replace(/^npx /, '');
    const { stdout } = await run('sh', ['-c', words], { cwd: folder.path, env });
    const password = stdout.trim();
    const client = new pg.Client({ host, port: Number(port), database, user, password });
    await client.connect();
    const { rows } = await client.query(COUNT);
    expect(rows).toEqual([{ customers: 800 }]);
    await client.end();
  });

  it('shows that in its console, to people and to readers of screens', async () => {
    const browser = await launchBrowser();
    const { page, complaints } = await openTab(browser);
    const visit = { page, baseUrl: printed('Console') };
    await signIn(visit, printed('Sign in'));
    await openList(visit);
    await expectAccessible(page);
    await screenshot(page, 'demo-sessions');
    await walkListByKeyboard(visit);

    const [, you = ''] = /--identity (\S+)\)/.exec(printed('psql')) ?? [];
    await openSession(visit, await sessionOf(you));
    const text = await chooseCommand(page, 0);
    expect(text).toBe(COUNT);
    await expectOnScreen(page, ' 800');
    await expectLinkLeadsBack(page);
    await expectAccessible(page);
    await expectReflows(page);
    await screenshot(page, 'demo-session');
    await expectExport(page);

    const stranger = await openTab(browser);
    await expectUsedLinkIsExplained({ ...visit, page: stranger.page }, printed('Sign in'));
    expect([...complaints, ...stranger.complaints]).toEqual([]);
    await browser.close();
  });

  /** What people download is what the session showed. */
  async function expectExport(page: Parameters<typeof expectAccessible>[0]): Promise<void> {
    await page.getByRole('button', { name: 'Export' }).click();
    const item = page.getByRole('menuitem', { name: 'Text' });
    await item.waitFor();
    await expectAccessible(page);
    await screenshot(page, 'demo-export');
    const [download] = await Promise.all([page.waitForEvent('download'), item.click()]);
    expect(download.suggestedFilename()).toMatch(/^steno-[\da-f-]{36}\.txt$/);
    const file = join(folder.path, 'session.txt');
    await download.saveAs(file);
    expect(readFileSync(file, 'utf8')).toContain(` ${COUNT}\n`);
  }

  it('has two bots at work, whose sessions are recorded', async () => {
    const bots = ['ci/inventory-sync', 'agent/report-writer'];
    await until('both bots have been seen', async () => {
      const sessions = await listed();
      return bots.every((bot) =>
        sessions.some(({ identity, target, commands }) => {
          return identity === bot && target === 'shop' && commands > 0;
        }),
      );
    });
  });

  it('ends with everything that it started', async () => {
    const processes = up.descendants();
    expect(processes.some(({ command }) => command.includes('postgres'))).toBe(true);
    up.kill('SIGINT');
    expect(await up.exited).toEqual({ code: 0, signal: null });
    expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(runFiles(folder.path)).toEqual([]);
    expect(up.err).toContain('Stopping');
    expect(up.err).not.toMatch(/ error /);
  });
});
