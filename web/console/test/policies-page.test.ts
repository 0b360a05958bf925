import type { DryRunLine } from '@steno/proto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { baseUrl, inTab, resetInbox, standIn, startInbox, stopInbox } from './inbox.js';
import { expectAccessible, expectReflows, screenshot, untilAt } from './pages.js';
import { FIRST, NO_POLICIES, PolicyBook, SECOND, placeOf } from './policy-book.js';
import { LOCAL_ADMIN } from './stand-in.js';

const book = standIn.policies;

beforeAll(startInbox);
beforeEach(() => {
  resetInbox();
  standIn.me = LOCAL_ADMIN;
  Object.assign(book, new PolicyBook());
});
afterAll(stopInbox);

const STARTED: DryRunLine = {
  ...{ line: 'started', digest: SECOND, rules: 1 },
  ...{ since: '2026-11-15T00:00:00Z', sessions: 40 },
};
const counts = { sessions: 40, commands: 1_200, changed: 17 };
const sessionId = '0199a5c0-0000-7000-8000-000000000001';
const GROUP: DryRunLine = {
  ...{ line: 'group', identity: 'ci/deploy', target: 'orders', was: 'allow', would: 'deny' },
  ...{ rule: 'read-only/no-changes', commands: 17, sessions: 3 },
  example: { sessionId, position: 9, text: 'DROP\n TABLE x' },
};
const ENDED: DryRunLine = { line: 'ended', ...counts, leftOut: 0, stoppedBy: null };

async function open(page: Page, query = ''): Promise<void> {
  await page.goto(`${baseUrl}/policies${query}`);
  await page.getByRole('heading', { name: 'Policies', exact: true }).waitFor();
}

const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true }).click();

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('versions, their difference and a dry run are accessible', async () => {
    await inTab({ colorScheme }, async ({ page }) => {
      await open(page);
      await page.getByText('forbid').first().waitFor();
      await expectAccessible(page);
      await page.keyboard.press('d');
      await page.getByText('1 line more, 0 lines less').waitFor();
      await expectAccessible(page);
      await screenshot(page, `policies-difference-${colorScheme}`);
      book.answers = [STARTED, GROUP, ENDED];
      await open(page, '?view=dry-run');
      await page.getByLabel('Start from').selectOption('read-only.cedar');
      await run(page);
      await page.getByRole('table').waitFor();
      await expectAccessible(page);
      await screenshot(page, `policies-dry-run-${colorScheme}`);
      await expectReflows(page);
    });
  });
});

describe('the versions', () => {
  it('are read and compared by keys and by address', async () => {
    await inTab({}, async ({ page }) => {
      await open(page);
      await page.getByRole('heading', { name: 'Version 222222222222' }).waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await untilAt(page, `**/policies?version=${FIRST}`);
      await page.getByRole('heading', { name: 'Version 111111111111' }).waitFor();
      await open(page, `?version=${SECOND}&against=${FIRST}`);
      await page.getByText('rules/x').waitFor();
      await page.getByRole('button', { name: '11 lines the same' }).click();
      await page.getByText('// line 1', { exact: true }).waitFor();
      await page.keyboard.press('d');
      await untilAt(page, `**/policies?version=${SECOND}`);
      await page.keyboard.press('?');
      await page.getByRole('dialog').getByText('Next version').waitFor();
    });
  });

  it('say where captures differ, and where everything is allowed', async () => {
    book.inForce = [placeOf('capture-0', SECOND), placeOf('capture-1', NO_POLICIES)];
    await inTab({}, async ({ page }) => {
      await open(page);
      await page.getByText('Captures go by different versions').waitFor();
      await page.getByText('Without policies everything is allowed').waitFor();
      await expectAccessible(page);
    });
  });
});

describe('a dry run', () => {
  it('leads from what is wrong to its line, and to what would be otherwise', async () => {
    await inTab({}, async ({ page, complaints }) => {
      await open(page, '?view=dry-run');
      const field = page.getByLabel('Text of file 1');
      await field.fill('permit (\nprincipal');
      book.problems = [{ file: 'policies.cedar', line: 2, message: 'unexpected end' }];
      await run(page);
      await page.getByRole('button', { name: 'policies.cedar:2' }).click();
      const selected = () => field.evaluate(() => getSelection()?.toString());
      await expect.poll(selected).toBe('principal');
      // Browsers complain of answers that are refusals.
      complaints.length = 0;
      book.problems = [];
      book.answers = [STARTED, GROUP, ENDED];
      await page.locator('.dry-run-go select').selectOption({ label: 'the last 30 days' });
      await run(page);
      await page.getByText('Of 1,200 commands of 40 sessions').waitFor();
      const files = [{ name: 'policies.cedar', text: 'permit (\nprincipal' }];
      expect(book.tried.at(-1)?.files).toEqual(files);
      const href = await page.getByRole('link', { name: 'DROP TABLE x' }).getAttribute('href');
      expect(href).toBe(`/sessions/${sessionId}?e=9`);
      await page.getByText('To switch them on').waitFor();
    });
  });

  it('shows how far it is, and ends at the server when it is cancelled', async () => {
    book.isSlow = true;
    book.answers = [STARTED, { line: 'progress', sessions: 10, commands: 300, changed: 2 }];
    await inTab({}, async ({ page, complaints }) => {
      await open(page, '?view=dry-run');
      await page.getByLabel('Start from').selectOption('held-writes.cedar');
      await run(page);
      await page.getByText('10 of 40 sessions').waitFor();
      expect(await page.getByRole('progressbar').getAttribute('value')).toBe('25');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByText('Cancelled.').waitFor();
      await expect.poll(() => book.left).toBe(1);
      expect(complaints).toEqual([]);
    });
  });

  it('says that nothing would change, and what it could not know', async () => {
    const unknown = { line: 'without-catalog', target: 'orders', reason: 'no credential' } as const;
    book.answers = [STARTED, unknown, { ...ENDED, changed: 0 }];
    await inTab({}, async ({ page }) => {
      await open(page, '?view=dry-run');
      await page.getByLabel('Start from').selectOption(SECOND);
      await expect.poll(() => page.getByLabel('Name of file 1').inputValue()).toBe('rules.cedar');
      await run(page);
      await page.getByText('Nothing would have been decided otherwise').waitFor();
      await page.getByText('no credential').waitFor();
      book.answers = [STARTED];
      await run(page);
      await page.getByRole('alert').getByText('The answer broke off').waitFor();
    });
  });
});
