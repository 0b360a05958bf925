import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { expectAccessible, expectReflows, screenshot, signIn, untilAt } from './pages.js';
import { quietPipeline, troubledPipeline } from './pipelines.js';
import { StandIn } from './stand-in.js';

const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
let baseUrl = '';
let browser: Browser;
let codes = 0;

beforeAll(async () => {
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
});
beforeEach(() => {
  standIn.pipeline = quietPipeline();
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
  await test(tab);
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

const verdict = (page: Page) => page.locator('.verdict');
const names = (page: Page) =>
  page.locator('.plain-table').first().locator('tbody th').allInnerTexts();

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${baseUrl}/pipeline${query}`);
  await verdict(page).waitFor();
}

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('the pipeline is accessible, in quiet and in trouble', async () => {
    await inTab({ colorScheme }, async ({ page }) => {
      await open(page, '?stopped=shown');
      await expectAccessible(page);
      await screenshot(page, `pipeline-${colorScheme}`);
      standIn.pipeline = troubledPipeline();
      await page.keyboard.press('r');
      await page.getByText('steno-capture-1 does not report').waitFor();
      await expectAccessible(page);
      await screenshot(page, `pipeline-troubled-${colorScheme}`);
      await expectReflows(page);
    });
  });
});

describe('the pipeline', () => {
  it('is a page of the bar, and says at once whether all is well', async () => {
    await inTab({}, async ({ page }) => {
      await page.getByRole('navigation').getByRole('link', { name: 'Pipeline' }).click();
      await untilAt(page, '**/pipeline');
      await expect.poll(() => verdict(page).innerText()).toBe('Everything is being recorded.');
      await page.getByRole('row', { name: /^data 1 98,120 98,117 3$/ }).waitFor();
    });
  });

  it('asks again by itself', async () => {
    await inTab({}, async ({ page }) => {
      await open(page);
      standIn.pipeline = troubledPipeline();
      await expect.poll(() => verdict(page).getAttribute('data-tone')).toBe('danger');
      await expect.poll(() => verdict(page).innerText()).toContain('12 events of steno-capture-0');
      await page.getByRole('link', { name: '1', exact: true }).click();
      await untilAt(page, '**/sessions?status=gapped');
    });
  });

  it('shows what stopped on request, and keeps that in its address', async () => {
    await inTab({}, async ({ page }) => {
      await open(page);
      expect(await names(page)).not.toContain('steno-projector-old');
      await page.keyboard.press('s');
      await untilAt(page, '**/pipeline?stopped=shown');
      await expect.poll(() => names(page)).toContain('steno-projector-old');
      await page.reload();
      await expect.poll(() => names(page)).toContain('steno-projector-old');
      await page.getByRole('button', { name: /^Stopped instances/ }).click();
      await untilAt(page, '**/pipeline');
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText('Show or hide stopped instances').waitFor();
    });
  });

  it('takes it that a silent instance is lost, with a reason, or says why not', async () => {
    standIn.pipeline = troubledPipeline();
    await inTab({}, async ({ page }) => {
      await open(page);
      await page.getByRole('button', { name: 'Declare steno-capture-1 lost' }).click();
      const dialog = page.getByRole('dialog');
      const send = dialog.getByRole('button', { name: 'Declare lost' });
      await dialog.waitFor();
      await expectAccessible(page);
      expect(await send.isDisabled()).toBe(true);
      await dialog.getByLabel('Reason').fill('its disk is gone');
      standIn.isHeardAgain = true;
      await send.click();
      await dialog.getByRole('alert').getByText('The instance is not silent').waitFor();
      standIn.isHeardAgain = false;
      await send.click();
      await page.getByText('Declared lost').waitFor();
      const boot = 'steno-capture-1-boot';
      expect(standIn.lost).toEqual([{ boot, reason: 'its disk is gone' }]);
    });
  });

  it('does not show what was, where nobody answers', async () => {
    await inTab({}, async ({ page }) => {
      await open(page);
      standIn.broken = true;
      await page.getByRole('alert').getByText('ClickHouse does not answer').waitFor();
      expect(await verdict(page).count()).toBe(0);
      await expectAccessible(page);
      standIn.broken = false;
      await page.getByRole('button', { name: 'Try again' }).click();
      await verdict(page).waitFor();
    });
  });

  it('has something to say where nothing has run', async () => {
    standIn.pipeline = { ...quietPipeline(), instances: [] };
    await inTab({}, async ({ page }) => {
      await page.goto(`${baseUrl}/pipeline`);
      await page.getByText('Nothing has reported yet').waitFor();
      await expectAccessible(page);
    });
  });
});
