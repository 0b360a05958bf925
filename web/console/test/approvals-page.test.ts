import { fileURLToPath } from 'node:url';
import type { MeView } from '@steno/proto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiving, ended, heldCommand, hostile, wiping } from './approvals.js';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { expectAccessible, expectReflows, screenshot } from './pages.js';
import { LOCAL_ADMIN, StandIn } from './stand-in.js';

const APPROVER: MeView = { actor: 'ann', roles: ['approver'], groups: ['approvers'] };

const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
const { held } = standIn;
let baseUrl = '';
let browser: Browser;
let codes = 0;

beforeAll(async () => {
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
});
beforeEach(() => {
  standIn.me = APPROVER;
  standIn.broken = false;
  held.items = [heldCommand(1), archiving(), wiping()];
  held.isLogAway = false;
  held.said.length = 0;
});
afterAll(async () => {
  await browser.close();
  await standIn.close();
});

/** Signed in, wherever that leads to. */
async function inTab(
  options: Parameters<typeof openTab>[1],
  test: (tab: Tab) => Promise<void>,
): Promise<void> {
  const tab = await openTab(browser, options);
  codes += 1;
  standIn.addCode(`code-${codes}`);
  await tab.page.goto(`${baseUrl}/sign-in#code=code-${codes}`);
  await tab.page.getByRole('navigation').waitFor();
  await test(tab);
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

const idOf = (index: number): string => held.items[index]?.approvalId ?? '';
const rows = (page: Page) => page.locator('.approval-row');
const pane = (page: Page) => page.getByRole('region', { name: 'Approval', exact: true });
const commandText = (page: Page) => page.getByRole('region', { name: 'Text of the command' });

async function open(page: Page, index: number): Promise<void> {
  await page.goto(`${baseUrl}/approvals/${idOf(index)}`);
  await pane(page).getByRole('heading', { level: 2 }).waitFor();
}

/** Opens the dialog by its button and says why. */
async function answer(page: Page, button: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill(reason);
}

const send = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('the inbox is accessible: list, approval and dialogs', async () => {
    await inTab({ colorScheme }, async ({ page }) => {
      // What fades in has another contrast meanwhile.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      held.items = [...ended(), ...held.items, hostile()];
      await open(page, 5);
      await expectAccessible(page);
      await screenshot(page, `approvals-${colorScheme}`);
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('dialog').waitFor();
      await expectAccessible(page);
      await screenshot(page, `approvals-approve-${colorScheme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await expectReflows(page);
      await page.goto(`${baseUrl}/approvals/${idOf(7)}?show=all`);
      await page.locator('.written-out').first().waitFor();
      await expectAccessible(page);
      await screenshot(page, `approvals-hostile-${colorScheme}`);
      await expectReflows(page);
    });
  });
});

describe('the list', () => {
  it('shows what waits, the oldest first, and how many in the bar', async () => {
    await inTab({}, async ({ page }) => {
      await page.waitForURL('**/approvals');
      await expect.poll(() => rows(page).count()).toBe(3);
      const texts = await rows(page).allInnerTexts();
      expect(texts[0]).toContain('ci:acme/shop:deploy');
      expect(texts[0]).toContain("update orders set status = 'shipped' where id = 1");
      expect(texts[2]).toContain('no WHERE');
      await page.getByRole('link', { name: 'Approvals, 3 waiting' }).waitFor();
      expect(await page.locator('.nav-count').innerText()).toBe('3');
      expect(await page.title()).toBe('(3) Approvals · Steno');
    });
  });
});

describe('an approval', () => {
  it('is granted with a reason, once, for a time', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 1);
      expect(await commandText(page).innerText()).toBe(held.items[1]?.command);
      await answer(page, 'Approve', 'as announced');
      await page.getByLabel('Let the same command run again').selectOption('For 1 h');
      await send(page, 'Approve').dblclick();
      await page.getByText('Your approval is recorded').waitFor();
      await pane(page).getByText('Granted', { exact: true }).first().waitFor();
      const body = { reason: 'as announced', windowSeconds: 3600 };
      expect(held.said).toEqual([{ id: idOf(1), verb: 'approve', body }]);
      await expect.poll(() => rows(page).count()).toBe(2);
    });
  });

  it('is refused with a reason', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 2);
      await answer(page, 'Refuse', 'no condition');
      await send(page, 'Refuse').click();
      await pane(page).getByText('no condition', { exact: true }).waitFor();
      const body = { reason: 'no condition' };
      expect(held.said).toEqual([{ id: idOf(2), verb: 'refuse', body }]);
    });
  });
});

it('an administrator is shown both, the bar and the inbox', async () => {
  standIn.me = LOCAL_ADMIN;
  await inTab({}, async ({ page }) => {
    await page.waitForURL('**/sessions');
    await page.getByRole('link', { name: /^Approvals/ }).click();
    await expect.poll(() => rows(page).count()).toBe(3);
  });
});
