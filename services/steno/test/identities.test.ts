import { join } from 'node:path';
import { startPostgres } from '@steno/embedded-postgres';
import type { EmbeddedPostgres } from '@steno/embedded-postgres';
import type { EventView, IdentityDetailView, IdentityView } from '@steno/proto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll, writeConfig } from './running-up.js';

const PASSWORD = 'of-the-target';
const ISSUER = 'urn:steno:development';

const folder = makeFolder();
let target: EmbeddedPostgres;
let up: RunningUp;
beforeAll(async () => {
  target = await startPostgres({
    directory: join(folder.path, 'postgres'),
    superuser: 'app',
    password: PASSWORD,
  });
  writeConfig(folder.path, target, 'registration: required\n');
  up = await RunningUp.start({ folder: folder.path, env: { ORDERS_PASSWORD: PASSWORD } });
});
afterAll(async () => {
  await killAll([up]);
  await target.stop();
  folder.remove();
});

const say = (...args: readonly string[]) =>
  up.json<{ state: string }>('identity', ...args, '--reason', 'ticket 12');

it('gets in once it is declared and approved, and is cut when it is revoked', async () => {
  await expect(up.connect('ci/deploy')).rejects.toMatchObject({ code: '28000' });
  const owned = ['--issuer', ISSUER, '--owner', 'olga', '--expires', '90d'];
  expect(await say('declare', 'ci/deploy', ...owned)).toMatchObject([{ state: 'declared' }]);
  await expect(up.connect('ci/deploy')).rejects.toMatchObject({ code: '28000' });
  expect(await say('approve', 'ci/deploy')).toMatchObject([{ state: 'approved' }]);
  const bot = await until('it is let in', () => up.connect('ci/deploy').catch(() => undefined));
  const cut = new Promise<unknown>((resolve) => bot.once('error', resolve));
  await bot.query('select 1');
  await say('owner', 'ci/deploy', 'otto');
  expect(await say('revoke', 'ci/deploy')).toEqual([
    { identity: 'ci/deploy', state: 'revoked', owner: 'otto' },
  ]);
  expect(await cut).toMatchObject({ code: '28000' });
  await expect(up.connect('ci/deploy')).rejects.toMatchObject({ code: '28000' });
});

it('is listed and told of', async () => {
  const [detail] = await until('it was seen', async () => {
    const found = await up.json<IdentityDetailView>('identity', 'show', 'ci/deploy');
    return found[0]?.commands === 1 ? found : undefined;
  });
  expect(detail).toMatchObject({
    state: 'revoked',
    owner: 'otto',
    subject: 'ci/deploy',
    credential: { issuedAt: expect.stringMatching(/^20/) as string },
  });
  expect(detail?.lifecycle.map(({ said }) => said)).toEqual([
    'declared',
    'approved',
    'owner-changed',
    'revoked',
  ]);
  const shown = await up.verb('identity', 'show', 'ci/deploy');
  expect(shown.out).toMatch(/owner +otto/);
  const listed = await up.json<IdentityView>('identity', 'list', '--state', 'revoked');
  expect(listed.map(({ identity }) => identity)).toEqual(['ci/deploy']);
  // The inventory is folded from the log itself, the events are shown once they are projected.
  const told = await until('all of it is recorded', async () => {
    const events = await up.json<EventView>('events', '--topic', 'control');
    const types = events.map(({ type }) => type).filter((type) => type.startsWith('identity.'));
    return types.includes('identity.revoked') ? types : undefined;
  });
  expect(told).toEqual([
    'identity.declared',
    'identity.approved',
    'identity.owner-changed',
    'identity.revoked',
  ]);
  const verified = await up.verb('verify');
  expect(verified.code).toBe(0);
});

it.each([['declare', 'x'], ['owner', 'x'], ['sing', 'x'], ['show']])(
  'asks for what is missing: %s %s',
  async (...args) => {
    const { code } = await up.verb('identity', ...args, '--reason', 'a test');
    expect(code).toBe(64);
  },
);
