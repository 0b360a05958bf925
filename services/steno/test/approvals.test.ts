import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type {
  ApprovalView,
  DryRunGroupView,
  DryRunLine,
  EventView,
  NewUserView,
  ProblemView,
  UserView,
} from '@steno/proto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { lines, makeFolder, steno } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';
const HELD = fileURLToPath(new URL('../../../deploy/policies/held-writes.cedar', import.meta.url));

const folder = makeFolder();
let target: EmbeddedPostgres;
let up: RunningUp;
let bot: pg.Client;
let alice: string;

beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  writeConfig(folder.path, target, `policies: ['${relative(folder.path, HELD)}']\n`);
  up = await RunningUp.start({ folder: folder.path, env: { ORDERS_PASSWORD: PASSWORD } });
  const [user] = await up.json<NewUserView>('user', 'add', 'alice', '--role', 'approver');
  alice = user?.token ?? '';
  bot = await up.connect('ci/deploy');
});
afterAll(async () => {
  await killAll([up]);
  await target.stop();
  folder.remove();
});

/** A verb as the one whose token it is. */
const as = (token: string, ...args: readonly string[]) =>
  steno([...args, '--config', join(folder.path, 'steno.yaml')], { env: { STENO_TOKEN: token } });

/** The one that waits, with its text. */
const waiting = (command: string): Promise<ApprovalView> =>
  until(`${command} waits`, async () => {
    const all = await up.json<ApprovalView>('approvals', 'list');
    expect(all.map((approval) => approval.command)).not.toContain(null);
    return all.find((approval) => approval.command === command);
  });

it('a write waits until an approver lets it go', async () => {
  const created = bot.query('create table kept (id int)');
  const approval = await waiting('create table kept (id int)');
  expect(approval).toMatchObject({ state: 'waiting', identity: 'ci/deploy', target: 'orders' });
  const { approvalId } = approval;
  const own = await up.verb('approvals', 'approve', approvalId, '--reason', 'mine');
  expect(own).toMatchObject({ code: 1, err: expect.stringContaining('approver') as string });
  const shown = await as(alice, 'approvals', 'show', approvalId);
  expect(shown.out).toMatch(/rule +held-writes\/hold-writes/);
  const { code, out } = await as(
    alice,
    'approvals',
    'approve',
    approvalId,
    '--reason',
    'ok',
    '--json',
  );
  expect(code).toBe(0);
  expect(lines(out)).toMatchObject([
    { approvalId, state: 'granted', answers: [{ actor: 'alice' }] },
  ]);
  expect((await created).command).toBe('CREATE');
  const again = await as(alice, 'approvals', 'refuse', approvalId, '--reason', 'no');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('STENO-3021') as string });
});

it('one that is refused says by whom and why', async () => {
  const refused = bot.query('insert into kept values ($1)', [7]).catch((error: unknown) => error);
  const { approvalId, binds } = await waiting('insert into kept values ($1)');
  expect(binds).toEqual(['7']);
  const shown = await as(alice, 'approvals', 'show', approvalId);
  expect(shown.out).toMatch(
    /before +granted, asked .* by alice: ok \(create table kept \(id int\)\)/,
  );
  await as(alice, 'approvals', 'refuse', approvalId, '--reason', 'not on a Friday');
  expect(await refused).toMatchObject({
    code: '42501',
    message: expect.stringContaining('refused by alice: not on a Friday') as string,
  });
  expect((await bot.query('select * from kept')).rows).toEqual([]);
});

it('an administrator breaks the glass, and it is recorded as that', async () => {
  const inserted = bot.query('insert into kept values (8)');
  const { approvalId } = await waiting('insert into kept values (8)');
  await up.json('approvals', 'approve', approvalId, '--reason', 'outage', '--break-glass');
  expect((await inserted).rowCount).toBe(1);
  const control = await until('all of it is recorded', async () => {
    const events = await up.json<EventView>('events', '--topic', 'control');
    const types = events.map(({ type }) => type).filter((type) => /^(approval|user)\./.test(type));
    return types.includes('approval.overridden') ? types : undefined;
  });
  expect(control).toEqual([
    'user.added',
    'approval.requested',
    'approval.granted',
    'approval.requested',
    'approval.refused',
    'approval.requested',
    'approval.overridden',
  ]);
});

it('what has ended is listed, and verify finds nothing wrong', async () => {
  expect(await up.json('approvals', 'list')).toEqual([]);
  const all = await up.json<ApprovalView>('approvals', 'list', '--all');
  expect(all.map(({ state }) => state)).toEqual(['granted', 'refused', 'overridden']);
  await bot.end();
  await up.session('ci/deploy', 'ended');
  await until('verify finds nothing wrong', async () => (await up.verb('verify')).code === 0);
});

it('policies are tried on what was recorded, before they are switched on', async () => {
  vi.stubEnv('ORDERS_PASSWORD', PASSWORD);
  const readOnly = join(dirname(HELD), 'read-only.cedar');
  const groups = await up.json<DryRunGroupView>('policy', 'test', '--policies', readOnly);
  vi.unstubAllEnvs();
  expect(groups).toMatchObject([
    {
      identity: 'ci/deploy',
      target: 'orders',
      was: 'hold',
      would: 'deny',
      rule: 'read-only/no-changes',
      commands: 2,
      sessions: 1,
      example: { text: 'create table kept (id int)' },
    },
    { was: 'allow', would: 'deny', commands: 1, example: { text: 'insert into kept values ($1)' } },
  ]);
  const same = await up.verb('policy', 'test', '--policies', HELD, '--since', '1h');
  expect(same.out).toContain('would have been decided otherwise');
  // Without the credential the catalog is not known, and it says so.
  expect(same.err).toContain('taken for opaque');
  const wrong = join(folder.path, 'wrong.cedar');
  writeFileSync(wrong, 'permit (');
  const refused = await up.verb('policy', 'test', '--policies', wrong);
  expect(refused).toMatchObject({
    code: 64,
    err: expect.stringContaining('wrong.cedar:1') as string,
  });
});

/** As the console asks. */
async function tryOut(files: readonly { name: string; text: string }[]): Promise<Response> {
  const file = join(folder.path, 'data', 'run', 'api.json');
  const { url, token } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  const headers = { authorization: `Bearer ${token ?? ''}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ files });
  return fetch(`${url ?? ''}/api/policies/dry-run`, { method: 'POST', headers, body });
}

it('the api tries them as well, by the catalogs that the gateway reads for it', async () => {
  const text = readFileSync(join(dirname(HELD), 'read-only.cedar'), 'utf8');
  const answer = await tryOut([{ name: 'read-only.cedar', text }]);
  const said = (await answer.text()).trim().split('\n');
  const told = said.map((line) => JSON.parse(line) as DryRunLine);
  expect(told[0]).toMatchObject({
    line: 'started',
    rules: 3,
    sessions: expect.any(Number) as number,
  });
  const groups = told.filter(({ line }) => line === 'group');
  expect(groups).toMatchObject([
    {
      ...{ identity: 'ci/deploy', target: 'orders', was: 'hold', would: 'deny', commands: 2 },
      example: { text: 'create table kept (id int)' },
    },
    { was: 'allow', would: 'deny', commands: 1, rule: 'read-only/no-changes' },
  ]);
  expect(told.some(({ line }) => line === 'without-catalog')).toBe(false);
  expect(told.at(-1)).toMatchObject({ line: 'ended', changed: 3, stoppedBy: null });
  const wrong = await tryOut([{ name: 'wrong.cedar', text: '\npermit (' }]);
  expect(wrong.status).toBe(422);
  const { code, problems } = (await wrong.json()) as ProblemView;
  expect([code, problems]).toMatchObject(['STENO-3072', [{ file: 'wrong.cedar', line: 2 }]]);
});

it('users are listed, and are gone once removed', async () => {
  expect(await up.json<UserView>('user', 'list')).toMatchObject([{ user: 'alice' }]);
  await up.json('user', 'remove', 'alice');
  const { code, err } = await as(alice, 'approvals', 'list');
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('3001') as string });
});

it.each([
  [['approvals'], 'Missing'],
  [['approvals', 'approve'], 'list'],
  [['approvals', 'approve', 'x'], '--reason'],
  [['approvals', 'refuse', 'x', '--reason', 'y', '--break-glass'], '--break-glass'],
  [['approvals', 'approve', 'x', '--reason', 'y', '--for', '1'], '30m'],
  [['policy', 'test'], '--policies'],
  [['policy', 'test', '--policies', 'nowhere'], 'nowhere'],
  [['user', 'add', 'x'], '--role'],
  [['user', 'drop', 'x'], 'remove'],
])('%j is not understood', async (args, hint) => {
  const { code, err } = await up.verb(...args);
  expect(code).toBe(64);
  expect(err).toContain(hint);
});
