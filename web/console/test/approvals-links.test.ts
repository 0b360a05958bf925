import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { GOOD_LINK } from './held-commands.js';
import {
  baseUrl,
  button,
  held,
  idOf,
  inTab,
  open,
  pane,
  part,
  resetInbox,
  rows,
  sayWhy,
  sendButton,
  startInbox,
  stopInbox,
} from './inbox.js';
import { expectAccessible, expectReflows, screenshot } from './pages.js';

beforeAll(startInbox);
beforeEach(resetInbox);
afterAll(stopInbox);

const GOOD = `?link=${GOOD_LINK}`;

it('opens the approval, acts on nothing, and is good for one answer', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 1, GOOD);
    await button(page, 'Approve').waitFor();
    expect(await pane(page).getByRole('alert').count()).toBe(0);
    expect(held.said).toEqual([]);
    await sayWhy(page, 'Approve', 'as announced');
    await sendButton(page, 'Approve').click();
    await page.getByText('Your approval is recorded').waitFor();
    const body = { reason: 'as announced', link: GOOD_LINK };
    expect(held.said).toEqual([{ id: idOf(1), verb: 'approve', body }]);
    await pane(page).getByRole('status').getByText('Granted').waitFor();
    // The page is the plain one from there on.
    await expect.poll(() => page.url()).toBe(`${baseUrl}/approvals/${idOf(1)}`);
    expect(await pane(page).getByRole('alert').count()).toBe(0);
  });
});

it.each(['light', 'dark'] as const)('says that it was used, and leads on (%s)', async (colours) => {
  held.isLinkUsed = true;
  await inTab({ colorScheme: colours }, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open(page, 1, GOOD);
    const alert = pane(page).getByRole('alert');
    await alert.getByText('This link was used already').waitFor();
    expect(await button(page, 'Approve').count()).toBe(0);
    await expectAccessible(page);
    await screenshot(page, `approvals-link-used-${colours}`);
    await expectReflows(page);
    await alert.getByRole('link', { name: 'Open the inbox' }).click();
    await rows(page).nth(1).click();
    await button(page, 'Approve').waitFor();
    expect(page.url()).toBe(`${baseUrl}/approvals/${idOf(1)}`);
  });
});

it('says that it is none of Steno, whatever it has in it', async () => {
  await inTab({}, async ({ page }) => {
    for (const link of ['x', '<script>alert(1)</script>', 'a'.repeat(5000)]) {
      await open(page, 1, `?link=${encodeURIComponent(link)}`);
      await pane(page).getByRole('alert').getByText('not one that Steno made').waitFor();
      expect(await button(page, 'Approve').count()).toBe(0);
    }
    await screenshot(page, 'approvals-link-unknown');
  });
});

it('may be used by somebody else meanwhile: it is said where one answers', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 1, GOOD);
    await sayWhy(page, 'Approve', 'fine');
    held.isLinkUsed = true;
    await sendButton(page, 'Approve').click();
    const alert = page.getByRole('dialog').getByRole('alert');
    await alert.getByText('The link was used already').waitFor();
    await page.keyboard.press('Escape');
    await pane(page).getByRole('alert').getByText('Open the inbox').waitFor();
  });
});

it('shows how many rows it may reach, or why nobody knows', async () => {
  await inTab({}, async ({ page }) => {
    await open(page, 2);
    await part(page, 'What it would do').getByText('about 1,204,000').waitFor();
    await screenshot(page, 'approvals-rows');
    await open(page, 1);
    await part(page, 'What it would do').getByText('not estimated: it is not one').waitFor();
  });
});
