import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT, IdentityProvider } from '@steno/api/testing';
import {
  expectAccessible,
  launchBrowser,
  openTab,
  screenshot,
  untilAt,
} from '@steno/console/testing';
import type { EventView } from '@steno/proto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFolder, steno } from './command-line.js';
import { until } from './processes.js';
import { RunningUp, killAll } from './running-up.js';

// The whole of it: `steno up`, a certified OpenID provider, a real browser.

const folder = makeFolder();
const idp = new IdentityProvider();
let up: RunningUp;
let web: string;

beforeAll(async () => {
  await idp.start();
  idp.accounts.set('00u1', { email: 'ann@acme.test', groups: ['sre'] });
  idp.accounts.set('00u2', { email: 'bob@acme.test', groups: ['sales'] });
  writeFileSync(
    join(folder.path, 'steno.yaml'),
    `data: ./data
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
people:
  issuer: ${idp.issuer}
  clientId: ${CLIENT.id}
  clientSecret: env:STENO_OIDC_SECRET
  roles: { investigator: [sre], approver: [sre, oncall] }
`,
  );
  const env = { STENO_OIDC_SECRET: CLIENT.secret };
  up = new RunningUp({ folder: folder.path, env });
  ({ web } = await up.untilReady());
  await idp.configure(`${web}/api/sign-in/oidc/callback`);
});
afterAll(async () => {
  await killAll([up]);
  await idp.stop();
  folder.remove();
});

const asking = (token: string) =>
  fetch(`${web}/api/me`, { headers: { authorization: `Bearer ${token}` } });

it('people sign in at their provider, see the console and sign out', async () => {
  const browser = await launchBrowser();
  const { page } = await openTab(browser);
  await page.goto(`${web}/pipeline`);
  await page.getByRole('link', { name: `Sign in with ${new URL(idp.issuer).host}` }).click();
  await page.getByLabel('Name').fill('00u2');
  await page.getByRole('button').click();
  await untilAt(page, `${web}/sign-in`);
  const alert = page.getByRole('alert');
  await expect.poll(() => alert.innerText()).toContain('STENO-3032');
  expect(await alert.innerText()).toContain('"sales"');
  await screenshot(page, 'people-no-role');

  // The provider remembers who signed in there last; another person has another browser.
  await page.context().clearCookies();
  await page.goto(`${web}/pipeline`);
  await page.getByRole('link', { name: /^Sign in with/ }).click();
  await page.getByLabel('Name').fill('00u1');
  await page.getByRole('button').click();
  await untilAt(page, `${web}/pipeline`);
  await page.getByRole('link', { name: 'Sessions' }).waitFor();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByText('ann@acme.test · investigator, approver').waitFor();
  await screenshot(page, 'people-account');
  await page.getByRole('menuitem', { name: 'Your tokens' }).click();
  await page.getByLabel('What it is for').fill('laptop');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.locator('code.token').innerText();
  expect((await asking(token)).status).toBe(200);
  await expectAccessible(page);
  await screenshot(page, 'people-tokens');
  await page.getByRole('button', { name: 'Revoke laptop' }).click();
  await page.getByRole('heading', { name: 'You have no token' }).waitFor();
  expect((await asking(token)).status).toBe(401);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await untilAt(page, `${web}/sign-in`);
  const me = await page.request.get(`${web}/api/me`);
  expect(me.status()).toBe(401);
  await browser.close();
});

it('what people did is in the record, by who the provider says they are', async () => {
  const found = await until('both sign-ins are recorded', async () => {
    const events = await up.json<EventView>('events', '--topic', 'activity');
    const told = events.filter(({ facts }) => String(facts?.['actor']).startsWith(idp.issuer));
    const types = new Set(told.map(({ type }) => type));
    return types.has('access.signed-in') && types.has('access.refused') ? told : undefined;
  });
  const factsOf = (type: string) => found.find((event) => event.type === type)?.facts;
  expect(factsOf('access.signed-in')).toMatchObject({
    actor: `${idp.issuer}#00u1`,
    method: 'oidc',
    name: 'ann@acme.test',
    roles: ['investigator', 'approver'],
    groups: ['sre', 'approvers'],
  });
  const refused = { actor: `${idp.issuer}#00u2`, code: 'STENO-3032' };
  expect(factsOf('access.refused')).toMatchObject(refused);
  expect(JSON.stringify(found)).not.toContain(CLIENT.secret);
  await until('verify finds nothing wrong', async () => (await up.verb('verify')).code === 0);
});

it('a secret that is not there stops it before anything is started', async () => {
  const { code, err } = await steno(['up', '--config', join(folder.path, 'steno.yaml')]);
  expect([code, err]).toEqual([64, expect.stringContaining('STENO-1007')]);
});
