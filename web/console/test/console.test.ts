import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openTab, type Tab } from './browser.js';
import {
  chooseCommand,
  currentCommand,
  drivePlayerByKeyboard,
  expectAccessible,
  expectLinkLeadsBack,
  expectOnScreen,
  expectReflows,
  expectUsedLinkIsExplained,
  openList,
  openSession,
  screenshot,
  signIn,
  switchCharacterKeysOff,
  walkListByKeyboard,
  untilAt,
} from './pages.js';
import {
  emptySession,
  gappedSession,
  migrationSession,
  olderSessions,
  runningSession,
} from './recordings.js';
import { StandIn, nowNs } from './stand-in.js';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

const standIn = new StandIn(fileURLToPath(new URL('../dist', import.meta.url)));
const running = runningSession(ago(40));
const empty = emptySession(ago(50));
const migration = migrationSession(ago(600));
const gapped = gappedSession(ago(900));
let baseUrl = '';
let browser: Browser;
let codes = 0;

const newLink = (): string => {
  codes += 1;
  standIn.addCode(`code-${codes}`);
  return `${baseUrl}/sign-in#code=code-${codes}`;
};

/** A tab for one test, signed in; nothing may be complained of in it. */
async function inTab(
  options: Parameters<typeof openTab>[1],
  test: (tab: Tab & { readonly baseUrl: string }) => Promise<void>,
): Promise<void> {
  const tab = await openTab(browser, options);
  await signIn({ page: tab.page, baseUrl }, newLink());
  await test({ ...tab, baseUrl });
  expect(tab.complaints).toEqual([]);
  await tab.context.close();
}

beforeAll(async () => {
  standIn.recordings.push(running, empty, migration, gapped);
  standIn.older = olderSessions(400, Date.now() - 1_000_000);
  [baseUrl, browser] = await Promise.all([standIn.listen(), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await standIn.close();
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('the sign-in page is accessible, also when a code is refused', async () => {
    const { page, context, complaints } = await openTab(browser, { colorScheme });
    await page.goto(`${baseUrl}/sign-in`);
    await page.getByRole('heading').waitFor();
    await expectAccessible(page);
    await screenshot(page, `sign-in-${colorScheme}`);
    await expectUsedLinkIsExplained({ page, baseUrl }, `${baseUrl}/sign-in#code=old`);
    await expectAccessible(page);
    await expectReflows(page);
    await screenshot(page, `sign-in-refused-${colorScheme}`);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the sign-in page with an identity provider is accessible, and says what failed', async () => {
    const detail = 'Of ann@acme.test the claim groups names "sales". Ask whoever runs Steno.';
    const failure = { code: 'STENO-3032', status: 403, title: 'None of your groups has a role' };
    standIn.signInWays = { provider: 'login.acme.test', failure: { ...failure, detail } };
    const { page, context, complaints } = await openTab(browser, { colorScheme });
    await page.goto(`${baseUrl}/sign-in?next=/approvals`);
    const link = page.getByRole('link', { name: 'Sign in with login.acme.test' });
    expect(await link.getAttribute('href')).toBe('/api/sign-in/oidc?next=%2Fapprovals');
    expect(await page.getByRole('alert').innerText()).toContain(detail);
    await expectAccessible(page);
    await expectReflows(page);
    await screenshot(page, `sign-in-provider-${colorScheme}`);
    expect(complaints).toEqual([]);
    await context.close();
    standIn.signInWays = { provider: null, failure: null };
  });

  it('the list is accessible, with a filter open as well', async () => {
    await inTab({ colorScheme }, async ({ page }) => {
      await openList({ page, baseUrl });
      await expectAccessible(page);
      await screenshot(page, `sessions-${colorScheme}`);
      await page.getByRole('button', { name: 'Identity' }).click();
      await page.getByRole('checkbox').first().waitFor();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expectReflows(page);
    });
  });

  it('a session is accessible', async () => {
    await inTab({ colorScheme }, async ({ page }) => {
      await openSession({ page, baseUrl }, migration.facts.sessionId, '?e=12');
      await expectOnScreen(page, 'permission denied');
      await expectAccessible(page);
      await screenshot(page, `session-${colorScheme}`);
      await page.getByRole('button', { name: 'Session', exact: true }).click();
      await expectAccessible(page);
      await expectReflows(page);
    });
  });
});

describe('signing in', () => {
  it('leads to where one wanted to go', async () => {
    const { page, context } = await openTab(browser);
    const path = `/sessions/${migration.facts.sessionId}?e=4`;
    await page.goto(baseUrl + path);
    await untilAt(page, '**/sign-in?**');
    await page.getByLabel('Sign-in link or code').fill(newLink());
    await page.keyboard.press('Enter');
    await untilAt(page, baseUrl + path);
    await context.close();
  });
});

describe('the list', () => {
  it('is walked by keys', async () => {
    await inTab({}, async ({ page }) => {
      await openList({ page, baseUrl });
      await walkListByKeyboard({ page, baseUrl });
    });
  });

  it('says of a session that some of it came late', async () => {
    await inTab({}, async ({ page }) => {
      await openList({ page, baseUrl }, '?status=failed');
      const status = page.locator('.cell-status').filter({ hasText: 'Failed' }).first();
      await expect.poll(() => status.innerText()).toMatch(/^Failed\s*Late$/);
      expect(await status.getByTitle(/^From position 3 on/).count()).toBe(1);
      await openList({ page, baseUrl }, '?status=complete');
      expect(await page.getByText('Late', { exact: true }).count()).toBe(0);
    });
  });

  it('is found again as it was left', async () => {
    await inTab({}, async ({ page }) => {
      await openList({ page, baseUrl }, '?status=complete');
      const scroller = page.locator('.table-scroller');
      await scroller.evaluate((element) => {
        element.scrollTop = 2000;
      });
      await page.locator('[data-row="60"]').click();
      await page.getByRole('slider').or(page.getByRole('alert')).first().waitFor();
      await page.goBack();
      await page.locator('[data-row="60"]').waitFor();
      expect(await scroller.evaluate((element) => element.scrollTop)).toBe(2000);
      await page.locator('[data-row="60"]').click();
      await untilAt(page, /sessions\/.+/);
      await page.goBack();
      expect(page.url()).toContain('status=complete');
    });
  });

  it('draws few rows of many, and loads the next ones on the way', async () => {
    await inTab({}, async ({ page }) => {
      await openList({ page, baseUrl });
      const last = page.getByText('sessions, all shown');
      await expect
        .poll(async () => {
          await page.locator('.table-scroller').evaluate((element) => {
            element.scrollTop = element.scrollHeight;
          });
          return last.count();
        })
        .toBe(1);
      expect(await last.innerText()).toContain('404');
      expect(await page.locator('.table-line').count()).toBeLessThanOrEqual(60);
    });
  });

  it('is filtered by its address, and says its filters there', async () => {
    await inTab({}, async ({ page }) => {
      await openList({ page, baseUrl }, '?status=gapped&target=warehouse');
      const words = await page.locator('.table-line .badge:first-child').allInnerTexts();
      expect(new Set(words)).toEqual(new Set(['Gapped']));
      await page.getByRole('button', { name: 'Clear all' }).click();
      await page.getByLabel('Words in commands').fill('customer_secrets');
      await expect.poll(() => page.url()).toContain('text=customer_secrets');
      await expect.poll(() => page.locator('.table-line').count()).toBe(1);
      await page.getByLabel('Words in commands').fill('nowhere to be found');
      await page.getByRole('heading', { name: 'No session matches' }).waitFor();
      await expectAccessible(page);
    });
  });

  it('shows what begins, and stands still on demand', async () => {
    await inTab({}, async ({ page }) => {
      await openList({ page, baseUrl }, '?identity=svc:newcomer&identity=svc:health-check');
      const rows = page.locator('.table-line');
      expect(await rows.count()).toBe(1);
      const [model] = olderSessions(1, Date.now());
      if (model === undefined) throw new Error('no session');
      const newcomer = { ...model, identity: 'svc:newcomer', startedAt: ago(0) };
      standIn.older.push({ ...newcomer, sessionId: 'newcomer-1' });
      await expect.poll(() => rows.count()).toBe(2);
      await expect.poll(() => page.getByText('1 new session', { exact: true }).count()).toBe(1);
      await page.keyboard.press('p');
      await page.getByRole('button', { name: 'Live updates off' }).waitFor();
      standIn.older = standIn.older.filter(({ identity }) => identity !== 'svc:newcomer');
    });
  });

  it('says when there is no answer, and goes on when there is', async () => {
    await inTab({}, async ({ page }) => {
      standIn.broken = true;
      await page.goto(`${baseUrl}/sessions`);
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toContain('ClickHouse does not answer');
      await expectAccessible(page);
      standIn.broken = false;
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.row-link').first().waitFor();
    });
  });
});

describe('a recorded session', () => {
  const { sessionId } = migration.facts;

  it('is in step with its commands, and each moment has a link', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, sessionId);
      await chooseCommand(page, 4);
      expect(await page.locator('.binds').innerText()).toContain('warehouse-eu-1');
      await chooseCommand(page, 5);
      await expectOnScreen(page, 'permission denied');
      await expectLinkLeadsBack(page);
    });
  });

  it('is driven by keys', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, sessionId, '?t=10s');
      await drivePlayerByKeyboard(page);
      await switchCharacterKeysOff(page);
    });
  });

  it('plays: the screen and the list go on together, idle time is skipped', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, sessionId, '?t=5.8s');
      await page.getByLabel('Speed').selectOption('8');
      await page.keyboard.press(' ');
      await expectOnScreen(page, 'permission denied');
      await expect.poll(() => currentCommand(page)).toContain('insert into audit_trail');
      expect(page.url()).not.toContain('t=');
      await page.keyboard.press(' ');
      await expect.poll(() => page.url()).toContain('t=');
    });
  });

  it('shows where the pointer is on the timeline, and goes there', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, sessionId, '?t=1s');
      const box = await page.getByRole('slider').boundingBox();
      if (box === null) throw new Error('no timeline');
      await page.mouse.move(box.x + box.width - 4, box.y + 10);
      await page.locator('.steno-hover').waitFor();
      await page.mouse.down();
      await page.mouse.up();
      await expectOnScreen(page, '84210');
    });
  });

  it('is filtered, and copied from', async () => {
    await inTab({}, async ({ page, context }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await openSession({ page, baseUrl }, sessionId, '?e=12');
      await expect.poll(() => currentCommand(page)).toContain('customer_secrets');
      await page.getByRole('button', { name: 'Copy the citation' }).click();
      await page.getByText('Citation copied').waitFor();
      const citation = await page.evaluate(() => navigator.clipboard.readText());
      expect(citation).toContain(`Steno session ${sessionId}, event 11`);
      expect(citation).toContain(`${baseUrl}/sessions/${sessionId}?e=12`);
      await page.getByRole('button', { name: /^Errors/ }).click();
      expect(await page.locator('.command-row').count()).toBe(1);
      await page.getByRole('button', { name: /^Errors/ }).click();
      await page.getByLabel('Filter the commands').fill('alter table');
      await expect.poll(() => page.locator('.command-row').count()).toBe(1);
    });
  });

  it('says what is missing from it', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, gapped.facts.sessionId, '?t=3s');
      await page.getByText('Events are missing from this recording').waitFor();
      await page.getByText('Chain has a gap at event 4').waitFor();
      await expectAccessible(page);
    });
  });

  it('marks the commands that came late', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, gapped.facts.sessionId, '?t=3s');
      const marks = page.locator('.command-row').getByText('late', { exact: true });
      await expect.poll(() => marks.count()).toBe(1);
      expect(await page.locator('.command-row').last().getByText('late').count()).toBe(1);
    });
  });

  it('may not exist', async () => {
    await inTab({}, async ({ page }) => {
      await page.goto(`${baseUrl}/sessions/none`);
      await page.getByText('There is no such session').waitFor();
    });
  });
});

describe('a running session', () => {
  it('is followed live, looked back at and joined again', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, running.facts.sessionId);
      await page.locator('.steno-live').waitFor();
      await expectOnScreen(page, 'ready');
      const say = (text: string): void => {
        running.run({ text, at: nowNs(running) / 1e9, milliseconds: 1, tag: 'OK' });
        standIn.tellFollowers();
      };
      say('notify first_event');
      await expectOnScreen(page, 'notify first_event');
      await expect.poll(() => currentCommand(page)).toContain('first_event');
      await expectAccessible(page);
      await screenshot(page, 'session-live');

      await page.getByRole('slider').focus();
      await page.keyboard.press('Home');
      await page.getByRole('button', { name: 'Go live' }).waitFor();
      say('notify second_event');
      await page.keyboard.press('l');
      await expectOnScreen(page, 'notify second_event');
    });
  });

  it('says that the connection is lost, and comes back with nothing missing', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, running.facts.sessionId);
      await expectOnScreen(page, 'ready');
      standIn.dropConnections();
      await page.getByText('Connection lost').waitFor();
      running.run({ text: 'notify meanwhile', at: nowNs(running) / 1e9, milliseconds: 1 });
      await expectOnScreen(page, 'notify meanwhile');
      await page.getByText('Connection lost').waitFor({ state: 'hidden' });
    });
  });

  it('without commands says so', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, empty.facts.sessionId);
      await page.getByText('No commands yet. They appear here as they run.').waitFor();
    });
  });

  it('is terminated with a reason', async () => {
    await inTab({}, async ({ page }) => {
      await openSession({ page, baseUrl }, running.facts.sessionId);
      await page.getByRole('button', { name: 'Terminate' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await expectAccessible(page);
      expect(await dialog.getByRole('button', { name: 'Terminate' }).isDisabled()).toBe(true);
      await dialog.getByLabel('Reason').fill('reads secrets');
      await dialog.getByRole('button', { name: 'Terminate' }).click();
      await page.getByText('Termination requested').waitFor();
      const { sessionId } = running.facts;
      expect(standIn.terminations).toEqual([{ sessionId, reason: 'reads secrets' }]);
    });
  });
});
