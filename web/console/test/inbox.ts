/// <reference lib="dom" />
import { fileURLToPath } from 'node:url';
import type { MeView } from '@steno/proto';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { archiving, heldCommand, wiping } from './approvals.js';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { StandIn } from './stand-in.js';

// The inbox before a stand-in, for the files that test it.

export const APPROVER: MeView = { actor: 'ann', roles: ['approver'], groups: ['approvers'] };

export const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
export const { held } = standIn;
export let baseUrl = '';
let browser: Browser;
let codes = 0;

export async function startInbox(): Promise<void> {
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
}

/** Three commands wait, and an approver is there. */
export function resetInbox(): void {
  standIn.me = APPROVER;
  standIn.broken = false;
  held.items = [heldCommand(1), archiving(), wiping()];
  held.isLogAway = false;
  held.isLinkUsed = false;
  held.said.length = 0;
}

export async function stopInbox(): Promise<void> {
  await browser.close();
  await standIn.close();
}

/** A tab for one test, signed in, wherever that leads to; nothing may be complained of in it. */
export async function inTab(
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

export const idOf = (index: number): string => held.items[index]?.approvalId ?? '';
export const rows = (page: Page): Locator => page.locator('.approval-row');
export const part = (page: Page, name: string): Locator =>
  page.getByRole('region', { name, exact: true });
export const pane = (page: Page): Locator => part(page, 'Approval');
export const button = (page: Page, name: string): Locator =>
  pane(page).getByRole('button', { name });
export const dialog = (page: Page): Locator => page.getByRole('dialog');
export const sendButton = (page: Page, name: string): Locator =>
  dialog(page).getByRole('button', { name, exact: true });

/** The text of what has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent ?? '');

export async function open(page: Page, index: number, query = ''): Promise<void> {
  await page.goto(`${baseUrl}/approvals/${idOf(index)}${query}`);
  await pane(page).getByRole('heading', { level: 2 }).waitFor();
}

/** Opens the dialog by its button and says why. */
export async function sayWhy(page: Page, name: string, reason: string): Promise<void> {
  await button(page, name).click();
  await dialog(page).getByLabel('Reason').fill(reason);
}
