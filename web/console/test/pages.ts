/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

// What must hold of the console's pages, whatever serves them: an api of its own or a stand-in.

/** A signed-in tab and the address that the console is served at. */
export interface Visit {
  readonly page: Page;
  readonly baseUrl: string;
}

const artefacts = fileURLToPath(new URL('../../../test-artefacts/console/', import.meta.url));

/** Keeps a picture of the page for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  // The default hides the caret by an inline style, which the page's policy forbids.
  await page.screenshot({ path: `${artefacts}${name}.png`, caret: 'initial' });
}

/**
 * Waits until the page is at an address, and no longer: who navigates within a page may wait for
 * its load in vain.
 */
export async function untilAt(page: Page, url: string | RegExp): Promise<void> {
  await page.waitForURL(url, { waitUntil: 'commit' });
}

/** Opens a sign-in link as a person does, in a fresh page. */
export async function signIn({ page, baseUrl }: Visit, link: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
  await untilAt(page, `${baseUrl}/sessions**`);
}

/** A link that was used up says so, and what to do. */
export async function expectUsedLinkIsExplained({ page }: Visit, link: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  const text = await alert.innerText();
  expect(text).toContain('used already');
  expect(text).toContain('npx steno sign-in');
  expect(page.url()).not.toContain('code=');
}

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** No fault that axe finds at WCAG 2.2 level AA. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .options({ runOnly: levels, resultTypes: ['violations'] })
    // What is not legacy reaches into frames of other origins, of which there are none, by sending
    // what it found of every element through a second page: three quarters of the whole.
    .setLegacyMode(true)
    .analyze();
  const faults = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
  );
  expect(faults).toEqual([]);
}

/** No need to scroll sideways at 320 CSS pixels; the recorded screen may. */
export async function expectReflows(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
  await expect.poll(width).toBeLessThanOrEqual(320);
  if (before !== null) await page.setViewportSize(before);
}

/** Opens the list and waits for its rows. */
export async function openList({ page, baseUrl }: Visit, query = ''): Promise<void> {
  await page.goto(`${baseUrl}/sessions${query}`);
  await page.locator('.row-link').first().waitFor();
}

/** Through the list by keys alone; ends on the page of the session that was second. */
export async function walkListByKeyboard({ page }: Visit): Promise<void> {
  const focused = (): Promise<string | null> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-row') ?? null);
  await page.keyboard.press('/');
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await expect.poll(focused).toBe('0');
  await page.keyboard.press('j');
  await expect.poll(focused).toBe('1');
  await page.keyboard.press('j');
  await expect.poll(focused).toBe('2');
  await page.keyboard.press('k');
  await expect.poll(focused).toBe('1');
  await page.keyboard.press('Enter');
  await untilAt(page, /\/sessions\/[^/?]+/);
  await page.getByRole('slider').waitFor();
}

/** The text of the recorded screen, as it is painted. */
export const screenText = (page: Page): Promise<string> => page.locator('.steno-rows').innerText();

export async function expectOnScreen(page: Page, text: string): Promise<void> {
  await expect.poll(() => screenText(page)).toContain(text);
}

/** The text of the command that the list says the screen is at. */
export const currentCommand = (page: Page): Promise<string> =>
  page.locator('.command-row[aria-current="true"] .command-text').innerText({ timeout: 10_000 });

const seconds = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider').getAttribute('aria-valuenow'));

/** Opens a session's page and waits for its player and commands. */
export async function openSession({ page, baseUrl }: Visit, id: string, query = ''): Promise<void> {
  await page.goto(`${baseUrl}/sessions/${id}${query}`);
  await page.getByRole('slider').waitFor();
  await expect.poll(() => page.locator('.badge').count()).toBeGreaterThan(1);
}

/** Choosing a command leads the screen to it, and the address and the details follow. */
export async function chooseCommand(page: Page, index: number): Promise<string> {
  const row = page.locator('.command-row').nth(index);
  const text = await row.locator('.command-text').innerText();
  const before = page.url();
  await row.click();
  await expect.poll(() => currentCommand(page)).toBe(text);
  await expect.poll(() => page.url()).not.toBe(before);
  expect(page.url()).toMatch(/[?&]e=\d+/);
  await expectOnScreen(page, text.slice(0, 20));
  await expect.poll(() => page.locator('.command-full').innerText()).toContain(text.slice(0, 20));
  return text;
}

/** A link to a moment shows the same screen to whoever opens it. */
export async function expectLinkLeadsBack(page: Page): Promise<void> {
  const [url, text] = [page.url(), await screenText(page)];
  await page.goto('about:blank');
  await page.goto(url);
  await expect.poll(() => screenText(page)).toBe(text);
  await expect.poll(() => page.url()).toBe(url);
}

/** The player by keys alone, on a session of a minute or more. */
export async function drivePlayerByKeyboard(page: Page): Promise<void> {
  const slider = page.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => seconds(page)).toBe(0);
  await page.keyboard.press('End');
  const most = Number(await slider.getAttribute('aria-valuemax'));
  await expect.poll(() => seconds(page)).toBeGreaterThanOrEqual(most - 1);
  await page.keyboard.press('PageDown');
  await expect.poll(() => seconds(page)).toBe(Math.floor(most * 0.9));
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => seconds(page)).toBe(5);

  await page.locator('.steno-screen').focus();
  await page.keyboard.press('5');
  await expect.poll(() => seconds(page)).toBe(Math.floor(most / 2));
  await page.keyboard.press('0');
  await page.keyboard.press(']');
  const first = await currentCommand(page);
  await page.keyboard.press(']');
  await expect.poll(() => currentCommand(page)).not.toBe(first);
  await page.keyboard.press('[');
  await expect.poll(() => currentCommand(page)).toBe(first);
  await page.keyboard.press('>');
  await expect.poll(() => page.getByLabel('Speed').inputValue()).toBe('2');
  await page.keyboard.press('<');
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

/** The help lists the keys; keys of one character can be switched off in it. */
export async function switchCharacterKeysOff(page: Page): Promise<void> {
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await expectAccessible(page);
  await dialog.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  const before = await seconds(page);
  await page.keyboard.press('9');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => seconds(page)).toBe(Math.max(0, before - 5));
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).first().click();
  await dialog.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}
