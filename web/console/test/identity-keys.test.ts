/// <reference lib="dom" />
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { inventory } from './inventory.js';
import { someKeys } from './key-ring.js';
import { expectAccessible, expectReflows, screenshot, signIn } from './pages.js';
import { LOCAL_ADMIN, StandIn } from './stand-in.js';

const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
const AUDITOR = { actor: 'ivy', roles: ['auditor'], groups: [] };
const INVESTIGATOR = { actor: 'ivo', roles: ['investigator'], groups: [] };
let baseUrl = '';
let browser: Browser;
let codes = 0;

beforeAll(async () => {
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
});
beforeEach(() => {
  standIn.inventory.items = inventory();
  standIn.keys.items = someKeys();
  standIn.keys.asked.length = 0;
  standIn.me = LOCAL_ADMIN;
});
afterAll(async () => {
  await browser.close();
  await standIn.close();
});

async function inTab(
  options: Parameters<typeof openTab>[1],
  test: (tab: Tab) => Promise<void>,
): Promise<void> {
  const tab = await openTab(browser, options);
  codes += 1;
  standIn.addCode(`code-${codes}`);
  await signIn({ page: tab.page, baseUrl }, `${baseUrl}/sign-in#code=code-${codes}`);
  await tab.page.emulateMedia({ reducedMotion: 'reduce' });
  await test(tab);
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

const keys = (page: Page): Locator => page.getByRole('region', { name: 'Keys' });
const row = (page: Page, name: string): Locator =>
  keys(page).getByRole('row').filter({ hasText: name });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const make = (page: Page): Locator => keys(page).getByRole('button', { name: 'Make a key' });

async function open(page: Page, name: string): Promise<void> {
  await page.goto(`${baseUrl}/identities/${encodeURIComponent(name)}`);
  await page.getByRole('grid').waitFor();
}

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('the keys of an identity are accessible, with what makes and ends them', async () => {
    await inTab({ colorScheme, height: 1300 }, async ({ page }) => {
      await open(page, 'ci:shop');
      await row(page, 'leaked').waitFor();
      await expectAccessible(page);
      await screenshot(page, `keys-${colorScheme}`);
      await make(page).click();
      await dialog(page).getByLabel('Name').fill('loader-3');
      await expectAccessible(page);
      await screenshot(page, `keys-make-${colorScheme}`);
      await dialog(page).getByRole('button', { name: 'Make the key' }).click();
      await keys(page).getByText('is shown this once').waitFor();
      await expectAccessible(page);
      await screenshot(page, `keys-made-${colorScheme}`);
      await expectReflows(page);
    });
  });
});

it('says of each key whose it is, how it stands and when it was used', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 'ci:shop');
    const parts: readonly (readonly [string, readonly string[]])[] = [
      ['loader-2', ['Good', 'olga', 'never', 'in etl, nightly', 'by ann']],
      ['trial', ['Expired', '3 h ago']],
      ['leaked', ['Revoked', 'by bob: it was in a public log']],
    ];
    for (const [name, words] of parts) {
      const text = await row(page, name).innerText();
      for (const word of words) expect(text).toContain(word);
    }
    // What is over already is not to be revoked.
    expect(
      await keys(page)
        .getByRole('button', { name: /^Revoke/ })
        .count(),
    ).toBe(2);
    await open(page, 'svc:planned');
    await keys(page).getByText('It has none.').waitFor();
  });
});

it('makes a key, which is shown once and copied with the line to connect by', async () => {
  await inTab({}, async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(page, 'ci:shop');
    await make(page).focus();
    await page.keyboard.press('Enter');
    expect(await dialog(page).getByLabel('Owner').inputValue()).toBe('olga');
    await dialog(page).getByLabel('Name').fill('exporter');
    await dialog(page).getByLabel('Groups').fill('etl, , night ');
    await dialog(page).getByLabel('Good for').selectOption('7');
    await dialog(page).getByRole('button', { name: 'Make the key' }).click();
    const shown = keys(page).getByRole('status');
    await shown.waitFor();
    const of = { name: 'exporter', identity: 'ci:shop', owner: 'olga' };
    const body = { ...of, groups: ['etl', 'night'], seconds: 7 * 86_400 };
    expect(standIn.keys.asked).toEqual([{ path: '/keys', body }]);
    const key = `steno_key_${'exporter'.padEnd(43, 'x')}_abcdef`;
    await shown.getByRole('button', { name: 'Copy the key' }).click();
    await page.getByText('Key copied').waitFor();
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    expect(await copied()).toBe(key);
    await shown.getByRole('button', { name: 'Copy the line' }).click();
    const where = 'host=127.0.0.1 port=15432 dbname=orders user=me';
    await expect.poll(copied).toBe(`PGPASSWORD=${key} psql "${where}"`);
    await row(page, 'exporter').getByText('Good').waitFor();
    await shown.getByRole('button', { name: 'Done' }).click();
    expect(await page.content()).not.toContain(key);
    await page.reload();
    await row(page, 'exporter').waitFor();
    expect(await page.content()).not.toContain('steno_key_');
  });
});

it('is shown no more on the page of another identity', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 'ci:shop');
    await make(page).click();
    await dialog(page).getByLabel('Name').fill('short-lived');
    await dialog(page).getByRole('button', { name: 'Make the key' }).click();
    await keys(page).getByText('is shown this once').waitFor();
    await page.keyboard.press('u');
    await page.getByRole('link', { name: 'ci:billing' }).click();
    await keys(page).getByText('It has none.').waitFor();
    expect(await page.content()).not.toContain('steno_key_');
  });
});

it('says why a key is not made', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 'ci:shop');
    await make(page).click();
    await dialog(page).getByLabel('Name').fill('loader');
    const send = dialog(page).getByRole('button', { name: 'Make the key' });
    await send.click();
    await dialog(page).getByRole('alert').getByText('Revoke it first.').waitFor();
    await expectAccessible(page);
    standIn.me = AUDITOR;
    await send.click();
    await dialog(page).getByRole('alert').getByText('It takes the role admin').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => make(page).count()).toBe(0);
  });
});

it('revokes a key with a reason', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 'ci:shop');
    await keys(page).getByRole('button', { name: 'Revoke loader', exact: true }).click();
    const act = dialog(page).getByRole('button', { name: 'Revoke', exact: true });
    expect(await act.isDisabled()).toBe(true);
    await dialog(page).getByLabel('Reason').fill('ticket 12');
    await expectAccessible(page);
    await act.click();
    await row(page, 'local-admin: ticket 12').waitFor();
    expect(standIn.keys.asked).toEqual([
      { path: '/keys/loader/revoke', body: { reason: 'ticket 12' } },
    ]);
    // The focus is not lost with the button.
    const place = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(place).toBe('Keys');
  });
});

it('keeps the focus where the list learns later that a key is revoked', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 'ci:shop');
    const button = keys(page).getByRole('button', { name: 'Revoke loader', exact: true });
    await button.click();
    await dialog(page).getByLabel('Reason').fill('ticket 13');
    let learn: () => void = () => undefined;
    const learns = new Promise<void>((resolve) => {
      learn = resolve;
    });
    await page.route(/\/keys\?/, async (route) => {
      await learns;
      await route.continue();
    });
    await dialog(page).getByRole('button', { name: 'Revoke', exact: true }).click();
    const isFocused = () => button.evaluate((element) => element === document.activeElement);
    await expect.poll(isFocused).toBe(true);
    learn();
    await row(page, 'local-admin: ticket 13').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Keys');
  });
});

it('shows keys to those who may see them, and offers them nothing more', async () => {
  standIn.me = AUDITOR;
  await inTab({}, async ({ page }) => {
    await open(page, 'ci:shop');
    await row(page, 'trial').waitFor();
    expect(await keys(page).getByRole('button').count()).toBe(0);
    standIn.me = INVESTIGATOR;
    await open(page, 'ci:shop');
    await page.getByRole('region', { name: 'Lifecycle' }).waitFor();
    expect(await keys(page).count()).toBe(0);
  });
});
