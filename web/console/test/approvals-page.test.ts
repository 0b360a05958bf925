import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ended, heldCommand, hostile, wiping } from './approvals.js';
import {
  APPROVER,
  baseUrl,
  button,
  dialog,
  held,
  idOf,
  inTab,
  open,
  pane,
  part,
  resetInbox,
  rows,
  standIn,
  startInbox,
  stopInbox,
} from './inbox.js';
import { expectAccessible, expectReflows, screenshot, untilAt } from './pages.js';
import { LOCAL_ADMIN } from './stand-in.js';

beforeAll(startInbox);
beforeEach(resetInbox);
afterAll(stopInbox);

/** What fades in has another contrast meanwhile. */
const withoutFading = (page: Page): Promise<void> => page.emulateMedia({ reducedMotion: 'reduce' });

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('the inbox is accessible: list, approval and dialogs', async () => {
    await inTab({ colorScheme, height: 1500 }, async ({ page }) => {
      await withoutFading(page);
      held.items = [...ended(), ...held.items];
      await open(page, 5, '?show=all');
      await expectAccessible(page);
      await screenshot(page, `approvals-${colorScheme}`);
      await button(page, 'Approve').click();
      await dialog(page).waitFor();
      await expectAccessible(page);
      await screenshot(page, `approvals-approve-${colorScheme}`);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'hidden' });
      await expectReflows(page);
    });
  });

  it('warnings, and what could not be seen, are accessible', async () => {
    held.items = [wiping(), hostile(), heldCommand(5, { command: null })];
    standIn.me = LOCAL_ADMIN;
    await inTab({ colorScheme }, async ({ page }) => {
      await withoutFading(page);
      await open(page, 0);
      await expectAccessible(page);
      await screenshot(page, `approvals-warnings-${colorScheme}`);
      await button(page, 'Break glass').click();
      await dialog(page).waitFor();
      await expectAccessible(page);
      await screenshot(page, `approvals-glass-${colorScheme}`);
      await open(page, 1);
      await expectAccessible(page);
      await screenshot(page, `approvals-hostile-${colorScheme}`);
      await expectReflows(page);
    });
  });

  it('on a phone there is one at a time', async () => {
    await inTab({ colorScheme, width: 390, height: 844 }, async ({ page }) => {
      await rows(page).nth(1).waitFor();
      await expectAccessible(page);
      await screenshot(page, `approvals-phone-list-${colorScheme}`);
      await rows(page).nth(2).click();
      await pane(page).getByRole('heading', { level: 2 }).waitFor();
      expect(await rows(page).first().isVisible()).toBe(false);
      await expectAccessible(page);
      await screenshot(page, `approvals-phone-${colorScheme}`);
      await page.getByRole('link', { name: 'All approvals' }).click();
      await untilAt(page, '**/approvals');
      await expect.poll(() => rows(page).first().isVisible()).toBe(true);
      await expectReflows(page);
    });
  });
});

describe('the list', () => {
  it('shows what waits, the oldest first, and how many in the bar', async () => {
    await inTab({}, async ({ page }) => {
      await untilAt(page, '**/approvals');
      await expect.poll(() => rows(page).count()).toBe(3);
      const texts = await rows(page).allInnerTexts();
      expect(texts[0]).toContain('ci:acme/shop:deploy');
      expect(texts[0]).toContain("update orders set status = 'shipped' where id = 1");
      expect(texts[0]).toContain('production');
      expect(texts[2]).toContain('no WHERE');
      await page.getByRole('link', { name: 'Approvals, 3 waiting' }).waitFor();
      await expect.poll(() => page.title()).toBe('(3) Approvals · Steno');
    });
  });

  it('counts down', async () => {
    await inTab({}, async ({ page }) => {
      const expiresAt = held.items[0]?.expiresAt ?? '';
      const at = (secondsBefore: number): Promise<void> =>
        page.clock.setFixedTime(Date.parse(expiresAt) - secondsBefore * 1000);
      const left = page.locator('.approval-row .countdown').first();
      await at(3700);
      await expect.poll(() => left.innerText()).toMatch(/^1:01:40/);
      await at(75);
      await expect.poll(() => left.innerText()).toMatch(/^1:15/);
      expect(await left.getAttribute('data-tone')).toBe('warning');
      await at(-5);
      await expect.poll(() => left.innerText()).toMatch(/^0:00/);
      expect(await left.getAttribute('data-tone')).toBe('danger');
    });
  });

  it('fills by itself, and says when nothing waits', async () => {
    held.items = [];
    await inTab({}, async ({ page }) => {
      await page.getByRole('heading', { name: 'Nothing waits' }).waitFor();
      await expectAccessible(page);
      await screenshot(page, 'approvals-empty');
      held.items = [wiping()];
      await expect.poll(() => rows(page).count()).toBe(1);
      held.items = [];
      await expect.poll(() => rows(page).count()).toBe(0);
    });
  });

  it('shows those that ended on request, and keeps that in its address', async () => {
    held.items = [...ended(), ...held.items];
    await inTab({}, async ({ page }) => {
      await expect.poll(() => rows(page).count()).toBe(3);
      await page.getByRole('button', { name: 'All', exact: true }).click();
      await untilAt(page, '**/approvals?show=all');
      await expect.poll(() => rows(page).count()).toBe(7);
      const badges = page.getByRole('list', { name: 'Ended' }).locator('.badge');
      const words = ['Glass broken', 'Withdrawn', 'Expired', 'Refused'];
      expect(await badges.allInnerTexts()).toEqual(words);
      await page.reload();
      await expect.poll(() => rows(page).count()).toBe(7);
      await rows(page).last().click();
      await untilAt(page, `**/approvals/${idOf(0)}?show=all`);
      await part(page, 'Answers').getByText('not on a Friday').waitFor();
      await page.keyboard.press('e');
      await untilAt(page, `**/approvals/${idOf(0)}`);
    });
  });

  it('says when there is no answer, and goes on when there is', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      standIn.broken = true;
      const list = part(page, 'Held commands').getByRole('alert');
      await list.getByText('ClickHouse does not answer').waitFor();
      await pane(page).getByText('This may not be so any more').waitFor();
      await expectAccessible(page);
      await list.getByRole('button', { name: 'Try again' }).click();
      standIn.broken = false;
      await expect.poll(() => rows(page).count()).toBe(3);
      await pane(page).getByText('This may not be so any more').waitFor({ state: 'hidden' });
    });
  });
});

describe('an approval', () => {
  it('is shown whole, with who asks for what and why it waits', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 1);
      const command = held.items[1]?.command;
      expect(await part(page, 'Text of the command').innerText()).toBe(command);
      expect(await part(page, 'Command').innerText()).toMatch(/\$1\s+eu-west-1\s+\$2\s+linus/);
      const effects = await part(page, 'What it would do').innerText();
      expect(effects).toContain('begin, delete, insert, select, commit');
      expect(effects).toMatch(/Writes\s+archive\.orders\s+public\.orders/);
      const asker = await part(page, 'Who asks').innerText();
      expect(asker).toMatch(/spiffe:\/\/acme\/archivist[^]*id\.acme\.example[^]*linus@acme/);
      expect(await part(page, 'Where').innerText()).toMatch(/orders[^]*production[^]*grace/);
      const why = await part(page, 'Why it waits').innerText();
      expect(why).toMatch(/hold-writes[^]*2 of approvers, 1 agreed so far[^]*up to 4 h/);
      const answers = await part(page, 'Answers').locator('li').allInnerTexts();
      expect(answers[0]).toContain('void: eve is the owner');
      expect(answers[1]).toMatch(/bob approved, for 1 h/);
    });
  });

  it('is compared with what was let go before', async () => {
    await inTab({}, async ({ page }) => {
      await open(page, 1);
      const before = part(page, 'Let go before');
      expect(await before.locator('pre del').allInnerTexts()).toEqual(['3']);
      expect(await before.locator('pre ins').allInnerTexts()).toEqual(['2']);
      expect(await before.locator('.binds').innerText()).toMatch(/\$2\s+NULL\s+linus/);
      await before.getByText('The same command.').waitFor();
    });
  });

  it('leads those who may to its moment in the session', async () => {
    standIn.me = { ...APPROVER, roles: ['approver', 'auditor'] };
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      const link = page.getByRole('link', { name: 'This moment in its session' });
      const { sessionId = '', position } = held.items[0] ?? {};
      const expected = `${baseUrl}/sessions/${sessionId}?e=${position}`;
      expect(await link.getAttribute('href')).toBe(expected);
    });
    standIn.me = APPROVER;
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      expect(await part(page, 'Where').getByRole('link').count()).toBe(0);
    });
  });

  it('warns of what must not be overlooked', async () => {
    held.items.push(heldCommand(6, { commandLength: 1_000_000 }));
    await inTab({}, async ({ page }) => {
      await open(page, 2);
      await pane(page).getByText('No WHERE: it may reach every row').waitFor();
      await pane(page).getByText('cannot be seen from its text alone').waitFor();
      await open(page, 3);
      await pane(page).getByText('Only the beginning of the command is shown').waitFor();
    });
  });

  it('shows hostile text as nothing but text', async () => {
    held.items = [hostile()];
    await inTab({}, async ({ page }) => {
      await open(page, 0);
      const text = await part(page, 'Text of the command').innerText();
      expect(text).toBe(
        "select '\\u202E' /*\\u2066 ' or is_admin \\u2069 \\u2066*/ from users;\\u200B\\r" +
          "\\x1B[2J<script>alert(1)</script><img src='https://evil.example/x.png'>\\x07",
      );
      await pane(page).getByText('8 characters of it could not be seen').waitFor();
      expect(await part(page, 'What it would do').innerText()).toContain('public.or\\u00ADders');
      const all = await page.locator('body').innerText();
      expect(all).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u00ad]/);
      expect(await pane(page).locator('img, script, b b').count()).toBe(0);
    });
  });

  it('may not exist', async () => {
    await inTab({}, async ({ page }) => {
      await page.goto(`${baseUrl}/approvals/none`);
      await page.getByRole('alert').getByText('There is no such approval').waitFor();
    });
  });
});
