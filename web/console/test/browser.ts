import chromium from '@sparticuz/chromium';
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type Page,
} from 'playwright-core';

/** Of the arguments that come with the browser, those under which it is not the one of a person. */
const UNWANTED: ReadonlySet<string> = new Set([
  // It would end with its first context.
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
  // A GPU in software: painting with it cost as much as all the rest.
  '--ignore-gpu-blocklist',
  '--in-process-gpu',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]);

/** Ends what hangs; on a machine that is starved a page may take its time. */
const PATIENCE_MS = 120_000;

/** A Chromium that comes by npm: no browser needs to be installed on the machine. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args.filter((arg) => !UNWANTED.has(arg)),
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
    ],
  });
}

export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page, violations of its policy, and requests to elsewhere. */
  readonly complaints: string[];
}

export interface TabOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** A tab of its own, without cookies, that notes what goes wrong in it. */
export async function openTab(
  browser: Browser,
  { colorScheme = 'light', width = 1440, height = 900 }: TabOptions = {},
): Promise<Tab> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // Chromium says so of every answer that is not 2xx, expected or not.
    const isAnswer = text.startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) complaints.push(`console: ${text}`);
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1' && hostname !== 'localhost') {
      complaints.push(`request to ${hostname}`);
    }
  });
  return { context, page, complaints };
}
