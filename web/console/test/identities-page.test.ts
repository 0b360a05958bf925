/// <reference lib="dom" />
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { identityOf, inventory } from './inventory.js';
import { expectAccessible, expectReflows, screenshot, signIn, untilAt } from './pages.js';
import { LOCAL_ADMIN, StandIn } from './stand-in.js';

const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
const AUDITOR = { actor: 'ivy', roles: ['auditor'], groups: [] };
let baseUrl = '';
let browser: Browser;
let codes = 0;

beforeAll(async () => {
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
});
beforeEach(() => {
  standIn.inventory.items = inventory();
  standIn.inventory.pageSize = 100;
  standIn.inventory.said.length = 0;
  standIn.me = LOCAL_ADMIN;
  standIn.broken = false;
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
  // What fades in has another contrast meanwhile.
  await tab.page.emulateMedia({ reducedMotion: 'reduce' });
  await test(tab);
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

const rows = (page: Page): Locator => page.locator('.identity-table tbody tr');
const names = (page: Page): Promise<string[]> => page.locator('.row-link').allInnerTexts();
const dialog = (page: Page): Locator => page.getByRole('dialog');
const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });
const badge = (page: Page): Locator => page.locator('.identity-head .badge');
const act = (page: Page, name: string): Locator =>
  page.locator('.identity-actions').getByRole('button', { name });

async function openAll(page: Page, query = ''): Promise<void> {
  await page.goto(`${baseUrl}/identities${query}`);
  await rows(page).first().waitFor();
}

async function open(page: Page, name: string): Promise<void> {
  await page.goto(`${baseUrl}/identities/${encodeURIComponent(name)}`);
  await page.getByRole('grid').waitFor();
}

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('the inventory is accessible, with its dialog', async () => {
    await inTab({ colorScheme }, async ({ page }) => {
      await openAll(page);
      await expectAccessible(page);
      await screenshot(page, `identities-${colorScheme}`);
      await page.keyboard.press('d');
      await dialog(page).waitFor();
      await expectAccessible(page);
      await screenshot(page, `identities-declare-${colorScheme}`);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'hidden' });
      await expectReflows(page);
    });
  });

  it.each(['ci:shop', 'agent:report-writer', 'svc:nightly-export', 'svc:planned'])(
    '%s is accessible',
    async (name) => {
      await inTab({ colorScheme, height: 1200 }, async ({ page }) => {
        await open(page, name);
        await expectAccessible(page);
        await screenshot(page, `identity-${name.replace(/\W/g, '-')}-${colorScheme}`);
        await expectReflows(page);
      });
    },
  );
});

describe('the inventory', () => {
  it('is a page of the bar, and is walked by keys', async () => {
    await inTab({}, async ({ page }) => {
      await page.getByRole('navigation').getByRole('link', { name: 'Identities' }).click();
      await rows(page).first().waitFor();
      const focused = () =>
        page.evaluate(() => document.activeElement?.getAttribute('data-row') ?? '');
      await page.keyboard.press('/');
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('k');
      await page.keyboard.press('ArrowDown');
      await expect.poll(focused).toBe('1');
      await page.keyboard.press('Enter');
      await untilAt(page, /\/identities\/ci(:|%3A)billing$/);
      await expect.poll(() => heading(page).innerText()).toBe('ci:billing');
      await page.keyboard.press('u');
      await untilAt(page, '**/identities');
      await page.keyboard.press('?');
      await dialog(page).getByText('Next identity').waitFor();
    });
  });

  it('says of each how it stands, who answers for it, and how old its token was', async () => {
    await inTab({}, async ({ page }) => {
      await openAll(page);
      const row = page.getByRole('row', { name: /^ci:shop Approved/ });
      const text = await row.innerText();
      for (const part of ['olga', 'payments', 'production', 'token.actions', '4 min', '12']) {
        expect(text).toContain(part);
      }
      const planned = page.getByRole('row', { name: /^svc:planned/ });
      expect(await planned.innerText()).toContain('never');
    });
  });

  it('is filtered by name, state and owner, and keeps that in its address', async () => {
    await inTab({}, async ({ page }) => {
      await openAll(page);
      await page.getByLabel('Part of the name').fill('SVC');
      await untilAt(page, '**/identities?text=SVC');
      await expect.poll(() => rows(page).count()).toBe(3);
      await page.getByRole('button', { name: 'State' }).click();
      await page.getByRole('checkbox', { name: 'Suspended' }).check();
      await untilAt(page, '**/identities?text=SVC&state=suspended');
      await expect.poll(() => names(page)).toEqual(['svc:nightly-export']);
      await page.reload();
      await expect.poll(() => names(page)).toEqual(['svc:nightly-export']);
      await page.goto(`${baseUrl}/identities?owner=nobody-else`);
      await page.getByText('No identity matches').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Clear the filters' }).click();
      await expect.poll(() => rows(page).count()).toBe(8);
    });
  });

  it('is read page by page', async () => {
    standIn.inventory.pageSize = 3;
    await inTab({}, async ({ page }) => {
      await openAll(page);
      expect(await rows(page).count()).toBe(3);
      await page.getByRole('button', { name: 'Show more' }).click();
      await expect.poll(() => rows(page).count()).toBe(6);
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.getByText('8 identities, all shown').waitFor();
    });
  });

  it('has something to say where there are none, or nobody answers', async () => {
    standIn.inventory.items = [];
    await inTab({}, async ({ page }) => {
      await page.goto(`${baseUrl}/identities`);
      await page.getByText('No identities yet').waitFor();
      await expectAccessible(page);
      standIn.broken = true;
      await page.goto(`${baseUrl}/identities?text=x`);
      await page.getByRole('alert').getByText('ClickHouse does not answer').waitFor();
      standIn.broken = false;
      standIn.inventory.items = [identityOf('x')];
      await page.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => names(page)).toEqual(['x']);
    });
  });

  it('takes a declaration of an administrator, and leads to it', async () => {
    await inTab({}, async ({ page }) => {
      await openAll(page);
      await page.getByRole('button', { name: 'Declare an identity' }).click();
      const form = dialog(page);
      const send = form.getByRole('button', { name: 'Declare', exact: true });
      await form.getByLabel('Name').fill('ci:new/one');
      await form.getByLabel('Reason').fill('ticket 40');
      await send.click();
      // The browser asks for the owner.
      expect(standIn.inventory.said).toEqual([]);
      await form.getByLabel('Owner').fill('olga');
      await form.getByLabel('Good for').selectOption('30');
      await send.click();
      await untilAt(page, '**/identities/ci%3Anew%2Fone');
      await expect.poll(() => badge(page).innerText()).toBe('Declared');
      const [{ name, verb, body } = { name: '', verb: '', body: {} }] = standIn.inventory.said;
      expect([name, verb]).toEqual(['ci:new/one', 'declare']);
      const issuer = 'steno:development';
      expect(body).toMatchObject({ issuer, owner: 'olga', reason: 'ticket 40' });
      const { expiresAt } = body as { expiresAt: string };
      const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
      expect(Math.round(days)).toBe(30);
    });
  });

  it('says who may to those who may not, and refuses one who may no more', async () => {
    await inTab({}, async ({ page }) => {
      await openAll(page);
      await page.keyboard.press('d');
      await dialog(page).getByLabel('Name').fill('x');
      await dialog(page).getByLabel('Owner').fill('y');
      await dialog(page).getByLabel('Reason').fill('z');
      standIn.me = AUDITOR;
      await dialog(page).getByRole('button', { name: 'Declare', exact: true }).click();
      const alert = dialog(page).getByRole('alert');
      await alert.getByText('An administrator can give it to you').waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('An administrator declares and approves them.').waitFor();
      expect(await page.getByRole('button', { name: 'Declare an identity' }).count()).toBe(0);
      await page.keyboard.press('d');
      expect(await dialog(page).count()).toBe(0);
    });
  });
});

describe('an identity', () => {
  it('shows what it is, where it acts and what was said of it', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 'ci:shop');
      const head = await page.locator('.identity-head').innerText();
      for (const part of ['Approved', 'olga', 'payments', 'Deploys the shop', 'Expires']) {
        expect(head).toContain(part);
      }
      const life = page.getByRole('region', { name: 'Lifecycle' }).getByRole('listitem');
      expect(await life.count()).toBe(6);
      expect(await life.first().innerText()).toContain('void: it is not suspended');
      expect(await life.last().innerText()).toContain('ann declared it for olga');
      const recent = page.getByRole('region', { name: 'Recent commands' });
      expect(await recent.innerText()).toContain('(text erased or expired)');
      const denied = recent.getByRole('listitem').nth(1);
      expect(await denied.innerText()).toContain('Denied');
      const href = await denied.getByRole('link').getAttribute('href');
      expect(href).toBe('/sessions/0197f3a2-5c1e-7b40-9d21-000000000001?e=5');
      await page.getByRole('link', { name: 'orders', exact: true }).click();
      await untilAt(page, '**/sessions?identity=ci:shop&target=orders');
    });
  });

  it('has its hours within reach of keys, and in the zone of who looks', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 'ci:shop');
      const activity = page.getByRole('region', { name: 'Activity' });
      await activity.getByText('Times are in UTC.').waitFor();
      expect(await activity.innerText()).toContain('none on Saturday and Sunday');
      const focused = () =>
        page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
      await activity.getByRole('gridcell').first().focus();
      expect(await focused()).toBe('Monday 00:00 to 01:00: no commands');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toBe('Tuesday 22:00 to 23:00: 64 commands');
      await activity.locator('.heat-foot').getByText('64 commands').waitFor();
      await activity.getByRole('gridcell').nth(9).hover();
      await activity.getByText('Monday 09:00 to 10:00: 9 commands').waitFor();
      await page.getByRole('button', { name: 'Local' }).click();
      const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
      await activity.getByText(`Times are in ${zone}.`).waitFor();
    });
  });

  it.each([
    ['ci:billing', 'Approve', 'Approved'],
    ['ci:shop', 'Suspend', 'Suspended'],
    ['svc:nightly-export', 'Resume', 'Approved'],
    ['agent:report-writer', 'Revoke', 'Revoked'],
  ])('%s: %s, and it is seen at once', async (name, word, state) => {
    const verb = word.toLowerCase();
    await inTab({}, async ({ page }) => {
      await open(page, name);
      await act(page, word).click();
      await dialog(page).getByLabel('Reason').fill('because');
      await expectAccessible(page);
      await dialog(page).getByRole('button', { name: word, exact: true }).click();
      await expect.poll(() => badge(page).innerText()).toBe(state);
      expect(standIn.inventory.said).toEqual([{ name, verb, body: { reason: 'because' } }]);
      const life = page.getByRole('region', { name: 'Lifecycle' }).getByRole('listitem');
      await expect.poll(() => life.first().innerText()).toContain('because');
      await expect.poll(() => act(page, word).count()).toBe(0);
      // The focus is not lost with the button.
      const place = () => page.evaluate(() => document.activeElement?.tagName);
      await expect.poll(place).toBe('H1');
    });
  });

  it('gets another owner', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 'ci:shop');
      await act(page, 'Change owner').click();
      await dialog(page).getByLabel('New owner').fill('otto');
      await dialog(page).getByLabel('Reason').fill('olga left');
      await dialog(page).getByRole('button', { name: 'Change owner', exact: true }).click();
      await page.locator('.facts').getByRole('link', { name: 'otto' }).click();
      await untilAt(page, '**/identities?owner=otto');
      await expect.poll(() => names(page)).toEqual(['ci:shop']);
    });
  });

  it('is declared anew with what is known of it', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 'ci:shop');
      await act(page, 'Declare').click();
      expect(await dialog(page).getByLabel('Owner').inputValue()).toBe('olga');
      await dialog(page).getByText('the approval that it has ends with this').waitFor();
      await dialog(page).getByLabel('Reason').fill('a new purpose');
      await dialog(page).getByRole('button', { name: 'Declare', exact: true }).click();
      await expect.poll(() => badge(page).innerText()).toBe('Declared');
    });
  });

  it('says what to do where somebody was quicker', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 'svc:nightly-export');
      await act(page, 'Resume').click();
      await dialog(page).getByLabel('Reason').fill('because');
      standIn.inventory.items = [identityOf('svc:nightly-export', { state: 'approved' })];
      await dialog(page).getByRole('button', { name: 'Resume', exact: true }).click();
      const alert = dialog(page).getByRole('alert');
      await alert.getByText('it is not suspended').waitFor();
      await expectAccessible(page);
    });
  });

  it('may only be looked at by those who do not decide', async () => {
    standIn.me = AUDITOR;
    await inTab({}, async ({ page }) => {
      await open(page, 'ci:shop');
      await page.getByText('An administrator decides whether it may act.').waitFor();
      expect(await page.locator('.identity-actions').count()).toBe(0);
    });
  });

  it('that nobody knows is said to be unknown', async () => {
    await inTab({}, async ({ page }) => {
      await page.goto(`${baseUrl}/identities/nobody`);
      await page.getByText('There is no such identity').waitFor();
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Go to the identities' }).click();
      await rows(page).first().waitFor();
    });
  });
});
