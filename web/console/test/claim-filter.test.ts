/// <reference lib="dom" />
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { expectAccessible, openList, openSession, screenshot, signIn, untilAt } from './pages.js';
import { gappedSession, migrationSession, olderSessions } from './recordings.js';
import { StandIn } from './stand-in.js';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const migration = migrationSession(ago(600));
const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
let baseUrl = '';
let browser: Browser;
let codes = 0;

beforeAll(async () => {
  standIn.recordings.push(migration, gappedSession(ago(900)));
  standIn.older = olderSessions(20, Date.now() - 1_000_000);
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await standIn.close();
});

async function inTab(test: (tab: Tab) => Promise<void>): Promise<void> {
  const tab = await openTab(browser);
  codes += 1;
  standIn.addCode(`code-${codes}`);
  await signIn({ page: tab.page, baseUrl }, `${baseUrl}/sign-in#code=code-${codes}`);
  await test(tab);
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

const isFocused = (element: Element): boolean => element === document.activeElement;

it('is filtered by claims, by keys alone, and keeps that in its address', async () => {
  await inTab(async ({ page }) => {
    await openList({ page, baseUrl });
    const rows = page.locator('.table-line');
    await page.getByRole('button', { name: 'Claim' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByLabel('Name').evaluate(isFocused)).toBe(true);
    await page.keyboard.type('repository');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('It takes a name').waitFor();
    await page.keyboard.type('acme/shop');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).toContain('claim=repository%3Dacme%2Fshop');
    await expect.poll(() => rows.count()).toBe(2);
    await expectAccessible(page);
    await screenshot(page, 'sessions-claim');
    await page.keyboard.type('job');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Migrate');
    await page.keyboard.press('Enter');
    await page.getByText('Claims are compared to the letter').waitFor();
    await page.reload();
    await page.getByText('Claims are compared to the letter').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Claim' }).click();
    await page.getByRole('button', { name: 'Remove job=Migrate' }).click();
    await expect.poll(() => rows.count()).toBe(2);
  });
});

it('leads from a claim of a session to all that have it', async () => {
  await inTab(async ({ page }) => {
    await openSession({ page, baseUrl }, migration.facts.sessionId);
    await page.getByRole('button', { name: 'Session', exact: true }).click();
    await page.getByRole('link', { name: 'deploy.yml' }).click();
    await untilAt(page, '**/sessions?claim=workflow%3Ddeploy.yml');
    await expect.poll(() => page.locator('.table-line').count()).toBe(2);
  });
});
