import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, type Tab } from './browser.js';
import { identityOf } from './inventory.js';
import { expectAccessible, openSession, screenshot, signIn } from './pages.js';
import { judgedSession } from './recordings.js';
import { StandIn } from './stand-in.js';

const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
const session = judgedSession(new Date(Date.now() - 600_000).toISOString());
const { sessionId, identity } = session.facts;
let baseUrl = '';
let browser: Browser;
let codes = 0;

beforeAll(async () => {
  standIn.recordings.push(session);
  standIn.inventory.items = [identityOf(identity)];
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
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
  await openSession({ page: tab.page, baseUrl }, sessionId);
  await test(tab);
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

const details = (page: Page): Locator => page.getByRole('region', { name: 'Details shown' });
const row = (page: Page, text: string): Locator =>
  page.locator('.command-row').filter({ hasText: text });

/** Chooses a command and gives what its details say of policy. */
async function choose(page: Page, text: string): Promise<string> {
  await row(page, text).click();
  await details(page).getByText(text.slice(0, 12)).first().waitFor();
  await details(page).getByRole('heading', { name: 'Policy' }).waitFor();
  return details(page).innerText();
}

it.each(['light', 'dark'] as const)(
  'a session with decisions is accessible in %s colours',
  async (colorScheme) => {
    await inTab({ colorScheme }, async ({ page }) => {
      await choose(page, 'update orders');
      await expectAccessible(page);
      await screenshot(page, `session-judged-${colorScheme}`);
    });
  },
);

describe('the timeline', () => {
  it('has lanes for what was decided, approved, masked and redacted', async () => {
    await inTab({}, async ({ page }) => {
      const names = page.locator('.steno-lane-names span');
      const lanes = ['Masks', 'Redactions', 'Decisions', 'Approvals', 'Errors'];
      await expect.poll(() => names.allInnerTexts()).toEqual(['Activity', 'Commands', ...lanes]);
      const tones = page.locator('[data-lane="approval"] g');
      const of = await tones.evaluateAll((all) => all.map((one) => one.getAttribute('data-tone')));
      expect(of).toEqual(['ok', 'warning', 'danger']);
      const spans = page.locator('[data-lane="approval"] [data-tone="ok"] .steno-spans');
      expect(await spans.getAttribute('d')).toMatch(/^M\d+ 2h[1-9]\d+v4h-/);
    });
  });

  it('tells under the pointer who answered, also in the midst of the waiting', async () => {
    await inTab({}, async ({ page }) => {
      const track = page.getByRole('slider');
      const box = await track.boundingBox();
      const spans = page.locator('[data-lane="approval"] [data-tone="ok"] .steno-spans');
      const [, from = '0', wide = '0'] =
        /^M(\d+) 2h(\d+)/.exec((await spans.getAttribute('d')) ?? '') ?? [];
      const x = (box?.x ?? 0) + Number(from) + Number(wide) / 2;
      await page.mouse.move(x, (box?.y ?? 0) + 20);
      const card = page.locator('.steno-hover');
      await card.getByText('granted by ann: as discussed in ticket 12').waitFor();
    });
  });
});

describe('a command', () => {
  it('that was held leads to its approval, and says who answered and why', async () => {
    await inTab({}, async ({ page }) => {
      const text = await choose(page, 'update orders');
      for (const part of ['held for approval', 'held-writes', 'granted by ann', 'ticket 12']) {
        expect(text).toContain(part);
      }
      expect(text).toContain('a41c9e02');
      const link = details(page).getByRole('link', { name: /^Who was asked/ });
      expect(await link.getAttribute('href')).toMatch(/^\/approvals\/approval-\d+$/);
      expect(await row(page, 'update orders').innerText()).toContain('granted');
    });
  });

  it('says what policies saw of it', async () => {
    await inTab({}, async ({ page }) => {
      const text = await choose(page, 'update orders');
      expect(text).toMatch(/reads\W+public\.people/i);
      expect(text).toMatch(/writes\W+public\.orders/i);
      expect(text).toContain('not all of it could be seen through');
      expect(await choose(page, 'drop table')).not.toMatch(/writes/i);
    });
  });

  it('that was denied names the rule', async () => {
    await inTab({}, async ({ page }) => {
      const text = await choose(page, 'drop table');
      expect(text).toContain('denied');
      expect(text).toContain('no-ddl-in-production');
      expect(
        await details(page)
          .getByRole('link', { name: /^Who was asked/ })
          .count(),
      ).toBe(0);
    });
  });

  it('says how many values were masked and redacted, by type', async () => {
    await inTab({}, async ({ page }) => {
      expect(await row(page, 'select email').innerText()).toContain('4 masked');
      const masked = await choose(page, 'select email');
      for (const part of ['4 values', '3 email', '1 phone']) expect(masked).toContain(part);
      expect(await choose(page, 'alter user')).toContain('1 password');
      expect(await row(page, 'alter user').innerText()).toContain('1 redacted');
    });
  });
});

describe('the header', () => {
  it('says as whom it was signed in, by which credential, and leads to the identity', async () => {
    await inTab({}, async ({ page }) => {
      const facts = await page.locator('.facts').innerText();
      expect(facts).toContain('shop_migrator');
      expect(facts).toContain('vault:database/creds/shop');
      await page.getByRole('heading', { level: 1 }).getByRole('link').click();
      await page.getByRole('grid').waitFor();
      const title = page.getByRole('heading', { level: 1 });
      await expect.poll(() => title.innerText()).toBe(identity);
    });
  });
});
