import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { heldCommand } from './approvals.js';
import {
  APPROVER,
  baseUrl,
  button,
  dialog,
  focused,
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
  standIn,
  startInbox,
  stopInbox,
} from './inbox.js';
import { expectAccessible, screenshot, untilAt } from './pages.js';
import { LOCAL_ADMIN } from './stand-in.js';

beforeAll(startInbox);
beforeEach(resetInbox);
afterAll(stopInbox);

describe('an answer', () => {
  it('is given with a reason, for a time', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 1);
      await button(page, 'Approve').click();
      expect(await sendButton(page, 'Approve').isDisabled()).toBe(true);
      await dialog(page).getByLabel('Reason').fill('as announced');
      const choices = dialog(page).getByLabel('Let the same command run again');
      expect(await choices.locator('option').allInnerTexts()).toEqual([
        'No, only this once',
        'For 15 min',
        'For 1 h',
        'For 4 h',
      ]);
      await choices.selectOption('For 1 h');
      await sendButton(page, 'Approve').click();
      await page.getByText('Your approval is recorded').waitFor();
      await pane(page).getByRole('status').getByText('Granted').waitFor();
      const body = { reason: 'as announced', windowSeconds: 3600 };
      expect(held.said).toEqual([{ id: idOf(1), verb: 'approve', body }]);
      await expect.poll(() => rows(page).count()).toBe(2);
    });
  });

  it('is sent once, however often its button is hit', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 1);
      await sayWhy(page, 'Approve', 'as announced');
      await sendButton(page, 'Approve').dblclick();
      await page.evaluate(() => {
        const again = (): void => {
          const send = document.querySelector<HTMLElement>('[role=dialog] [type=submit]');
          send?.click();
          if (send !== null) requestAnimationFrame(again);
        };
        again();
      });
      await dialog(page).waitFor({ state: 'hidden' });
      await pane(page).getByRole('status').getByText('Granted').waitFor();
      expect(held.said.length).toBe(1);
    });
  });

  it('of one of several lets it wait for the others', async () => {
    held.items = [heldCommand(1, { asks: [{ group: 'approvers', count: 2, granted: 0 }] })];
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      await sayWhy(page, 'Approve', 'fine');
      expect(await dialog(page).innerText()).toContain('once all who are asked agree');
      await sendButton(page, 'Approve').click();
      await pane(page).getByText('You have approved it already.').waitFor();
      expect(await button(page, 'Approve').count()).toBe(0);
      expect(await button(page, 'Refuse').count()).toBe(1);
      await pane(page).getByText('for 1 more of approvers').waitFor();
    });
  });

  it('may be a refusal', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 2);
      await sayWhy(page, 'Refuse', 'no condition');
      await sendButton(page, 'Refuse').click();
      await part(page, 'Answers').getByText('no condition').waitFor();
      const body = { reason: 'no condition' };
      expect(held.said).toEqual([{ id: idOf(2), verb: 'refuse', body }]);
    });
  });

  it('may come too late: it is said, and the focus is not lost', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      await sayWhy(page, 'Approve', 'fine');
      held.change(idOf(0), { state: 'refused', endedAt: new Date().toISOString() });
      await sendButton(page, 'Approve').click();
      const alert = dialog(page).getByRole('alert');
      await alert.getByText('does not wait any more. It was refused. Nothing is left').waitFor();
      await pane(page).getByText('Refused', { exact: true }).waitFor({ state: 'attached' });
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toContain('ci:acme/shop:deploy');
    });
  });

  it('may not count, whatever the console thought', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      await sayWhy(page, 'Approve', 'fine');
      standIn.me = { ...APPROVER, groups: ['dba'] };
      await sendButton(page, 'Approve').click();
      await dialog(page).getByText('ann is in no group that is asked').waitFor();
      await pane(page)
        .getByText('It is asked of approvers; you are in dba.')
        .waitFor({ state: 'attached' });
    });
  });

  it('is not taken while the log is away, and can be sent again', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      await sayWhy(page, 'Approve', 'fine');
      held.isLogAway = true;
      await sendButton(page, 'Approve').click();
      await dialog(page).getByText('`steno doctor` says what is wrong').waitFor();
      held.isLogAway = false;
      await sendButton(page, 'Approve').click();
      await pane(page).getByRole('status').getByText('Granted').waitFor();
      expect(held.said.map(({ verb }) => verb)).toEqual(['approve', 'approve']);
    });
  });

  it('is not given to what cannot be read', async () => {
    held.items = [heldCommand(1, { command: null })];
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      await pane(page).getByText('Nobody approves what cannot be read').waitFor();
      expect(await button(page, 'Approve').isDisabled()).toBe(true);
      held.change(idOf(0), { command: 'select 1' });
      await expect.poll(() => button(page, 'Approve').isDisabled()).toBe(false);
    });
  });
});

describe('who may', () => {
  it('an approver begins with the inbox, and is told where they may not go', async () => {
    await inTab({}, async ({ page }) => {
      await untilAt(page, '**/approvals');
      const pages = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
      await expect.poll(() => pages.count()).toBe(1);
      await page.goto(`${baseUrl}/sessions`);
      const alert = page.getByRole('alert');
      await alert.getByText('You are signed in as ann, as approver').waitFor();
      await expectAccessible(page);
      await screenshot(page, 'not-allowed');
      await alert.getByRole('link', { name: 'Go to the approvals' }).click();
      await untilAt(page, '**/approvals');
    });
  });

  it('who is not asked sees why, and nothing to press', async () => {
    standIn.me = { actor: 'ann', roles: ['approver'], groups: ['dba'] };
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      await pane(page).getByText('It is asked of approvers; you are in dba.').waitFor();
      expect(await pane(page).locator('.approval-actions button').count()).toBe(0);
    });
  });

  it('an administrator breaks the glass, warned', async () => {
    standIn.me = LOCAL_ADMIN;
    await inTab({}, async ({ page }) => {
      await untilAt(page, '**/sessions');
      await page.getByRole('link', { name: /^Approvals/ }).click();
      await rows(page).first().click();
      await pane(page).getByText('You do not have the role approver.').waitFor();
      await sayWhy(page, 'Break glass', 'incident 42');
      await dialog(page).getByText('The rule wants 1 more of approvers').waitFor();
      await sendButton(page, 'Break glass').click();
      await pane(page).getByRole('status').getByText('Glass broken').waitFor();
      const body = { reason: 'incident 42' };
      expect(held.said).toEqual([{ id: idOf(0), verb: 'override', body }]);
    });
  });
});

it('the inbox is worked by keys alone', async () => {
  await inTab({}, async ({ page }) => {
    await rows(page).first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => focused(page)).toContain('agent:archivist');
    await page.keyboard.press('Enter');
    await untilAt(page, `**/approvals/${idOf(1)}`);
    await pane(page).getByRole('heading', { level: 2 }).waitFor();
    expect(await rows(page).nth(1).getAttribute('aria-current')).toBe('page');
    await page.keyboard.press('x');
    await dialog(page).waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    await page.keyboard.press('Tab');
    await expect.poll(() => focused(page)).toContain('Refuse');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.type('as announced');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await pane(page).getByRole('status').getByText('Granted').waitFor();
    await expect.poll(() => focused(page)).toContain('agent:archivist');
    await page.keyboard.press('u');
    await untilAt(page, '**/approvals');
    await page.keyboard.press('?');
    await dialog(page).getByText('Approve the one that is open').waitFor();
  });
});
